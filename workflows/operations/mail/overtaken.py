"""Letters overtaken by events before they left: which ones, and what becomes of what they were to tell."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from notifications import letters as letter_records
from notifications.letters import Letter
from notifications.parts import Leadership, Part, UnitSection
from notifications.work import Item, Pressing
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.ladder import paused_until
from workflows.engine.records import Assignment
from workflows.engine.states import IN_HAND, State
from workflows.operations.mail.queueing import ROUND_KINDS
from workflows.store.records import FINAL, ClaimedLetter, LetterState, StoredLetter
from workflows.store.transaction import Transaction
from workflows.texts import LOCAL_ZONE, N_

UNSENT = frozenset({LetterState.QUEUED, LetterState.DEFERRED})
"""States of a letter that no server can have taken: where there was an attempt, the answer was no."""

NEWER = N_("a newer letter says it")
DONE_SINCE = N_("everything it asks for has been done")
"""Why a letter did not go: stored as it stands here, and put into the reader's language when it is shown."""

_TO_DO = IN_HAND | {State.WAITING}

_SAYS_IT = frozenset(LetterState) - FINAL | {LetterState.SENT}
"""States of a letter that reached its address or is on its way to it."""

Known = Mapping[int, Assignment]
"""Assignments as they stand, by number. One that a letter tells no number of counts as still to be done."""


def why_overtaken(
    transaction: Transaction, claimed: Iterable[ClaimedLetter], now: datetime
) -> Mapping[int, str]:
    """Which of these letters need not go any more, by number, and why.

    Only unsent round letters do: what a server may have taken is never withdrawn.
    """
    unsent = [c.letter for c in claimed if c.was in UNSENT and c.letter.kind in ROUND_KINDS]
    said = ((letter, _read(letter)) for letter in unsent)
    readable = [(letter, content) for letter, content in said if content is not None]
    moot = set(_moot(transaction, readable, now.astimezone(LOCAL_ZONE).date()))
    # A later letter that does not go itself says nothing in the place of an earlier one.
    newer = transaction.letters.with_later(
        (letter.id for letter in unsent), besides=moot, kinds=ROUND_KINDS, states=_SAYS_IT
    )
    return dict.fromkeys(newer, NEWER) | dict.fromkeys(moot, DONE_SINCE)


@dataclass(frozen=True, slots=True)
class Unsent:
    """A round letter of an earlier day that has not left, and what it says."""

    letter: StoredLetter
    said: Letter

    @property
    def is_for_hands(self) -> bool:
        """Whether the office was to hand it over."""
        return self.letter.state is LetterState.TO_HAND_OVER

    def withdraw(self, transaction: Transaction, now: datetime) -> bool:
        """Let a new letter say it; False where somebody sends it this moment.

        What was to be handed over lay on the office's desk all the time and counts as told.
        """
        if not transaction.letters.supersede([self.letter.id], now, NEWER):
            return False
        if not self.is_for_hands:
            free(transaction, [self.letter])
        return True


def unsent_before(transaction: Transaction, office: str, as_of: date) -> list[Unsent]:
    """The round letters of an office from before `as_of` that no server has taken and nobody handed over.

    They are held: delivery leaves them alone until the transaction ends.
    """
    states = UNSENT | {LetterState.TO_HAND_OVER}
    found = []
    for letter in transaction.letters.find(office, states=states, kinds=ROUND_KINDS, hold=True):
        said = _read(letter)
        if said is not None and said.as_of < as_of:
            found.append(Unsent(letter, said))
    return found


def free(transaction: Transaction, letters: Collection[StoredLetter]) -> None:
    """Let the next letter tell what withdrawn or expired ones did not, and count them as never asked.

    Their plans are held in one order, so a transaction frees all of its letters at once, or has held the
    plans of all of them before, as the morning's letters do.
    """
    if not letters:
        return
    transaction.plans.hold((), told_by=[letter.id for letter in letters])
    for letter in letters:
        transaction.notices.release(letter.id)
        said = _read(letter)
        if said is not None:
            transaction.assignments.take_back_letter(asked_about(said.parts))


def count_again(transaction: Transaction, letter: StoredLetter, now: datetime) -> None:
    """A letter that had expired, and was freed, asks its units after all."""
    said = _read(letter) if letter.kind in ROUND_KINDS else None
    if said is not None:
        today = now.astimezone(LOCAL_ZONE).date()
        transaction.assignments.count_letter(asked_about(said.parts), today)


def asked_about(parts: Iterable[Part]) -> Iterator[int]:
    """The numbers of the assignments that their own units are asked about."""
    sections = (part for part in parts if isinstance(part, UnitSection) and not part.copied)
    return (one.number for section in sections for one in section.pressing)


def _read(letter: StoredLetter) -> Letter | None:
    """What a letter says; None where its content is none, which delivery will find and report."""
    try:
        return letter_records.from_json(letter.content)
    except ValueError:
        return None


def _moot(
    transaction: Transaction, letters: Iterable[tuple[StoredLetter, Letter]], today: date
) -> Iterator[int]:
    """The letters of which nothing that they ask for is left. News and the office's digest are never moot."""
    askers = [(letter, said) for letter, said in letters if all(map(_may_be_moot, said.parts))]
    # Most letters still hold; the first piece of work left shows it without reading hundreds.
    holding = transaction.letters.speaking_of(
        (x.id for x, said in askers if all(isinstance(part, UnitSection) for part in said.parts)), _TO_DO
    )
    for letter, said in askers:
        if letter.id in holding:
            continue
        known = transaction.assignments.by_numbers(transaction.letters.assignments(letter.id))
        calendar = WorkingCalendar(transaction.offices.calendar(letter.office))
        if all(_part_is_moot(part, known, calendar, today) for part in said.parts):
            yield letter.id


def _may_be_moot(part: Part) -> bool:
    """Whether a part asks for work and brings no news."""
    if isinstance(part, UnitSection):
        return bool(_asked(part)) and not (part.accepted or part.redated or part.cancelled or part.copied)
    return isinstance(part, Leadership)


def _asked(section: UnitSection) -> tuple[Pressing, ...]:
    return (*section.pressing, *section.this_week, *section.later)


def _part_is_moot(part: Part, known: Known, calendar: WorkingCalendar, today: date) -> bool:
    if isinstance(part, UnitSection):
        return not any(_is_left_to_do(item, known) for item in _asked(part))
    if isinstance(part, Leadership):
        late = (item for case in part.cases for item in case.late)
        decided = all(_needs_nobody(item, known, calendar, today) for item in late)
        return decided and not any(_waits_for_check(item, known) for item in part.to_accept)
    return False


def _needs_nobody(item: Item, known: Known, calendar: WorkingCalendar, today: date) -> bool:
    """Whether late work was done or reported since, or somebody promised a day: then no leader is asked."""
    assignment = known.get(item.number)
    if assignment is None:
        return False
    paused = paused_until(assignment, calendar)
    return assignment.state not in IN_HAND or (paused is not None and today <= paused)


def _is_left_to_do(item: Pressing, known: Known) -> bool:
    assignment = known.get(item.number)
    return assignment is None or assignment.state in _TO_DO


def _waits_for_check(item: Item, known: Known) -> bool:
    assignment = known.get(item.number)
    return assignment is None or assignment.state is State.SUBMITTED
