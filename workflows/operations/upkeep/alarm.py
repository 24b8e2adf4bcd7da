"""Letters to the standing office about what the machine cannot mend by itself: once a day for a trouble."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from notifications.drafts import Composed
from notifications.letters import LetterKind, from_json
from notifications.occasions import alarm_letter
from notifications.parts import Alarm, Trouble
from workflows.operations.mail.queueing import morning, queue
from workflows.operations.upkeep.findings import Finding
from workflows.store.database import Database
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE, Language, translator


def raise_alarms(
    database: Database, findings: Iterable[Finding], *, now: datetime, language: Language = Language.VI
) -> int:
    """Write to each office what is wrong with it or with the machine, unless told today; how many letters."""
    wrong = [finding for finding in findings if not finding.ok]
    if not wrong:
        return 0
    with database.write() as transaction:
        offices = transaction.offices.ids()
        return sum(_alarm(transaction, office, wrong, now, language) for office in offices)


def _alarm(
    transaction: Transaction, office: str, wrong: Sequence[Finding], now: datetime, language: Language
) -> bool:
    told = _told_today(transaction, office, now)
    translate = translator(language)
    troubles = [one.trouble(translate) for one in wrong if one.office in (None, office)]
    new = [trouble for trouble in troubles if trouble.message_id not in told]
    if not new:
        return False
    day = now.astimezone(LOCAL_ZONE).date()
    letter = alarm_letter(transaction.offices.get(office), new, as_of=day, language=language)
    key = f"alarm:{office}:{letter.recipient.address}:{day}:{len(told)}"
    return bool(queue(transaction, {key: Composed(letter)}, now=now, not_before=now))


def _told_today(transaction: Transaction, office: str, now: datetime) -> frozenset[str]:
    """The troubles that alarm letters of today speak of, by message id."""
    since = morning(now.astimezone(LOCAL_ZONE).date()).replace(hour=0)
    stored = transaction.letters.find(office, kinds=[LetterKind.ALARM], since=since)
    parts = (part for one in stored for part in from_json(one.content).parts if isinstance(part, Alarm))
    troubles: Iterable[Trouble] = (trouble for part in parts for trouble in part.troubles)
    return frozenset(trouble.message_id for trouble in troubles)
