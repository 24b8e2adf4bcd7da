"""The decisions: pure functions over frozen records; time comes in as values."""
