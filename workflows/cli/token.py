"""`dondoc token`: what other systems show to be let into the API."""

from typing import Annotated

import typer

from plan_definitions.diagnostics import Phrase, did_you_mean
from plan_definitions.model import Role
from workflows.cli import output
from workflows.cli.help import VerbCommand, VerbGroup
from workflows.cli.parameters import AsJson, Decider, OfficeName
from workflows.cli.session import Session
from workflows.errors import WrongUse
from workflows.operations.api_tokens import DAYS, make_token, revoke_token, tokens_of
from workflows.operations.situations import the_office
from workflows.store.records import ApiToken, Scope
from workflows.texts import N_, instant

app = typer.Typer(cls=VerbGroup, add_completion=False, rich_markup_mode=None)

TokenName = Annotated[
    str, typer.Argument(metavar="NAME", help=N_("The name of the other system."), show_default=False)
]
Scopes = Annotated[
    list[str] | None,
    typer.Option(
        "--scope", metavar="SCOPE",
        help=N_("What it may do: read, read:notes, move:unit, move:office; several times if need be."),
    ),
]  # fmt: skip
Units = Annotated[
    list[str] | None,
    typer.Option(
        "--unit", metavar="UNIT",
        help=N_("Only the work of this unit; several times if need be. Without it: the whole office."),
    ),
]  # fmt: skip
Days = Annotated[int, typer.Option("--days", metavar="N", help=N_("How many days it holds, at most 730."))]

_HEADINGS = (
    N_("Name"), N_("May"), N_("Units"), N_("Made"), N_("Ends"), N_("Last used"), N_("Revoked"),
)  # fmt: skip


@app.callback()
def token() -> None:
    """Tokens by which other systems use the API."""


@app.command("create", cls=VerbCommand)
def create(
    context: typer.Context,
    name: TokenName,
    scope: Scopes = None,
    unit: Units = None,
    days: Days = DAYS,
    by: Decider = Role.STANDING_OFFICE.value,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """Make a token and print it, this once; `read` is what it may do unless said otherwise."""
    session = Session.of(context)
    scopes = [_scope(word) for word in scope or (Scope.READ.value,)]
    with session.database() as database:
        made = make_token(
            database, the_office(database, office), name,
            scopes=scopes, units=unit or (), days=days, by=by, now=session.now(),
        )  # fmt: skip
    if as_json:
        output.document(_document(made.token) | {"token": made.text}, session.translate)
        return
    print(made.text)
    values = {"instant": instant(made.token.expires_at, session.language)}
    said = Phrase("Keep it now: it is shown this once. It holds until {instant}.", values)
    output.warn(said.say(session.translate))


@app.command("list", cls=VerbCommand)
def list_(context: typer.Context, office: OfficeName = None, as_json: AsJson = False) -> None:
    """List every token the office ever made, the newest first."""
    session = Session.of(context)
    with session.database() as database:
        found = tokens_of(database, the_office(database, office))
    if as_json:
        output.document([_document(one) for one in found], session.translate)
    elif found:
        headings = [session.translate(heading) for heading in _HEADINGS]
        output.table(headings, [_cells(one, session) for one in found], whole=frozenset({0}))
    else:
        output.say(Phrase("There are no tokens."), session.translate)


@app.command("revoke", cls=VerbCommand)
def revoke(
    context: typer.Context,
    name: TokenName,
    by: Decider = Role.STANDING_OFFICE.value,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """End a token at once."""
    session = Session.of(context)
    with session.database() as database:
        place = the_office(database, office)
        revoke_token(database, place, name, by=by, now=session.now())
        found = next(one for one in tokens_of(database, place) if one.name == name)
    if as_json:
        output.document(_document(found), session.translate)
        return
    output.say(Phrase("Revoked: {name}", {"name": name}), session.translate)


def _scope(word: str) -> Scope:
    try:
        return Scope(word)
    except ValueError:
        known = tuple(scope.value for scope in Scope)
        raise WrongUse(
            "there is no scope `{name}`; there are: {known}",
            did_you_mean(word, known),
            name=word,
            known=known,
        ) from None


def _document(token: ApiToken) -> dict[str, object]:
    """A token as JSON, without its text."""
    return {
        "name": token.name,
        "scopes": sorted(token.scopes),
        "units": sorted(token.units),
        "made_by": token.made_by,
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
        "revoked_by": token.revoked_by,
    }


def _cells(token: ApiToken, session: Session) -> tuple[str, ...]:
    last, revoked = token.last_used_at, token.revoked_at
    return (
        token.name,
        " ".join(sorted(token.scopes)),
        " ".join(sorted(token.units)),
        instant(token.made_at, session.language),
        instant(token.expires_at, session.language),
        "" if last is None else instant(last, session.language),
        "" if revoked is None else instant(revoked, session.language),
    )
