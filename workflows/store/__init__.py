"""The memory: the only room that knows SQLAlchemy."""
