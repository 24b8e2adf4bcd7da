"""The window: pages rendered on the server from the same rows as letters and tables."""
