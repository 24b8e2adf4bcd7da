"""The clock of `dondoc up`: computes due times itself and calls the flows in its own process.

`python -m workflows.flows.clockwork TASK`, where TASK is a JSON object (see `Task`), runs until its standard
input ends. Prefect's own schedules are not used: after downtime they would run every missed round.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from plan_definitions.diagnostics import Phrase
from workflows.children import stop_on_termination, stop_with_parent
from workflows.errors import EnvironmentRefused, Fault, for_log
from workflows.flows.due import delivery_due, next_round, rounds_due, told_of_rest
from workflows.flows.pulse import Pulse
from workflows.flows.server import announced_address, answers, flows_at, hand_in_logs_and_events
from workflows.flows.store import using
from workflows.garbage import FOR_DAYS, few_collections
from workflows.home import Home
from workflows.operations.mail.lanes import lane_of
from workflows.settings import Settings, read_settings
from workflows.store.commits import Commits
from workflows.store.database import Database
from workflows.texts import Language, count, date_long, translator

LOOK_SECONDS = 0.5
"""How often commits are looked for: the longest that a letter waits for its delivery to begin."""

LONGEST_WAIT = timedelta(minutes=10)
"""After this long the store is asked again whatever happened: a clock that was set moves every due time."""

ROUND, DELIVERY = Phrase("the daily round"), Phrase("the delivery")

FIRST_REST, LONGEST_REST = 5.0, 300.0
"""Seconds until a flow that failed, or sent nothing, is called again; doubled each time."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a clock is told: the working folder, the language of its log, how far its time is ahead."""

    folder: str
    language: str
    ahead_seconds: float = 0.0

    def to_json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


@dataclass(slots=True)
class _Rest:
    """When a flow may be called again, in monotonic seconds."""

    until: float = 0.0
    seconds: float = FIRST_REST

    def begin(self) -> None:
        self.until = time.monotonic() + self.seconds
        self.seconds = min(2 * self.seconds, LONGEST_REST)

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.until


@dataclass(slots=True)
class Clockwork:
    """Runs what is due, when it is due, until `stopping` is set. `say` tells the log."""

    settings: Settings
    clock: Callable[[], datetime]
    stopping: Event
    language: Language = Language.VI
    say: Callable[[str], None] = print
    _rests: dict[str, _Rest] = field(default_factory=dict)
    _pulse: Pulse = field(init=False)
    _served_at: str | None = None

    def __post_init__(self) -> None:
        self._pulse = Pulse(Home.existing(self.settings.home))

    def run(self) -> None:
        """Keep time; a database that says no is asked again later."""
        while not self.stopping.is_set():
            self._pulse.beat()
            try:
                database = Database.open(self.settings.database, create=False)
                try:
                    self._keep_time(database)
                finally:
                    database.close()
            except EnvironmentRefused as error:
                self.say(error.say(translator(self.language)))
                self.stopping.wait(FIRST_REST)

    def _keep_time(self, database: Database) -> None:
        with database.commits() as commits:
            while not self.stopping.is_set():
                # Asked before looking: what is committed while we look calls for another look.
                commits.seen()
                self._wait(self._do_what_is_due(database), commits)

    def _do_what_is_due(self, database: Database) -> datetime:
        """Run rounds, then delivery; when to look again unless something is committed."""
        if rounds_due(database, self.clock()) and not self._attempt(ROUND, self._run_round, database):
            return self.clock()
        sender = lane_of(self.settings).sender.address
        due = delivery_due(database, sender, self.clock())
        if due is not None and due <= self.clock():
            if not self._attempt(DELIVERY, self._run_delivery, database):
                return self.clock()
            due = delivery_due(database, sender, self.clock())
        now = self.clock()
        # What is still due rests, and `_wait` knows for how long.
        coming = [due] if due is not None and due > now else []
        return min([*coming, next_round(now), now + LONGEST_WAIT])

    def _attempt(self, name: Phrase, flow: Callable[[], bool], database: Database) -> bool:
        """Call a flow unless it rests, which it does after a failure and where it came to nothing.

        False where there is no Prefect server yet, or none just now.
        """
        rest = self._rests.setdefault(name.message_id, _Rest())
        if not rest.over:
            return True
        home = Home.existing(self.settings.home)
        address = announced_address(home)
        if address is None or not answers(home, address):
            return False
        if address != self._served_at:
            # Prefect's background threads would go on talking to the server that was there before.
            hand_in_logs_and_events()
            self._served_at = address
        try:
            with flows_at(home, address), self._surroundings(database):
                fruitful = flow()
        except Exception as error:  # noqa: BLE001 - one failed run must not end the clock
            self._tell(Phrase("{name} failed: {reason}", {"name": name, "reason": for_log(error).phrase}))
            fruitful = False
        if fruitful:
            rest.seconds = FIRST_REST
        else:
            rest.begin()
        return True

    def _surroundings(self, database: Database) -> AbstractContextManager[None]:
        """What flows are called in. One that asks for the time, or whether to stop, is getting on."""

        def clock() -> datetime:
            self._pulse.beat()
            return self.clock()

        def stopping() -> bool:
            self._pulse.beat()
            return self.stopping.is_set()

        return using(self.settings, database, clock=clock, stopping=stopping)

    def _run_round(self) -> bool:
        from workflows.flows.daily_round import daily_round  # noqa: PLC0415 - imports Prefect

        rounds = daily_round()
        day = date_long(rounds.total.as_of, self.language)
        counts = rounds.total.totals()
        self._tell(
            Phrase(
                "Round of {day}: opened {opened}, reminded {reminded}, reported upwards {escalated}, "
                "letters {letters}.",
                {"day": day, **{name: count(n, self.language) for name, n in counts.items()}},
            )
        )
        return not rounds.none

    def _run_delivery(self) -> bool:
        from workflows.flows.deliver_mail import deliver_mail  # noqa: PLC0415 - imports Prefect

        delivered = deliver_mail()
        values = {name: delivered[name] for name in ("sent", "deferred", "dead", "left")}
        self._tell(
            Phrase(
                "Letters: sent {sent}, put off {deferred}, not deliverable {dead}, waiting {left}.", values
            )
        )
        if delivered["why"] is not None:
            self._tell(Phrase("the mail server turned us away: {why}", {"why": delivered["numbers"]}))
        elif delivered["rests_until"] is not None:
            self._tell(told_of_rest(str(delivered["rests_until"]), self.language))
        return bool(delivered["sent"])

    def _wait(self, until: datetime, commits: Commits) -> None:
        """Until an instant, a commit, the end of a flow's rest, or the end. Wall time: clocks get set."""
        resting = [rest for rest in self._rests.values() if not rest.over]
        while not self.stopping.wait(LOOK_SECONDS):
            self._pulse.beat()
            if self.clock() >= until or commits.seen() or any(rest.over for rest in resting):
                return

    def _tell(self, phrase: Phrase) -> None:
        self.say(phrase.say(translator(self.language)))


def main() -> None:
    """Run a clock until the parent says stop."""
    stopping = Event()
    stop_with_parent(stopping.set)
    stop_on_termination(stopping.set)
    task = Task(**json.loads(sys.argv[1]))
    ahead = timedelta(seconds=task.ahead_seconds)

    def say(line: str) -> None:
        print(line, flush=True)

    clockwork = Clockwork(
        read_settings(Path(task.folder)),
        lambda: datetime.now(UTC) + ahead,
        stopping,
        Language(task.language),
        say,
    )
    try:
        with few_collections(FOR_DAYS):
            clockwork.run()
            hand_in_logs_and_events()
    except KeyboardInterrupt:
        return  # the parent insists: a round lets go of its office, and is resumed later
    except Exception as error:  # noqa: BLE001 - a traceback would stand in the log, with whatever it quotes
        say(Fault(error).say(translator(clockwork.language)))
        sys.exit(Fault.exit_code)


if __name__ == "__main__":
    main()
