"""What templates write dates, counts and standings with."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from notifications.speech import Speech
from notifications.wording.office import ROLE_NAMES
from plan_definitions.model import Role
from web.history_words import dispatch
from workflows import texts
from workflows.engine.board import Row
from workflows.engine.states import IN_HAND, Standing
from workflows.engine.words import standing_words
from workflows.operations.mail.outbox import LETTER_STATE_WORDS
from workflows.store.records import LetterState
from workflows.texts import N_, STANDING_LABELS

TONES: Mapping[Standing, str] = {
    Standing.NOT_DUE: "quiet",
    Standing.WAITING_FOR_OTHERS: "waiting",
    Standing.IN_PROGRESS: "going",
    Standing.DUE_SOON: "soon",
    Standing.OVERDUE: "late",
    Standing.AWAITING_CHECK: "check",
    Standing.DONE_ON_TIME: "done",
    Standing.DONE_LATE: "done-late",
    Standing.ONGOING: "going",
    Standing.CANCELLED: "quiet",
}
"""The colour of a standing: a class of the stylesheet, `tone-…`. Colour never says it alone."""

_NO_RESULT_YET = N_("No result yet")


def filters(said: Speech) -> dict[str, Callable[..., Any]]:
    """The filters of one language."""
    language = said.language

    def standing(value: Standing | str) -> str:
        return said.say(STANDING_LABELS[str(value)])

    def row_standing(row: Row) -> str:
        """As `standing`; requested units are never told that they are late."""
        if row.requested and row.standing is Standing.OVERDUE:
            return said.say(_NO_RESULT_YET)
        return standing_words(row).say(said.say)

    def letter_state(value: LetterState) -> str:
        """As the commands say it, with a capital: it stands by itself."""
        words = LETTER_STATE_WORDS[value].say(said.say)
        return words[:1].upper() + words[1:]

    return {
        "day": lambda day: texts.date_short(day, language),
        "day_long": lambda day: texts.date_long(day, language),
        "day_numeric": lambda day: texts.date_numeric(day, language),
        "day_month": lambda day: texts.day_month(day, language),
        "instant": lambda moment: texts.instant(moment, language),
        "count": lambda number: texts.count(number, language),
        "number": lambda number: texts.number(number, language),
        "money": lambda amount: texts.money(amount, language),
        "standing": standing,
        "row_standing": row_standing,
        "letter_state": letter_state,
        "tone": tone,
        "row_tone": row_tone,
        "cite": lambda clause, known: texts.cite(clause, known.get(clause), language),
        "iso": _iso,
        "roles": lambda roles: said.all_of(said.say(ROLE_NAMES[Role(role)]) for role in roles),
        "dispatch": lambda document: dispatch(document, said),
    }


def tone(value: Standing | str) -> str:
    """The colour class of a standing."""
    return TONES[Standing(value)]


def row_tone(row: Row) -> str:
    """The colour class of a row: returned work asks for something, requested units are not blamed."""
    if row.returned_on is not None and row.state in IN_HAND:
        return "soon"
    if row.requested and row.standing is Standing.OVERDUE:
        return "soon"
    return "waiting" if row.waits_for_own else tone(row.standing)


def _iso(value: date | datetime | None) -> str:
    return "" if value is None else value.isoformat()
