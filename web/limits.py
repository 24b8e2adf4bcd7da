"""How often somebody may try: buckets that fill slowly and are emptied by each attempt."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

_MOST_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many attempts at once, and as many again in so many seconds."""

    attempts: int
    seconds: float


SIGN_IN_FROM_HERE = Rate(10, 900)
SIGN_IN_FOR_ADDRESS = Rate(3, 900)
BAD_LINKS = Rate(30, 300)
CODES = Rate(10, 300)
BAD_TOKENS = Rate(30, 300)


@dataclass(slots=True)
class _Bucket:
    left: float
    since: float


@dataclass(slots=True)
class Limits:
    """The buckets of one process, by what is tried and who tries. May be shared by threads."""

    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def allow(self, what: str, who: str, rate: Rate, now: datetime) -> bool:
        """Take one attempt out of the bucket; False where none is left."""
        moment = now.timestamp()
        with self._lock:
            bucket = self._filled(what, who, rate, moment)
            if bucket.left < 1:
                return False
            bucket.left -= 1
            return True

    def exhausted(self, what: str, who: str, rate: Rate, now: datetime) -> bool:
        """Whether no attempt is left; takes none."""
        with self._lock:
            return self._filled(what, who, rate, now.timestamp()).left < 1

    def _filled(self, what: str, who: str, rate: Rate, moment: float) -> _Bucket:
        key = what, who
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= _MOST_BUCKETS:
                # Somebody tries from everywhere: the oldest are forgotten, memory stays bounded.
                self._buckets.pop(next(iter(self._buckets)))
            bucket = self._buckets[key] = _Bucket(rate.attempts, moment)
        passed = max(0.0, moment - bucket.since)
        bucket.left = min(rate.attempts, bucket.left + passed * rate.attempts / rate.seconds)
        bucket.since = moment
        return bucket
