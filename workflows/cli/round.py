"""`dondoc round`: one daily round, through the Prefect flow."""

from collections.abc import Iterator
from datetime import date

import typer

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.parameters import AsJson, AsOf, OfficeName
from workflows.cli.prefect_runs import flows_running, run_round
from workflows.cli.session import Session
from workflows.operations.round import RoundResult, Rounds
from workflows.operations.situations import check_published, the_office
from workflows.operations.tickets import NoRound
from workflows.store.records import Claim
from workflows.texts import count, date_long


def round(  # noqa: A001 - the verb's name
    context: typer.Context, as_of: AsOf = None, office: OfficeName = None, as_json: AsJson = False
) -> None:
    """Run the round of a day for every office, or for one; says so where there is nothing to do."""
    session = Session.of(context)
    day = session.day(as_of)
    with session.database() as database:
        # Asked before a server is started: without a plan there is nothing to wait for.
        chosen = None if office is None else the_office(database, office)
        check_published(database)
    with flows_running(session, session.settings):
        rounds = run_round(chosen, day)
    for said in remarks(rounds, session):
        output.warn(said.say(session.translate))
    if as_json:
        output.document({"as_of": day, **rounds.total.totals()}, session.translate)
    else:
        output.say(summary(rounds.total, session), session.translate)


def summary(result: RoundResult, session: Session) -> Phrase:
    """What a round did, in one line."""
    values = {name: count(n, session.language) for name, n in result.totals().items()}
    return Phrase(
        "Round of {day}: opened {opened}, reminded {reminded}, reported upwards {escalated}, "
        "letters {letters}.",
        {"day": date_long(result.as_of, session.language), **values},
    )


def remarks(rounds: Rounds, session: Session) -> Iterator[Phrase]:
    """Why there was no round, or no letter."""
    for none in rounds.none:
        yield _why(none, session)
    for office in rounds.days_off:
        day = date_long(rounds.total.as_of, session.language)
        yield Phrase("{office}: {day} is a day off, letters wait.", {"office": office, "day": day})


def _why(none: NoRound, session: Session) -> Phrase:
    if none.why is Claim.BUSY:
        return Phrase("{office}: another round is under way; this one did nothing.", {"office": none.office})
    values = {"office": none.office, "day": _long(none.as_of, session), "last": _long(none.last, session)}
    return Phrase(
        "{office}: the round of {last} was run already; the one of {day} is not made up for.", values
    )


def _long(day: date | None, session: Session) -> str:
    return "-" if day is None else date_long(day, session.language)
