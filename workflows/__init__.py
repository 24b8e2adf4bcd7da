"""What turns a plan into followed-up work: decisions, memory, verbs, clockwork and commands."""
