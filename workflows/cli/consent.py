"""Asking before something is changed for many people."""

import sys
from typing import NoReturn

import typer

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


def agreed_or_leave(question: Phrase, session: Session) -> None:
    """Ask; without a yes say that nothing was changed, and leave with exit code 1."""
    if not agreed(question, session):
        leave(Phrase("Nothing was changed."), session)


def leave(refused: Phrase, session: Session) -> NoReturn:
    """Say why nothing is done, and leave with exit code 1."""
    print(refused.say(session.translate), file=sys.stderr)
    raise typer.Exit(1)
