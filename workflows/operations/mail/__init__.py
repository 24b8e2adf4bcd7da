"""Letters on their way: queued, gathered, put into words, sent, kept."""
