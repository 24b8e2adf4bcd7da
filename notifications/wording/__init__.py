"""The words of every letter: parts in, a page of blocks out, in three voices and two languages."""
