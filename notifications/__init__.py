"""The voice: what a letter says, how it becomes bytes, and how it reaches a mailbox."""
