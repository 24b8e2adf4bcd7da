"""Letters into the outbox: in the transaction of the change that calls for them, each occasion once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from notifications.drafts import Composed
from notifications.letters import ROUND_LETTERS, Letter, LetterKind, to_json
from notifications.messages import headline
from workflows.engine.records import Notice
from workflows.store.records import QueuedLetter, StoredNotice
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE

USEFUL_FOR: Mapping[LetterKind, timedelta] = {
    LetterKind.SIGN_IN: timedelta(minutes=15),
    LetterKind.DAILY: timedelta(days=4),
    LetterKind.DIGEST: timedelta(days=4),
    LetterKind.WEEKLY: timedelta(days=4),
    LetterKind.ESCALATION: timedelta(days=4),
}
"""How long a letter is worth sending; others for as long as the server may be tried (mail.md, *Outbox*)."""

ROUND_KINDS = frozenset(kind.value for kind in ROUND_LETTERS)
"""The kinds, as they are stored, of which an address gets one a day."""

Pending = Mapping[tuple[str, Notice], Sequence[int]]
"""Numbers of stored notices by plan id and what they say."""

NOTHING_PENDING: Pending = {}

_TRIED_FOR = timedelta(days=14)
_URGENT = frozenset({LetterKind.SIGN_IN, LetterKind.ESCALATION, LetterKind.ALARM})


def round_key(letter: Letter) -> str:
    """One round letter for an address and day, whatever its kind."""
    return (
        f"round:{letter.sender.office}:{letter.recipient.channel}:{letter.recipient.address}:{letter.as_of}"
    )


def queue(
    transaction: Transaction,
    letters: Mapping[str, Composed],
    *,
    now: datetime,
    not_before: datetime,
    pending: Pending = NOTHING_PENDING,
) -> list[Composed]:
    """Put letters, by the keys of their occasions, into the outbox, and their notices into the letters.

    Those whose occasion had its letter already are left out of what comes back. `pending` finds the stored
    notices.
    """
    ids = transaction.letters.queue(
        *(_queued(composed.letter, key, now, not_before) for key, composed in letters.items())
    )
    new = {id: c for id, c in zip(ids, letters.values(), strict=True) if id is not None}  # noqa: A001
    transaction.notices.link(
        {id: {n for notice in c.notices for n in pending.get(notice, ())} for id, c in new.items()}  # noqa: A001
    )
    return list(new.values())


def _queued(letter: Letter, key: str, now: datetime, not_before: datetime) -> QueuedLetter:
    return QueuedLetter(
        office=letter.sender.office,
        key=key,
        kind=letter.kind.value,
        channel=letter.recipient.channel,
        address=letter.recipient.address,
        subject=headline(letter)[0],
        language=letter.language.value,
        content=to_json(letter),
        created_at=now,
        not_before=not_before,
        expires_at=not_before + USEFUL_FOR.get(letter.kind, _TRIED_FOR),
        urgent=letter.kind in _URGENT,
        assignments=tuple(sorted(letter.numbers)),
    )


def by_notice(notices: Iterable[StoredNotice], plan: str) -> Pending:
    """The numbers of a plan's stored notices by what they say; two say the same where it happened twice."""
    found: dict[tuple[str, Notice], list[int]] = {}
    for stored in notices:
        found.setdefault((plan, stored.notice), []).append(stored.id)
    return found


def morning(day: date) -> datetime:
    """Seven o'clock of an office day, when letters may go."""
    return datetime.combine(day, time(7), LOCAL_ZONE)
