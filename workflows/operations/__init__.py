"""The verbs: each reads, asks the engine and writes; killed half-way and run again, it ends undisturbed."""
