"""The command `dondoc`, one file a verb."""
