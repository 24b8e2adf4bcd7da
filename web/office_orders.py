"""What a form of the office or the leadership asks for: one function a verb, from fields to an order."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from web.forms import LONGEST_TITLE, PostedForm
from web.history_words import WAYS
from web.unit_actions import DRAFTS
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Answered, Via
from workflows.engine.states import Verb
from workflows.errors import WrongUse

UNITS_WORDS: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.START: "start",
        Verb.SUBMIT: "done",
        Verb.PROMISE: "start",
        Verb.OBSTACLE: "stuck",
        Verb.EXTEND: "more_time",
        Verb.EVIDENCE: "evidence",
        Verb.WITHDRAW: "take_back",
    }
)
"""What units say, by the name of the form on their own pages: the office's form has the same fields."""


def order_of(
    form: PostedForm, verb: Verb, assignment: str, by: Actor, *, spoken_for: str | None, files: int = 0
) -> Order:
    """The order of a form, in the words of `spoken_for` where it is that unit's move.

    Raises WrongUse for a field that does not fit.
    """
    note = form.text("note")
    if spoken_for is not None:
        said = _said(form, verb, assignment, by, files)
        return replace(
            said, on_behalf_of=spoken_for, via=_via(form), said_by=form.line("said_by", LONGEST_TITLE)
        )
    if verb in UNITS_WORDS:
        return _said(form, verb, assignment, by, files)
    match verb:
        case Verb.REASSIGN:
            return Order(verb, assignment, by, note=note, to=form.line("to"))
        case Verb.ANSWER:
            return Order(verb, assignment, by, note=note, answer=answer_of(form))
        case Verb.GRANT | Verb.REOPEN | Verb.PROPOSE:
            return Order(verb, assignment, by, note=note, until=form.day("until"))
    return Order(verb, assignment, by, note=note)


def answer_of(form: PostedForm) -> Answered | None:
    """What a leader chose; None where nothing was chosen."""
    chosen = form.choice("answer", *Answered)
    return None if chosen is None else Answered(chosen)


def _said(form: PostedForm, verb: Verb, assignment: str, by: Actor, files: int) -> Order:
    """A unit's word, read as on the unit's own page; a promise without its day stays one, to be refused."""
    return replace(DRAFTS[UNITS_WORDS[verb]](form, assignment, by, files), verb=verb)


def _via(form: PostedForm) -> Via:
    via = form.choice("via", *WAYS)
    if via is None:
        raise WrongUse("say how the unit's word came: by telephone, Zalo, paper or in a meeting")
    return Via(via)
