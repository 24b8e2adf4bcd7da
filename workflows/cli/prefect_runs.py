"""Running flows from the command: a server for as long as they need it, and patience on the terminal.

Prefect is imported where a flow runs and nowhere else: it takes a second, and must find its environment set.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from plan_definitions.diagnostics import Phrase
from workflows.cli import output
from workflows.cli.session import Session
from workflows.flows.server import running_server
from workflows.flows.store import using
from workflows.home import Home
from workflows.operations.round import Rounds
from workflows.settings import Settings

Delivery = dict[str, int | str | None]
"""What the delivery flow returns: counts, `why` the server turned us away, `rests_until` as ISO text."""


@contextmanager
def flows_running(session: Session, settings: Settings) -> Iterator[None]:
    """Inside the block flows may be called; they work with `settings`.

    Uses the server of `dondoc up` where it runs for this home, else starts one, which takes seconds. Raises
    EnvironmentRefused where no server comes up.
    """
    home = Home.existing(settings.home)
    starting = output.waiting(Phrase("Waiting for Prefect's server..."), session.translate)
    with starting as is_up, running_server(home), using(settings):
        is_up()
        yield


def run_round(office: str | None, day: date, now: datetime | None = None) -> Rounds:
    """The daily round as a Prefect flow; `now` by a simulated clock only."""
    from workflows.flows.daily_round import daily_round  # noqa: PLC0415

    return daily_round(office=office, as_of=day, now=now)


def run_delivery(*, any_hour: bool = False, now: datetime | None = None) -> Delivery:
    """The delivery as a Prefect flow; `now` by a simulated clock only."""
    from workflows.flows.deliver_mail import deliver_mail  # noqa: PLC0415

    return deliver_mail(now=now, any_hour=any_hour, resting_too=True)
