"""`dondoc demo`: the shipped plan in a throw-away home, a season of samples, one real round, one delivery."""

import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn

import plan_definitions
from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.deliver import COUNTS
from workflows.cli.demo_report import Shown, print_demo
from workflows.cli.parameters import AsJson, iso_date
from workflows.cli.plans import AcceptedPlan, accepted_plan
from workflows.cli.prefect_runs import flows_running, run_delivery, run_round
from workflows.cli.session import Session
from workflows.cli.window import address_of, opened_socket, serve_demo
from workflows.errors import WrongUse
from workflows.flows.server import started_server
from workflows.home import Home
from workflows.operations.mail.deliver import deliver
from workflows.operations.mail.lanes import inbox_folder, lane_of, opened_transport
from workflows.operations.mail.mail_day import mail_of_day
from workflows.operations.mail.queueing import morning
from workflows.operations.move import PlanReference
from workflows.operations.publish import publish
from workflows.operations.reading.board import read_board
from workflows.operations.rehearsing.season import Played, play
from workflows.settings import Settings
from workflows.store.database import Database
from workflows.texts import N_, date_numeric

SHIPPED = Path(plan_definitions.__file__).parent / "kim_thanh" / "thang_hanh_dong_vi_tre_em_2026.yaml"
"""The plan that comes with the program."""

SHOWN = date(2026, 6, 10)
"""The middle of the month of action: work done, late, waiting and to come stand side by side."""

_PUBLISHED_ON = "issued"
"""The anchor on which the plan is published."""


def demo(
    context: typer.Context,
    as_of: Annotated[
        date | None,
        typer.Option("--as-of", parser=iso_date, metavar="DATE", help=N_("The day to show (YYYY-MM-DD).")),
    ] = None,
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help=N_("Do not serve the window afterwards."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show on a day of the season what the program does, in a home of its own."""
    session = Session.of(context)
    day, accepted = as_of or SHOWN, accepted_plan(SHIPPED)
    first = accepted.schedule.anchors[_PUBLISHED_ON]
    if day < first:
        raise WrongUse("the plan of the demo begins on {day}", day=first)
    with ExitStack() as window:
        listening = None if no_serve else window.enter_context(opened_socket())
        settings = _throw_away(session, address_of(listening) if listening is not None else None)
        _show_and_serve(settings, accepted, (first, day), listening, session, as_json=as_json)


def _show_and_serve(
    settings: Settings,
    accepted: AcceptedPlan,
    season: tuple[date, date],
    listening: socket.socket | None,
    session: Session,
    *,
    as_json: bool,
) -> None:
    day = season[1]
    with closing(Database.open(settings.database, create=True)) as database:
        shown = _show(database, accepted, settings, season, session)
        mail = mail_of_day(database, shown.plan.office, as_of=day)
        board = read_board(database, shown.plan.office, shown.plan.plan, as_of=day)
    if as_json:
        _print_document(shown, settings, session, None if listening is None else settings.base_url)
    else:
        print_demo(shown, board, mail, settings, session)
    if listening is not None:
        said = Phrase("The window: {address} (stop with Ctrl-C)", {"address": settings.base_url})
        (output.warn if as_json else print)(said.say(session.translate))
        sys.stdout.flush()
        serve_demo(settings, listening, day)


class ReadHere(Settings):
    """Settings of a home whose letters are read on this very machine: links to it lead somewhere."""

    @property
    def public_base_url(self) -> str | None:
        """The window's address, loopback or not."""
        return self.base_url


def _throw_away(session: Session, address: str | None) -> Settings:
    """Settings for a home that nobody has, made now: no setting of a real office reaches it but its language.

    Letters go to its embedded inbox, whatever mail server is set. Where a window is to be served, they have
    the buttons that letters of a real office have, and lead to it.
    """
    home = Path(tempfile.mkdtemp(prefix="dondoc-"))
    if address is None:
        return Settings.model_construct(home=home, lang=session.language)
    return ReadHere.model_construct(home=home, lang=session.language, base_url=address)


def _show(
    database: Database,
    accepted: AcceptedPlan,
    settings: Settings,
    season: tuple[date, date],
    session: Session,
) -> Shown:
    """Publish and play while Prefect's server comes up; then the round and the delivery of the day."""
    first, day = season
    home = Home.existing(settings.home)
    with started_server(home) as server:
        with _progress(session, first, day) as tick:
            published = publish(
                database, accepted.schedule, accepted.sources,
                as_of=first, now=morning(first), language=settings.lang,
            )  # fmt: skip
            plan = PlanReference(accepted.schedule.office.id, published.plan)
            played = _play(database, plan, settings, season, tick)
        with output.waiting(Phrase("Waiting for Prefect's server..."), session.translate):
            server.wait_until_up()
        with flows_running(session, settings):
            rounds = run_round(plan.office, day, morning(day))
            delivered = run_delivery(now=morning(day))
    return Shown(plan, published.letters, played, rounds, delivered)


def _play(
    database: Database,
    plan: PlanReference,
    settings: Settings,
    season: tuple[date, date],
    tick: Callable[[date], None],
) -> Played:
    """The days before the day shown: rounds and deliveries in this process, on the simulated clock."""
    with opened_transport(settings) as transport:
        lane = lane_of(settings)

        def send(now: datetime) -> None:
            deliver(database, transport, lane, lambda: now)
            tick(now.date())

        return play(database, plan, settings.home, first=season[0], last=season[1], deliver=send)


@contextmanager
def _progress(session: Session, first: date, last: date) -> Iterator[Callable[[date], None]]:
    """A bar on the terminal that counts the days played."""
    said = session.translate("Playing the season")
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[day]}"))
    console = output.error_console()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        shown = bar.add_task(said, total=max((last - first).days, 1), day="")

        def tick(day: date) -> None:
            bar.update(shown, completed=(day - first).days, day=date_numeric(day, session.language))

        yield tick


def _print_document(shown: Shown, settings: Settings, session: Session, address: str | None) -> None:
    delivered = {name: shown.delivered[name] for name in COUNTS}
    document = {
        "home": str(settings.home),
        "round": {"as_of": shown.rounds.total.as_of, **shown.rounds.total.totals()},
        "delivered": delivered,
        "inbox": str(inbox_folder(settings)),
        "address": address,
    }
    output.document(document, session.translate)
