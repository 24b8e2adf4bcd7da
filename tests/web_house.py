"""A house for tests of the window: a real database with a small plan under way, and browsers to look at it.

`house` (a fixture of conftest) publishes the plan of `season()` on 1 June 2026 and runs the rounds up to
10 June, 07:00: Thôn 1 has reported its signs, Thôn 2 is two days late, the police wait for both.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from builders import (
    FIRST_OF_JUNE,
    MORNING,
    TENTH_OF_JUNE,
    contact,
    edge,
    indicator,
    office,
    schedule,
    task,
    unit,
)
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from plan_definitions.model import Channel, Clause, Evidence, Manner
from plan_definitions.schedule import Schedule
from web.app import create_app
from web.window import Demo, Window
from workflows.engine.orders import Order
from workflows.engine.records import Via
from workflows.engine.states import Verb
from workflows.home import Home
from workflows.operations.mail.links import Link
from workflows.operations.mail.queueing import morning
from workflows.operations.move import PlanReference, carry_out
from workflows.operations.publish import publish
from workflows.operations.round import run_round
from workflows.settings import Settings
from workflows.store.database import Database

OFFICE = "kim-thanh"
PLAN = "thang-tre-em-2026"
SIGNS_2 = "hazard-signs/thon-2"
SECRET = "a secret of thirty-two characters"
BASE_URL = "http://dondoc.kim-thanh.example"


def commune() -> Any:
    """The commune of the builders, with telephone numbers and a village served by telephone."""
    return office(
        units=(
            unit(
                "vhxh", "Phòng Văn hóa - Xã hội", short="Phòng VH-XH", contacts=_mail("vhxh", "Trưởng phòng")
            ),
            unit("deputy", "Phó Chủ tịch UBND xã", contacts=_mail("deputy", "Phó Chủ tịch")),
            unit("chair", "Chủ tịch UBND xã", contacts=_mail("chair", "Chủ tịch")),
            unit("police", "Công an xã", contacts=_mail("police", "Trưởng Công an xã")),
            unit("youth", "Đoàn Thanh niên", manner=Manner.REQUEST, contacts=_mail("youth", "Bí thư")),
            *(unit(f"thon-{n}", f"Thôn {n}", contacts=_mail(f"thon-{n}", "Trưởng thôn")) for n in (1, 2)),
            unit(
                "thon-3", "Thôn 3", contacts=(contact(channel=Channel.PHONE, email=None, phone="0000 003"),)
            ),
        )
    )


def _mail(id: str, title: str) -> tuple[Any, ...]:  # noqa: A002
    return (contact(title=title, email=f"{id}@kim-thanh.example", phone=f"0000 000 {len(id)}"),)


def season() -> Schedule:
    """Signs in every village, the police's check after them, a requested event, a weekly report."""
    villages = ("thon-1", "thon-2", "thon-3")
    signs = task(
        "hazard-signs", villages, title="Cắm biển cảnh báo, rào chắn điểm nguy hiểm", each="villages",
        start=FIRST_OF_JUNE, due=date(2026, 6, 8), helpers=("police",), clauses=("V.6.2",),
        evidence=Evidence.DOCUMENT, accept="standing_office",
        indicators=(indicator("signs", 5, title="Biển"),),
    )  # fmt: skip
    news = task(
        "weekly-news", villages, title="Điểm tin tuần", each="villages", start=FIRST_OF_JUNE,
        repeat=(date(2026, 6, 5), date(2026, 6, 12)), none_allowed=True,
    )  # fmt: skip
    check = task(
        "hazard-check", ("police",), title="Phúc tra các điểm nguy hiểm",
        due=date(2026, 6, 15), after=(edge("hazard-signs"),),
    )  # fmt: skip
    handover = task(
        "summer-handover", ("youth",), title="Bàn giao trẻ về sinh hoạt hè",
        start=FIRST_OF_JUNE, due=date(2026, 6, 9),
    )  # fmt: skip
    gifts = task("gifts", ("vhxh",), title="Trao quà cho trẻ em", start=FIRST_OF_JUNE, due=TENTH_OF_JUNE)
    clause = Clause("V.6.2", "Cắm biển", "duty", named=True, lead=("villages",))
    return schedule(signs, check, handover, news, gifts, office=commune(), clauses={"V.6.2": clause})


@dataclass
class House:
    """The running window with its database; `now` is what its clock shows."""

    app: FastAPI
    database: Database
    now: datetime = MORNING + timedelta(hours=1)
    told: list[str] = field(default_factory=list)

    @property
    def window(self) -> Window:
        window = self.app.state.window
        assert isinstance(window, Window)
        return window

    def browser(self, address: str = "10.0.0.1") -> TestClient:
        """A browser that was never here."""
        return TestClient(
            self.app, base_url=BASE_URL, client=(address, 50000), headers={"sec-fetch-mode": "navigate"}
        )

    def link(self, unit: str, assignment: str | None = None, *, contact: str | None = None) -> str:
        """The path of the signed link that a letter to the unit holds."""
        reader = contact or f"{unit}/head"
        with self.database.read() as transaction:
            link = Link(OFFICE, reader, transaction.tokens.version(OFFICE, reader), unit)
            if assignment is not None:
                plan = transaction.plans.get(OFFICE, PLAN)
                link = replace(link, number=transaction.assignments.get(plan.number, assignment).number)
        return f"/v/{self.window.keys.links.token(link)}"

    def guest(self, unit: str) -> TestClient:
        """A browser that has opened the unit's link."""
        browser = self.browser()
        assert browser.get(self.link(unit)).status_code == 200
        return browser

    def member(self, unit: str) -> TestClient:
        """A browser in which the unit's contact has signed in: `vhxh`, `deputy` or `chair`."""
        browser = self.browser()
        send(browser, "/sign-in", browser.get("/sign-in"), address=f"{unit}@kim-thanh.example")
        button = self.sign_in_letters()[-1]
        send(browser, button, browser.get(button))
        assert "dondoc_session" in browser.cookies
        return browser

    def sign_in_letters(self) -> list[str]:
        """The paths of the sign-in links that letters carry, oldest first."""
        with self.database.read() as transaction:
            letters = transaction.letters.find(OFFICE, kinds=["sign_in"])
        from notifications.letters import from_json
        from notifications.parts import SignIn

        parts = [part for letter in letters for part in from_json(letter.content).parts]
        requests = [part.request for part in parts if isinstance(part, SignIn)]
        return [f"/sign-in/{self.window.keys.links.sign_in_token(request)}" for request in requests]

    def state(self, assignment: str) -> str:
        """The stored state of an assignment."""
        with self.database.read() as transaction:
            plan = transaction.plans.get(OFFICE, PLAN)
            return str(transaction.assignments.get(plan.number, assignment).state)

    def records(self) -> int:
        """How many records the plan's history holds."""
        with self.database.read() as transaction:
            return transaction.plans.get(OFFICE, PLAN).head_sequence

    def move(self, who: str, verb: Verb, assignment: str, **fields: Any) -> None:
        """A move made elsewhere than in the window."""
        where = PlanReference(OFFICE, PLAN)
        as_of = self.window.today()
        carry_out(
            self.database, where, who, lambda by: Order(verb, assignment, by, **fields),
            as_of=as_of, now=self.now,
        )  # fmt: skip


@contextmanager
def open_house(
    folder: Path,
    played: Path,
    *,
    demo: bool = False,
    base_url: str = BASE_URL,
    smtp_host: str | None = "mail.kim-thanh.example",
) -> Iterator[House]:
    """A house in an empty folder, on a copy of a played season. The demo's inbox is `folder/inbox`."""
    home = Home.create(folder / "home")
    shutil.copy(played, home.path / "dondoc.db")
    settings = Settings(
        home=home.path,
        base_url=base_url,
        smtp_host=smtp_host,
        secret_key=SecretStr(SECRET),
    )
    database = Database.open(settings.database, create=False)
    told: list[str] = []
    box: list[House] = []
    app = create_app(
        settings,
        clock=lambda: box[0].now,
        demo=Demo(folder / "inbox") if demo else None,
        tell_operator=told.append,
    )
    house = House(app, database, told=told)
    box.append(house)
    yield house
    database.close()
    house.window.database.close()


def play_season(file: Path) -> None:
    """Publish and play the season up to the round of 10 June, into a new SQLite file."""
    database = Database.open(f"sqlite:///{file}", create=True)
    publish(database, season(), {}, as_of=FIRST_OF_JUNE, now=morning(FIRST_OF_JUNE))
    for number in range(10):
        day = FIRST_OF_JUNE + timedelta(number)
        run_round(database, OFFICE, as_of=day, now=morning(day))
        if day == date(2026, 6, 4):
            where = PlanReference(OFFICE, PLAN)
            carry_out(
                database, where, "vhxh",
                lambda by: Order(
                    Verb.SUBMIT, "hazard-signs/thon-1", by, on_behalf_of="thon-1", via=Via.PHONE,
                    document="12/BC, 2026-06-04", said_by="Trưởng thôn",
                ),
                as_of=day, now=morning(day) + timedelta(hours=2),
            )  # fmt: skip
    database.close()


class _Forms(HTMLParser):
    """The forms of a page: where they go, and what their fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = True
            self.forms.append((values.get("method", "get"), values.get("action", ""), {}))
        elif self._open and tag in ("input", "button", "textarea", "select") and values.get("name"):
            unticked = values.get("type") in ("checkbox", "radio") and "checked" not in values
            if not unticked and values.get("type") != "file" and tag != "button":
                self.forms[-1][2][values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def forms_of(response: httpx.Response) -> list[tuple[str, str, dict[str, str]]]:
    """Method, address and filled-in fields of every form of a page."""
    parser = _Forms()
    parser.feed(response.text)
    return parser.forms


def send(
    browser: TestClient,
    path: str,
    shown: httpx.Response,
    *,
    files: Any = None,
    marked: Mapping[str, str] | None = None,
    **fields: Any,
) -> httpx.Response:
    """Send the form of a page that posts to `path`, as a browser does: what it holds, and what is filled in.

    `marked` chooses among several forms to one address by fields that they hold.
    """
    mark = dict(marked or {})
    chosen = [
        values
        for method, action, values in forms_of(shown)
        if method == "post" and action.partition("?")[0] == path and mark.items() <= values.items()
    ]
    assert chosen, f"no form on the page goes to {path}: {[f[:2] for f in forms_of(shown)]}"
    answer: httpx.Response = browser.post(path, data=chosen[0] | fields, files=files)
    return answer
