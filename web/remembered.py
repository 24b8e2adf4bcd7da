"""Plans as they were read last, kept for as long as nothing about them has changed."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from workflows.operations.reading.judged import Judged, day_of, judge, judge_again
from workflows.store.transaction import Transaction

MOST_PLANS = 8
"""Plans remembered by one window: more than an office runs at once. One of 3,000 assignments takes 10 MB."""


@dataclass(slots=True)
class _Place:
    """Where one plan is remembered; whoever reads it holds the lock, and the others wait for what is read."""

    lock: Lock = field(default_factory=Lock)
    judged: Judged | None = None


class RememberedPlans:
    """The plans that one process looked at last: a `Judge` that threads share.

    Every request reads a plan's heading. While it is as it was, and the day as well, the plan is as it was:
    the heading changes with everything that its readers see, whichever process writes it. Of a plan
    that went on, only what has moved is read again.
    """

    def __init__(self, most: int = MOST_PLANS) -> None:
        self._most = most
        self._lock = Lock()
        self._places: OrderedDict[int, _Place] = OrderedDict()

    def __call__(self, transaction: Transaction, number: int, as_of: date) -> Judged:
        """The plan as it is in a transaction for reading. Raises NotFound."""
        plan, place = transaction.plans.by_number(number), self._place(number)
        with place.lock:
            known = place.judged
            if known is None:
                known = place.judged = judge(transaction, number, as_of)
            elif (known.plan, known.as_of) != (plan, day_of(plan, as_of)):
                known = place.judged = judge_again(transaction, known, as_of)
            return known

    def _place(self, number: int) -> _Place:
        with self._lock:
            place = self._places.setdefault(number, _Place())
            self._places.move_to_end(number)
            if len(self._places) > self._most:
                self._places.popitem(last=False)
            return place
