"""What a server's answer makes of a letter, and when it is tried again."""

import zlib
from datetime import datetime, timedelta

from notifications.outcomes import Kind, Outcome
from workflows.store.records import ClaimedLetter, LetterState
from workflows.store.records import Outcome as Finished

RETRY_MINUTES = (1, 5, 15, 30, 60, 120, 180)
"""Minutes until the next attempt, the last one repeated; each varied by a fifth (docs/mail.md)."""

DOUBT_MINUTES = 60
"""Longer than any retry of the server's own: a letter in doubt may well have arrived."""

POLICY_MINUTES = 60
"""A policy may be a passing one: the first refusal puts a letter off for this long, the second ends it."""


def result_of(claim: ClaimedLetter, outcome: Outcome, now: datetime, *, refusals: int = 0) -> Finished:
    """What an answer makes of a letter. Once in doubt, it stays so until a server takes or refuses it.

    `refusals` counts how often policy (5.7.x) has refused the letter, this time included.
    """
    letter = claim.letter
    put_off = LetterState.IN_DOUBT if claim.was is LetterState.IN_DOUBT else LetterState.DEFERRED
    state, again = put_off, None
    match outcome.kind:
        case Kind.SENT:
            state = LetterState.SENT
        case Kind.REJECTED if refusals == 1:
            again = now + timedelta(minutes=POLICY_MINUTES)
        case Kind.REJECTED:
            state = LetterState.DEAD
        case Kind.IN_DOUBT:
            state, again = LetterState.IN_DOUBT, now + timedelta(minutes=DOUBT_MINUTES)
        case Kind.DEFERRED | Kind.NOT_SENT:
            again = next_attempt(letter.id, letter.attempts, now)
    return Finished(state, outcome.code, outcome.reply or None, again)


def next_attempt(letter_id: int, attempts: int, now: datetime) -> datetime:
    """When a deferred letter is tried again: ever later, and never all letters at the same instant."""
    minutes = RETRY_MINUTES[min(attempts, len(RETRY_MINUTES) - 1)]
    # Spread evenly, and the same for the same letter and attempt.
    share = zlib.crc32(f"{letter_id}:{attempts}".encode()) / 2**32
    return now + timedelta(minutes=minutes * (0.8 + 0.4 * share))
