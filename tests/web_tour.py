"""A walk past every page of the window, in every state that looks different, as text to be judged.

Nothing is asserted here: the checks of accessibility and of the markup read what the walk brings home.
"""

import mailbox
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi.testclient import TestClient
from web_house import OFFICE, PLAN, SIGNS_2, House, send

from workflows.engine.records import Via
from workflows.engine.states import Verb
from workflows.operations.close import close_plan
from workflows.operations.mail.queueing import morning
from workflows.operations.round import run_round
from workflows.store.records import LetterState

SIGNS_1, SIGNS_3 = "hazard-signs/thon-1", "hazard-signs/thon-3"
NEWS_2 = "weekly-news/thon-2/2"
WORK = f"/w/{OFFICE}/{PLAN}"
BOARD = (
    "/board",
    "/board/map",
    "/board/gantt",
    "/board/graph",
    "/board/progress",
    "/board/task/hazard-signs",
)
THE_NEXT_DAY = date(2026, 6, 11)
JPEG = bytes.fromhex("ffd8ffda0008010100003f00") + b"picture\xff\xd9"
LETTER = (
    b"From: dondoc@kim-thanh.example\r\nTo: thon-2@kim-thanh.example\r\nSubject: Viec cua Thon 2\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Xin chao</p>\r\n"
)


@dataclass
class Tour:
    """What was seen so far: the text of each page under a name that tells what it is."""

    house: House
    pages: dict[str, str] = field(default_factory=dict)

    def see(self, name: str, answer: httpx.Response) -> httpx.Response:
        """Keep a page. A name stands once."""
        assert answer.headers["content-type"].startswith("text/html"), name
        assert name not in self.pages, name
        self.pages[name] = answer.text
        return answer

    def look(self, browser: TestClient, *paths: str, prefix: str = "") -> None:
        """Open pages and keep each under its address."""
        for path in paths:
            self.see(re.sub(r"[^a-z0-9]+", "-", f"{prefix}{path}").strip("-"), browser.get(path))


def walk(house: House, inbox: Path) -> dict[str, str]:
    """Every page of a demo's window. The house is another one afterwards: its plan is closed."""
    tour = Tour(house)
    _strangers(tour)
    _trial(tour, inbox)
    _unit(tour)
    _mornings_words(house)
    _office(tour)
    _connections(tour)
    _leadership(tour)
    _together(tour)
    _when_all_is_over(tour)
    return tour.pages


def _strangers(tour: Tour) -> None:
    house, browser = tour.house, tour.house.browser()
    tour.look(browser, "/m", "/v/forged", f"{WORK}/{SIGNS_2}", "/no/such/page", prefix="stranger")
    tour.see("code-unknown", send(browser, "/m", browser.get("/m"), code="7KQ2-9FDM"))
    asked = tour.see("sign-in", browser.get("/sign-in"))
    tour.see("sign-in-sent", send(browser, "/sign-in", asked, address="vhxh@kim-thanh.example"))
    tour.see("opening", browser.get(house.link("thon-2"), headers={"sec-fetch-mode": "no-cors"}))
    button = house.sign_in_letters()[-1]
    tour.see("sign-in-button", browser.get(button))
    tour.see("sign-in-over", house.browser().get(button))


def _trial(tour: Tour, inbox: Path) -> None:
    name = mailbox.Maildir(inbox).add(LETTER)
    browser = tour.house.browser()
    tour.look(browser, "/demo", "/inbox")
    tour.see("inbox-letter", browser.get(f"/inbox/{name}"))


def _unit(tour: Tour) -> None:
    """What a village sees, and each answer it may give; at the end its signs are stuck and want more time."""
    house, browser = tour.house, tour.house.guest("thon-2")
    page = f"{WORK}/{SIGNS_2}"
    tour.look(browser, f"/u/{OFFICE}/thon-2", page, prefix="unit")
    tour.see("unit-asked-by-request", house.guest("youth").get(f"{WORK}/summer-handover/youth"))
    wrong = send(browser, page, browser.get(page), marked={"act": "stuck"}, note=" ", reporter="Trưởng thôn")
    tour.see("unit-problem", wrong)
    pictures = {"files": ("biển báo.jpg", JPEG, "image/jpeg")}
    done: dict[str, Any] = {"dispatch_number": "15/BC", "dispatch_date": "2026-06-10", "figure.signs": "5"}
    answers: tuple[tuple[str, str, dict[str, Any], Any], ...] = (
        ("done", SIGNS_2, done, pictures),
        ("take_back", SIGNS_2, {}, None),
        ("stuck", SIGNS_2, {"note": "Chưa có kinh phí mua biển", "waits_for": "police"}, None),
        ("more_time", SIGNS_2, {"until": "2026-06-18", "note": "Chờ biển từ huyện"}, None),
        ("done", NEWS_2, {"evidence_later": "1", "nothing_to_report": "1"}, None),
    )
    for act, assignment, fields, files in answers:
        form = f"{WORK}/{assignment}"
        shown = browser.get(f"{form}?do={act}")
        said = send(browser, form, shown, marked={"act": act}, files=files, **fields)
        tour.see(f"unit-said-{act}-{assignment.partition('/')[0]}", said)
    tour.look(browser, page, f"/u/{OFFICE}/thon-2", f"/u/{OFFICE}/thon-2/history", prefix="after")


def _mornings_words(house: House) -> None:
    """A day on which every heading of the office has something under it."""
    house.move("vhxh", Verb.SUBMIT, SIGNS_3, on_behalf_of="thon-3", via=Via.PHONE, evidence_later=True)
    house.move("vhxh", Verb.RETURN, SIGNS_3, note="Thiếu ảnh biển thứ hai")


def _office(tour: Tour) -> None:
    house, clerk = tour.house, tour.house.member("vhxh")
    tour.look(clerk, "/today", "/hand-over", "/outbox", *BOARD, prefix="office")
    tour.look(clerk, "/board?text=nothing+fits", "/board/map?text=nothing+fits", prefix="office-empty")
    tour.look(
        clerk, "/board/gantt?text=nothing+fits", "/board/graph?text=nothing+fits", prefix="office-empty"
    )
    tour.look(clerk, "/board/progress?text=nothing+fits", "/outbox?state=in_doubt", prefix="office-empty")
    for assignment in (SIGNS_1, SIGNS_2, SIGNS_3, NEWS_2, "gifts/vhxh", "hazard-check/police"):
        tour.look(clerk, f"/work/{PLAN}/{assignment}", prefix="office")
    page = f"/work/{PLAN}/{SIGNS_2}"
    refused = send(clerk, page, clerk.get(page), marked={"act": "cancel"}, note=" ")
    tour.see("office-problem", refused)
    with house.database.read() as transaction:
        paper = transaction.letters.find(OFFICE, states=[LetterState.TO_HAND_OVER])
        mailed = transaction.letters.find(OFFICE, states=[LetterState.QUEUED])
    tour.look(clerk, f"/hand-over/{paper[0].id}/sheet", f"/outbox/{paper[0].id}", prefix="office")
    tour.look(clerk, f"/outbox/{mailed[0].id}", prefix="office-mailed")


def _connections(tour: Tour) -> None:
    """Other systems: none yet, one made, a form that does not go, one that is over."""
    clerk = tour.house.member("vhxh")
    tour.look(clerk, "/tokens", "/api", prefix="office")
    wanted: dict[str, Any] = {"name": "e-office", "may": "unit", "unit": ["thon-1", "thon-2"], "days": "90"}
    tour.see("office-token-made", send(clerk, "/tokens", clerk.get("/tokens"), **wanted))
    tour.see("office-token-problem", send(clerk, "/tokens", clerk.get("/tokens"), **wanted))
    tour.see("office-token-over", send(clerk, "/tokens/e-office/revoke", clerk.get("/tokens")))


def _leadership(tour: Tour) -> None:
    """The morning on which a late village is reported; a case with a proposal, its answer, a second tap."""
    house = tour.house
    house.now = morning(THE_NEXT_DAY) + timedelta(hours=1)
    run_round(house.database, OFFICE, as_of=THE_NEXT_DAY, now=morning(THE_NEXT_DAY))
    house.move("vhxh", Verb.REFUSE, SIGNS_2, note="Biển đã có ở Phòng")
    house.move("vhxh", Verb.PROPOSE, SIGNS_2, until=date(2026, 6, 12), note="Hỗ trợ kinh phí mua biển")
    deputy = house.member("deputy")
    page = f"/decide/{OFFICE}/{PLAN}/{SIGNS_2}"
    shown = tour.see("leader-case", deputy.get(page))
    tour.look(deputy, "/leadership", "/today", "/board", f"/work/{PLAN}/{SIGNS_2}", prefix="leader")
    late = re.findall(r'name="late" value="([^"]+)"', shown.text)
    tour.see("leader-problem", send(deputy, page, shown, late=late, answer="otherwise"))
    decided = send(deputy, page, shown, late=late, answer="agreed", until="2026-06-15", time="promise")
    tour.see("leader-decided", decided)
    tour.look(deputy, "/leadership", prefix="leader-after")
    house.move("thon-2", Verb.SUBMIT, SIGNS_2, document="7/BC, 2026-06-11", figures={"signs": 5})
    tour.see("leader-settled", deputy.get(page))
    tour.see("unit-answered", house.guest("thon-2").get(f"{WORK}/{SIGNS_2}"))


def _together(tour: Tour) -> None:
    """Several results at once: looked at first; one of them has changed when they are confirmed."""
    clerk = tour.house.member("vhxh")
    picked: dict[str, Any] = {"pick": [SIGNS_1, SIGNS_2, "gifts/vhxh"]}
    board = clerk.get("/board")
    tour.see("office-nothing-ticked", send(clerk, "/board/preview", board, act="accept", pick=[]))
    tour.see("office-texts", send(clerk, "/board/preview", board, act="texts", **picked))
    preview = tour.see("office-preview", send(clerk, "/board/preview", board, act="accept", **picked))
    tour.house.move("thon-2", Verb.WITHDRAW, SIGNS_2)
    both: dict[str, Any] = {"pick": [SIGNS_1, SIGNS_2]}
    tour.see("office-accepted-in-part", send(clerk, "/board/accept", preview, **both))


def _when_all_is_over(tour: Tour) -> None:
    house = tour.house
    close_plan(house.database, OFFICE, PLAN, by="vhxh", as_of=house.window.today(), now=house.now)
    tour.look(house.guest("thon-2"), f"{WORK}/{SIGNS_2}", f"/u/{OFFICE}/thon-2", prefix="over")
    tour.look(house.member("vhxh"), "/today", f"/work/{PLAN}/{SIGNS_2}", prefix="over")
    tour.look(house.member("deputy"), "/leadership", prefix="over")
