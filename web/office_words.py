"""What the office's pages call moves and kinds of letters, and the colours of letters' states."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.engine.states import Verb
from workflows.store.records import LetterState
from workflows.texts import N_

TITLES: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.START: N_("Received, work is under way"),
        Verb.SUBMIT: N_("Done"),
        Verb.PROMISE: N_("Promises a day"),
        Verb.OBSTACLE: N_("Stuck"),
        Verb.EXTEND: N_("Asks for more time"),
        Verb.EVIDENCE: N_("Hands in evidence"),
        Verb.WITHDRAW: N_("Takes the report back"),
        Verb.ACCEPT: N_("Confirm the result"),
        Verb.RETURN: N_("Ask for what is missing"),
        Verb.RESOLVE: N_("Answer the difficulty"),
        Verb.GRANT: N_("Give a later date"),
        Verb.REFUSE: N_("Keep the date"),
        Verb.HOLD: N_("Hold tomorrow's report for a working day"),
        Verb.PROPOSE: N_("Propose something to the leadership"),
        Verb.ANSWER: N_("Answer"),
        Verb.RELEASE: N_("Let it begin without waiting"),
        Verb.REASSIGN: N_("Hand it to another unit"),
        Verb.REOPEN: N_("Open it again"),
        Verb.CANCEL: N_("Cancel it"),
    }
)
"""What a button or the head of a form says."""

DECISIONS = (
    Verb.ACCEPT,
    Verb.RETURN,
    Verb.RESOLVE,
    Verb.GRANT,
    Verb.REFUSE,
    Verb.HOLD,
    Verb.PROPOSE,
    Verb.RELEASE,
    Verb.REASSIGN,
    Verb.REOPEN,
    Verb.CANCEL,
)
"""The office's own moves, in the order of its page; a leader's answers have a page of their own."""

DONE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Verb.ACCEPT: N_("Confirmed. The unit hears of it in its next letter."),
        Verb.RETURN: N_("Sent back. The unit hears of it at once."),
        Verb.RESOLVE: N_("Answered. The unit hears of it at once."),
        Verb.GRANT: N_("The later date holds. The unit hears of it at once."),
        Verb.REFUSE: N_("The date stays. The unit hears of it at once."),
        Verb.HOLD: N_("Held for a working day."),
        Verb.PROPOSE: N_("The proposal goes with the report to the leadership."),
        Verb.RELEASE: N_("It may begin."),
        Verb.REASSIGN: N_("Handed on; both units hear of it."),
        Verb.REOPEN: N_("Open again."),
        Verb.CANCEL: N_("Cancelled; the unit hears of it."),
        Verb.ANSWER: N_("Your answer is recorded and goes to the office and the unit."),
        **dict.fromkeys(
            (
                Verb.START,
                Verb.SUBMIT,
                Verb.PROMISE,
                Verb.OBSTACLE,
                Verb.EXTEND,
                Verb.EVIDENCE,
                Verb.WITHDRAW,
            ),
            N_("Recorded."),
        ),
    }
)
"""What is said after a move, by its verb."""

LETTER_TONES: Mapping[LetterState, str] = MappingProxyType(
    {
        LetterState.SENT: "done",
        LetterState.HANDED_OVER: "done",
        LetterState.DEAD: "late",
        LetterState.EXPIRED: "late",
        LetterState.DEFERRED: "soon",
        LetterState.IN_DOUBT: "soon",
        LetterState.TO_HAND_OVER: "check",
    }
)
"""The colour of a letter's state; the others are quiet."""

LETTER_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "publication": N_("Part of the plan"),
        "daily": N_("Daily letter"),
        "weekly": N_("Weekly summary"),
        "digest": N_("Today's work of the office"),
        "escalation": N_("For decision"),
        "decision": N_("Decision"),
        "closing": N_("Closing"),
        "sign_in": N_("Sign-in"),
        "alarm": N_("Alarm"),
    }
)

BUDGET_SOURCES: Mapping[str, str] = MappingProxyType(
    {"commune": N_("The commune's budget"), "donations": N_("Donations")}
)
"""Sources of money that plans write in short; others stand as they are written."""
