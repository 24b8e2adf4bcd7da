"""The verbs: each operation is one transaction that reads, asks the engine and writes."""
