"""`dondoc outbox`: the letters, and what may be done about one."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase, did_you_mean
from workflows.cli import output
from workflows.cli.help import VerbCommand, VerbGroup
from workflows.cli.parameters import LARGEST_NUMBER, AsJson, OfficeName
from workflows.cli.session import Session
from workflows.errors import WrongUse
from workflows.operations.mail.outbox import (
    LETTER_STATE_WORDS,
    find_letters,
    hand_over,
    retry_letter,
    show_letter,
)
from workflows.operations.situations import the_office
from workflows.store.records import LetterState, StoredLetter
from workflows.texts import N_, instant

app = typer.Typer(cls=VerbGroup, add_completion=False, rich_markup_mode=None, invoke_without_command=True)

LetterId = Annotated[
    int,
    typer.Argument(
        metavar="ID", min=1, max=LARGEST_NUMBER, help=N_("The letter's number."), show_default=False
    ),
]

_HEADINGS = (
    N_("No."),
    N_("To"),
    N_("Subject"),
    N_("State"),
    N_("Attempts"),
    N_("Next attempt"),
    N_("Last reply"),
)


@app.callback()
def outbox(
    context: typer.Context,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help=N_("Only letters in this state."))
    ] = None,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """List letters, oldest first."""
    if context.invoked_subcommand is not None:
        return
    session = Session.of(context)
    states = None if state is None else [_state(state)]
    with session.database() as database:
        letters = find_letters(
            database, None if office is None else the_office(database, office), states=states
        )
    if as_json:
        output.document([_document(letter) for letter in letters], session.translate)
    elif letters:
        headings = [session.translate(heading) for heading in _HEADINGS]
        output.table(headings, [_cells(letter, session) for letter in letters], right=frozenset({0, 4}))
    else:
        output.say(Phrase("There are no such letters."), session.translate)


@app.command("show", cls=VerbCommand)
def show(context: typer.Context, letter_id: LetterId, as_json: AsJson = False) -> None:
    """Print a letter's text as sent; its links are neutralised."""
    session = Session.of(context)
    with session.database() as database:
        shown = show_letter(database, letter_id)
    if as_json:
        output.document(_document(shown.letter) | {"text": shown.text}, session.translate)
        return
    letter = shown.letter
    values = {"id": letter.id, "address": letter.address, "state": LETTER_STATE_WORDS[letter.state]}
    output.say(Phrase("Letter {id} to {address}: {state}", values), session.translate)
    print(f"{letter.subject}\n\n{shown.text}")


@app.command("retry", cls=VerbCommand)
def retry(context: typer.Context, letter_id: LetterId, as_json: AsJson = False) -> None:
    """Have a letter sent at the next delivery."""
    session = Session.of(context)
    with session.database() as database:
        letter = retry_letter(database, letter_id, now=session.now())
    _report(letter, session, as_json=as_json)


@app.command("handed-over", cls=VerbCommand)
def handed_over(
    context: typer.Context,
    letter_id: LetterId,
    by: Annotated[
        str, typer.Option("--by", metavar="WHO", help=N_("Who handed it over: a contact, unit or role."))
    ],
    as_json: AsJson = False,
) -> None:
    """Tick off a text that was pasted, read out or carried."""
    session = Session.of(context)
    with session.database() as database:
        letter = hand_over(database, letter_id, by=by, now=session.now())
    _report(letter, session, as_json=as_json)


def _report(letter: StoredLetter, session: Session, *, as_json: bool) -> None:
    if as_json:
        output.document(_document(letter), session.translate)
        return
    values = {"id": letter.id, "address": letter.address, "state": LETTER_STATE_WORDS[letter.state]}
    output.say(Phrase("Letter {id} to {address}: {state}", values), session.translate)


def _state(name: str) -> LetterState:
    try:
        return LetterState(name)
    except ValueError:
        known = tuple(state.value for state in LetterState)
        raise WrongUse(
            "letters have no state `{name}`; there are: {known}",
            did_you_mean(name, known),
            name=name,
            known=known,
        ) from None


def _document(letter: StoredLetter) -> dict[str, object]:
    """A letter as JSON; `due` is the instant of the next attempt, None where there will be none."""
    return {
        "id": letter.id,
        "key": letter.key,
        "kind": letter.kind,
        "to": letter.address,
        "subject": letter.subject,
        "state": letter.state,
        "attempts": letter.attempts,
        "message_id": letter.message_id,
        "due": letter.next_attempt,
        "last_reply": letter.last_reply,
    }


def _cells(letter: StoredLetter, session: Session) -> tuple[str, ...]:
    due = letter.next_attempt
    return (
        str(letter.id),
        letter.address,
        letter.subject,
        LETTER_STATE_WORDS[letter.state].say(session.translate),
        str(letter.attempts),
        "" if due is None else instant(due, session.language),
        _reply(letter, session),
    )


def _reply(letter: StoredLetter, session: Session) -> str:
    """What the server said last; of a letter that was overtaken, why, in words."""
    reply = letter.last_reply or ""
    return session.translate(reply) if reply and letter.state is LetterState.SUPERSEDED else reply
