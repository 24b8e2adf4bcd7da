"""Asking before something is changed for many people."""

import sys

from plan_definitions.diagnostics import Phrase
from workflows.cli.session import Session

_YES = frozenset({"c", "co", "có", "y", "yes"})


def asks_people() -> bool:
    """Whether somebody sits at the terminal to be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def agreed(question: Phrase, session: Session) -> bool:
    """Ask on the terminal; anything but a yes is a no."""
    print(question.say(session.translate), end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in _YES
