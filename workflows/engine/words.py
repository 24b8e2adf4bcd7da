"""What standings, states, verbs and channels are called where people read them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from plan_definitions.diagnostics import Phrase
from plan_definitions.model import Channel
from workflows.engine.board import Row
from workflows.engine.states import State, Verb
from workflows.texts import STANDING_LABELS

CHANNEL_WORDS: Mapping[Channel, Phrase] = MappingProxyType(
    {
        Channel.MAIL: Phrase("by mail"),
        Channel.ZALO: Phrase("by Zalo"),
        Channel.PHONE: Phrase("by telephone"),
        Channel.PAPER: Phrase("on paper"),
    }
)

STATE_WORDS: Mapping[State, Phrase] = MappingProxyType(
    {
        State.WAITING: Phrase("not open yet"),
        State.OPEN: Phrase("open"),
        State.STARTED: Phrase("in work"),
        State.SUBMITTED: Phrase("reported done"),
        State.DONE: Phrase("done"),
        State.CANCELLED: Phrase("cancelled"),
    }
)

VERB_WORDS: Mapping[Verb, Phrase] = MappingProxyType(
    {
        Verb.OPEN: Phrase("opening"),
        Verb.MISS: Phrase("missing its turn"),
        Verb.START: Phrase("starting"),
        Verb.SUBMIT: Phrase("reporting done"),
        Verb.WITHDRAW: Phrase("taking the report back"),
        Verb.ACCEPT: Phrase("accepting"),
        Verb.RETURN: Phrase("returning"),
        Verb.RELEASE: Phrase("releasing"),
        Verb.CANCEL: Phrase("cancelling"),
        Verb.REOPEN: Phrase("reopening"),
        Verb.REASSIGN: Phrase("reassigning"),
        Verb.OBSTACLE: Phrase("telling of an obstacle"),
        Verb.RESOLVE: Phrase("settling the obstacle"),
        Verb.PROMISE: Phrase("promising a day"),
        Verb.EXTEND: Phrase("asking for more time"),
        Verb.GRANT: Phrase("granting more time"),
        Verb.REFUSE: Phrase("refusing more time"),
        Verb.HOLD: Phrase("holding the next step"),
        Verb.PROPOSE: Phrase("proposing"),
        Verb.ANSWER: Phrase("answering"),
        Verb.EVIDENCE: Phrase("handing in evidence"),
        Verb.REMIND: Phrase("reminding"),
        Verb.ESCALATE: Phrase("reporting to the leadership"),
        Verb.CREATE: Phrase("giving out"),
        Verb.REVISE: Phrase("revising"),
        Verb.CLOSE: Phrase("closing the plan"),
        Verb.REVOKE: Phrase("ending links"),
        Verb.ERASE: Phrase("erasing a free text"),
    }
)


def standing_words(row: Row) -> Phrase:
    """Where a row stands, in words.

    Work whose day has come is not called *not due yet*: it waits for earlier work of its own unit. To
    machines both are `not_due`.
    """
    if row.waits_for_own:
        return Phrase("Waiting for earlier work")
    return Phrase(STANDING_LABELS[row.standing])


def state_list(states: Iterable[State]) -> tuple[Phrase, ...]:
    """The words for several states, in the order of the life of an assignment."""
    chosen = set(states)
    return tuple(words for state, words in STATE_WORDS.items() if state in chosen)
