"""The API: the board, the history and the moves as JSON, for other systems with a token."""
