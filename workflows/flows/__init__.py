"""The clockwork: the only room that knows Prefect."""
