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

Pending = Mapping[tuple[str, Notice], Sequence[int]]
"""Numbers of stored notices by plan id and what they say."""

_TRIED_FOR = timedelta(days=14)
_URGENT = frozenset({LetterKind.SIGN_IN, LetterKind.ESCALATION, LetterKind.ALARM})


def round_key(letter: Letter) -> str:
    """One round letter for an address and day, whatever its kind."""
    return (
        f"round:{letter.sender.office}:{letter.recipient.channel}:{letter.recipient.address}:{letter.as_of}"
    )


def queue(
    transaction: Transaction,
    composed: Composed,
    key: str,
    *,
    now: datetime,
    not_before: datetime,
    pending: Pending,
    numbers: Mapping[tuple[str, str], int],
) -> bool:
    """Put a letter into the outbox and its notices into the letter; False where the occasion had its letter.

    `pending` finds the stored notices, `numbers` the assignment by plan and name.
    """
    letter = composed.letter
    about = {
        numbers[item.plan, item.assignment]
        for item in letter.items
        if (item.plan, item.assignment) in numbers
    }
    letter_id = transaction.letters.queue(
        QueuedLetter(
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
            assignments=tuple(sorted(about)),
        )
    )
    if letter_id is None:
        return False
    told = {stored for notice in composed.notices for stored in pending.get(notice, ())}
    transaction.notices.link(told, letter_id)
    return True


def by_notice(notices: Iterable[StoredNotice], plan: str) -> Pending:
    """The numbers of a plan's stored notices by what they say; two say the same where it happened twice."""
    found: dict[tuple[str, Notice], list[int]] = {}
    for stored in notices:
        found.setdefault((plan, stored.notice), []).append(stored.id)
    return found


def morning(day: date) -> datetime:
    """Seven o'clock of an office day, when letters may go."""
    return datetime.combine(day, time(7), LOCAL_ZONE)


def is_round_letter(kind: str) -> bool:
    """Whether a stored letter's kind is one of which an address gets one a day."""
    return kind in {known.value for known in ROUND_LETTERS}
