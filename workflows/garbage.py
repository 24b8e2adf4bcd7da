"""When Python looks for cyclic garbage in the processes that are ours."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

FOR_DAYS = 100_000
"""How many objects more than went there are before Python looks, in what runs for days.

A call imports some hundred modules, a round makes and keeps tens of thousands of records, and none of it is
garbage: with Python's own 700 the looking took a twelfth of a start and an eighth of a morning of 10,000
overdue assignments. Cycles wait until there are so many.
"""

FOR_A_CALL = 1_000_000
"""The same for a call of the command and for a flow, which end before much can gather: that morning takes 2 %
less time and 5 % more memory. Verbs that run for days set the other one for themselves."""


@contextmanager
def few_collections(made_between: int) -> Iterator[None]:
    """Look rarely inside the block, then as before: whoever only calls us keeps a collector of their own.

    Blocks may lie in one another. What gathers in an inner one is found when the outer one looks again.
    """
    before = gc.get_threshold()
    gc.set_threshold(made_between, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def look_no_more() -> None:
    """For a process that is about to end: what is left then needs no looking through.

    Python's last look at all that a call has imported and made took a fifth of it. Exit handlers still run,
    and what nothing refers to is still closed; unreachable cycles go with the process.
    """
    gc.freeze()
