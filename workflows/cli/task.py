"""`dondoc task`: what people do to an assignment."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from plan_definitions.diagnostics import Phrase, did_you_mean
from workflows.cli import output
from workflows.cli.history import AssignmentName
from workflows.cli.parameters import AsJson, AsOf, OfficeName, PlanName, iso_date
from workflows.cli.rows import print_rows, row_document
from workflows.cli.session import Session
from workflows.engine.board import Row
from workflows.engine.moves import PEOPLES_VERBS
from workflows.engine.orders import Actor, Order
from workflows.engine.records import Answered, Via
from workflows.engine.states import Verb
from workflows.errors import WrongUse
from workflows.operations.evidence.kept_files import KeptFile, keep_file
from workflows.operations.move import PlanReference, carry_out
from workflows.operations.situations import the_plan
from workflows.texts import N_

_UNTIL = frozenset({Verb.PROMISE, Verb.EXTEND, Verb.GRANT, Verb.PROPOSE, Verb.REOPEN})
"""Verbs whose date is a day to come; for `submit` it is the day of the work, for `obstacle` its first."""

TAKES: Mapping[str, frozenset[Verb]] = {
    "--date": _UNTIL | {Verb.SUBMIT, Verb.OBSTACLE},
    "--file": frozenset({Verb.SUBMIT, Verb.EVIDENCE}),
    "--document": frozenset({Verb.SUBMIT, Verb.EVIDENCE}),
    "--figure": frozenset({Verb.SUBMIT}),
    "--later": frozenset({Verb.SUBMIT}),
    "--none": frozenset({Verb.SUBMIT}),
    "--to": frozenset({Verb.REASSIGN}),
    "--waits-for": frozenset({Verb.OBSTACLE}),
    "--answer": frozenset({Verb.ANSWER}),
}
"""Options that only some verbs take; given to another they are refused, not passed over."""

_DISPATCH = re.compile(r"(?P<number>[^,]*\d[^,]*), *(?P<day>.+)")
_FIGURE = re.compile(r"-?\d{1,100}")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class Given(NamedTuple):
    """The options of one call."""

    on_behalf_of: str | None
    via: Via | None
    said_by: str | None
    note: str | None
    date: date | None
    files: tuple[Path, ...]
    document: str | None
    figures: Mapping[str, int]
    later: bool
    none: bool
    to: str | None
    waits_for: str | None
    answer: Answered | None


VerbName = Annotated[
    str,
    typer.Argument(
        metavar="VERB",
        help=N_(
            "start, submit, evidence, withdraw, obstacle, resolve, promise, extend (the unit); accept, "
            "return (whoever checks); release, cancel, reopen, reassign, hold, propose, grant, refuse "
            "(the office); answer (the leadership)."
        ),
        show_default=False,
    ),
]
By = Annotated[str, typer.Option("--by", metavar="WHO", help=N_("Who does it: a contact, unit or role."))]
Heard = Literal["phone", "zalo", "paper", "meeting"]
"""How a clerk can have heard a unit's word: the other way is a signed link, which speaks for itself."""

HowItCame = Annotated[Heard | None, typer.Option("--via", help=N_("How the unit's word came."))]
OnBehalfOf = Annotated[
    str | None,
    typer.Option("--on-behalf-of", metavar="UNIT", help=N_("The unit whose word the office records.")),
]
SaidBy = Annotated[
    str | None, typer.Option("--said-by", metavar="TITLE", help=N_("Who said it: a title, not a name."))
]
Note = Annotated[
    str | None, typer.Option("--note", metavar="TEXT", help=N_("Reason or remark; no children's names."))
]
Files = Annotated[
    list[Path] | None,
    typer.Option("--file", metavar="FILE", readable=False, help=N_("Evidence; several times if need be.")),
]
Dispatch = Annotated[
    str | None,
    typer.Option("--document", metavar='"NUMBER, DATE"', help=N_("A dispatch instead of a file.")),
]
Figures = Annotated[
    list[str] | None,
    typer.Option("--figure", metavar="NAME=N", help=N_("A counted result; several times if need be.")),
]
Day = Annotated[
    date | None,
    typer.Option(
        "--date", parser=iso_date, metavar="DATE",
        help=N_("The day done, since when, or the new date (YYYY-MM-DD)."),
    ),
]  # fmt: skip
Later = Annotated[bool, typer.Option("--later", help=N_("The evidence follows later."))]
NothingToReport = Annotated[bool, typer.Option("--none", help=N_("Done: there was nothing to report."))]
To = Annotated[str | None, typer.Option("--to", metavar="UNIT", help=N_("The unit that takes it over."))]
WaitsFor = Annotated[
    str | None, typer.Option("--waits-for", metavar="UNIT", help=N_("The unit that an obstacle waits for."))
]
LeadersAnswer = Annotated[Answered | None, typer.Option("--answer", help=N_("The leader's answer."))]


def task(  # noqa: PLR0917 - typer reads the options from the arguments
    context: typer.Context,
    verb: VerbName,
    assignment: AssignmentName,
    by: By,
    via: HowItCame = None,
    on_behalf_of: OnBehalfOf = None,
    said_by: SaidBy = None,
    note: Note = None,
    file: Files = None,
    document: Dispatch = None,
    figure: Figures = None,
    day: Day = None,
    later: Later = False,
    none: NothingToReport = False,
    to: To = None,
    waits_for: WaitsFor = None,
    answer: LeadersAnswer = None,
    as_of: AsOf = None,
    plan: PlanName = None,
    office: OfficeName = None,
    as_json: AsJson = False,
) -> None:
    """Carry out one move and print the assignment as it stands then."""
    session = Session.of(context)
    given = Given(
        on_behalf_of, None if via is None else Via(via), said_by, note, day, tuple(file or ()),
        _dispatch(document), _figures(figure or ()), later, none, to, waits_for, answer,
    )  # fmt: skip
    row = _carry_out(session, _verb(verb), assignment, by, given, as_of, (office, plan))
    if as_json:
        output.document(row_document(row), session.translate)
    else:
        print_rows([row], session)


def _carry_out(
    session: Session,
    verb: Verb,
    assignment: str,
    by: str,
    given: Given,
    as_of: date | None,
    where: tuple[str | None, str | None],
) -> Row:
    _check_options(verb, given)
    with session.database() as database:
        heading = the_plan(database, *where)
        kept: list[KeptFile] = []
        try:
            kept += (keep_file(session.home().path, session.folder / file) for file in given.files)
            return carry_out(
                database,
                PlanReference(heading.office, heading.id),
                by,
                lambda actor: _order(verb, assignment, actor, given),
                as_of=session.day(as_of),
                now=session.now(),
                files=kept,
                language=session.settings.lang,
            )
        except BaseException:
            for file in kept:
                file.discard()
            raise


def _order(verb: Verb, assignment: str, actor: Actor, given: Given) -> Order:
    return Order(
        verb,
        assignment,
        actor,
        on_behalf_of=given.on_behalf_of,
        via=given.via,
        said_by=given.said_by,
        note=given.note,
        until=given.date if verb in _UNTIL else None,
        done_on=given.date if verb is Verb.SUBMIT else None,
        since=given.date if verb is Verb.OBSTACLE else None,
        figures=given.figures,
        evidence_files=len(given.files),
        document=given.document,
        evidence_later=given.later,
        nothing_to_report=given.none,
        to=given.to,
        waits_for=given.waits_for,
        answer=given.answer,
    )


def _verb(name: str) -> Verb:
    known = sorted(verb.value for verb in PEOPLES_VERBS)
    if name not in known:
        raise WrongUse(
            "there is no move `{name}`; there are: {known}",
            did_you_mean(name, known),
            name=name,
            known=tuple(known),
        )
    return Verb(name)


def _check_options(verb: Verb, given: Given) -> None:
    """Refuse what the verb would pass over. Raises WrongUse."""
    values = {
        "--date": given.date, "--file": given.files, "--document": given.document, "--figure": given.figures,
        "--later": given.later, "--none": given.none, "--to": given.to, "--waits-for": given.waits_for,
        "--answer": given.answer,
    }  # fmt: skip
    for option, value in values.items():
        if value and verb not in TAKES[option]:
            takers = tuple(sorted(taker.value for taker in TAKES[option]))
            raise WrongUse("{option} does not go with `{verb}`; it goes with: {takers}",
                           option=option, verb=verb.value, takers=takers)  # fmt: skip


def _figures(given: Iterable[str]) -> Mapping[str, int]:
    """`NAME=N` as numbers. Raises WrongUse."""
    figures: dict[str, int] = {}
    for text in given:
        name, equals, number = (part.strip() for part in text.partition("="))
        if not equals or _FIGURE.fullmatch(number) is None:
            raise WrongUse("`{text}` is no figure: write NAME=N with a whole number", text=text)
        if name in figures:
            raise WrongUse("figure `{name}` is given twice", name=name)
        figures[name] = int(number)
    return figures


def _dispatch(text: str | None) -> str | None:
    """A dispatch's number and date, the date checked. Raises WrongUse."""
    if text is None:
        return None
    found = _DISPATCH.fullmatch(text.strip())
    if found is None or _day(found["day"].strip()) is None:
        mend = Phrase('write the number, a comma and the date: "45/BC-UBND, 10/6/2026"')
        raise WrongUse("`{text}` is no number and date of a dispatch", mend, text=text)
    return text.strip()


def _day(text: str) -> date | None:
    """10/6/2026 or 2026-06-10; None for what is no day."""
    found = _DAY.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None
