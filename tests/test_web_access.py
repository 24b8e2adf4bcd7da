"""Who may see and do what: every route of the window, for every kind of visitor."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from web_house import OFFICE, PLAN, SIGNS_2, House, forms_of, open_house, send

from web.keys import Keys
from web.routers import ROUTERS
from workflows.operations.api_tokens import make_token
from workflows.operations.close import close_plan
from workflows.operations.mail.links import Link
from workflows.store.records import LetterState, Scope

TOKEN = "e-office"
OTHERS = f"/w/{OFFICE}/{PLAN}/hazard-signs/thon-1"
IN, OUT, SIGN_IN, GONE = 200, 403, 303, 404
"""Shown; a page that it is for others; on to the sign-in; there is nothing."""

EVERYBODY = dict.fromkeys(("nobody", "thon-2", "vhxh", "deputy"), IN)
NOBODY = dict.fromkeys(("nobody", "thon-2", "vhxh", "deputy"), GONE)
OWN_UNIT = {"nobody": OUT, "thon-2": IN, "vhxh": OUT, "deputy": OUT}
SIGNED_IN = {"nobody": SIGN_IN, "thon-2": SIGN_IN, "vhxh": IN, "deputy": IN}
OFFICE_ONLY = SIGNED_IN | {"deputy": OUT}
LEADERS_ONLY = SIGNED_IN | {"vhxh": OUT}
NOT_THON_2 = dict.fromkeys(("nobody", "thon-2", "vhxh", "deputy"), OUT)

EXPECTED: dict[str, dict[str, int]] = {
    "/sign-in": EVERYBODY,
    "/m": EVERYBODY,
    "/healthz": EVERYBODY,
    "/api": EVERYBODY,
    "/robots.txt": EVERYBODY,
    "/": dict.fromkeys(("nobody", "thon-2", "vhxh", "deputy"), SIGN_IN),
    f"/u/{OFFICE}/thon-2": OWN_UNIT,
    f"/u/{OFFICE}/thon-2/history": OWN_UNIT,
    f"/w/{OFFICE}/{PLAN}/{SIGNS_2}": OWN_UNIT,
    f"/u/{OFFICE}/thon-1": NOT_THON_2,
    f"/u/{OFFICE}/thon-1/history": NOT_THON_2,
    f"/u/{OFFICE}/no-such-unit": NOT_THON_2,
    "/u/elsewhere/thon-2": NOT_THON_2,
    OTHERS: NOT_THON_2,
    f"/w/{OFFICE}/{PLAN}/no-such-task/thon-1": NOT_THON_2,
    f"/w/{OFFICE}/{PLAN}/hazard-signs/thon-2/../thon-1": NOT_THON_2,
    f"/said/{OFFICE}/{PLAN}/hazard-signs/thon-1?record=1": NOT_THON_2,
    "/v/forged": NOBODY,
    "/c/forged.ics": NOBODY,
    "/sign-in/forged": dict.fromkeys(("nobody", "thon-2", "vhxh", "deputy"), 410),
    "/demo": NOBODY,
    "/inbox": NOBODY,
    "/inbox/x": NOBODY,
    "/inbox/x/body": NOBODY,
    "/today": OFFICE_ONLY,
    "/hand-over": OFFICE_ONLY,
    "/hand-over/99999/sheet": OFFICE_ONLY | {"vhxh": GONE},
    "/outbox": OFFICE_ONLY,
    "/outbox/1": OFFICE_ONLY,
    "/outbox/1/body": OFFICE_ONLY,
    "/tokens": OFFICE_ONLY,
    "/leadership": LEADERS_ONLY,
    f"/decide/{OFFICE}/{PLAN}/{SIGNS_2}": LEADERS_ONLY,
    f"/work/{PLAN}/{SIGNS_2}": SIGNED_IN,
    f"/work/{PLAN}/no-such-task/thon-1": SIGNED_IN | {"vhxh": GONE, "deputy": GONE},
    f"/evidence/1/{PLAN}/{SIGNS_2}": SIGNED_IN | {"vhxh": GONE, "deputy": GONE},
    "/check": dict.fromkeys(("nobody", "thon-2", "vhxh", "deputy"), SIGN_IN),
    "/board": SIGNED_IN,
    "/board.csv": SIGNED_IN,
    "/board.xlsx": SIGNED_IN,
    "/board/map": SIGNED_IN,
    "/board/gantt": SIGNED_IN,
    "/board/graph": SIGNED_IN,
    "/board/progress": SIGNED_IN,
    "/board/task/hazard-signs": SIGNED_IN,
}
"""What each address answers to each visitor by GET."""


@pytest.fixture(scope="module")
def visited(played_season: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for the whole walk: looking changes nothing."""
    with open_house(tmp_path_factory.mktemp("visited"), played_season) as opened:
        make_token(opened.database, OFFICE, TOKEN, scopes=[Scope.READ], by="vhxh", now=opened.now)
        yield opened


@pytest.fixture(scope="module")
def visitors(visited: House) -> dict[str, TestClient]:
    """A browser for each kind of visitor."""
    return {
        "nobody": visited.browser(),
        "thon-2": visited.guest("thon-2"),
        "vhxh": visited.member("vhxh"),
        "deputy": visited.member("deputy"),
    }


@pytest.mark.parametrize(("path", "who"), [(path, who) for path in EXPECTED for who in EXPECTED[path]])
def test_an_address_answers_each_visitor_as_it_should(
    path: str, who: str, visitors: dict[str, TestClient], visited: House
) -> None:
    visited.window.limits._buckets.clear()  # the walk tries many bad links from one place

    answer = visitors[who].get(path, follow_redirects=False)

    assert answer.status_code == EXPECTED[path][who]
    if answer.status_code != IN:
        assert "Cắm biển" not in answer.text


def _routes() -> list[APIRoute]:
    return [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def test_every_route_that_shows_something_is_in_the_table() -> None:
    known = {path.partition("?")[0] for path in EXPECTED}
    missing = [
        route.path
        for route in _routes()
        if "GET" in (route.methods or ()) and not any(route.path_regex.fullmatch(path) for path in known)
    ]

    assert missing == []


@pytest.mark.parametrize("path", sorted({r.path for r in _routes() if "POST" in (r.methods or ())}))
@pytest.mark.parametrize("who", ["nobody", "thon-2", "vhxh", "deputy"])
def test_no_post_is_taken_without_the_token_of_the_browser(
    path: str, who: str, visitors: dict[str, TestClient], visited: House
) -> None:
    before = visited.records()

    answer = visitors[who].post(
        _filled(path, visited), data={"act": "start", "once": "1"}, follow_redirects=False
    )

    assert answer.status_code == (GONE if path == "/demo" else OUT)
    assert visited.records() == before


def _filled(path: str, visited: House) -> str:
    """The address of something that exists, whatever the route is about."""
    with visited.database.read() as transaction:
        letter = transaction.letters.find(OFFICE, states=[LetterState.TO_HAND_OVER])[0]
    values = {
        "office": OFFICE, "plan": PLAN, "assignment:path": SIGNS_2, "number": str(letter.id),
        "name": TOKEN, "token": "forged",
    }  # fmt: skip
    return re.sub(r"{([\w:]+)}", lambda found: values[found[1]], path)


@pytest.mark.parametrize("who", ["nobody", "thon-2", "vhxh", "deputy"])
def test_nobody_moves_the_work_of_a_unit_whose_link_he_does_not_hold(
    who: str, visitors: dict[str, TestClient], visited: House
) -> None:
    token = forms_of(visitors[who].get("/m"))[0][2]["form_token"]
    before = visited.records()

    for verb in ("start", "done", "stuck", "more_time", "take_back", "resolved", "evidence"):
        fields = {"form_token": token, "once": verb, "act": verb, "note": "x", "until": "2026-06-30"}
        assert visitors[who].post(OTHERS, data=fields).status_code == 403

    assert visited.records() == before


def test_a_link_that_was_tampered_with_is_refused(house: House) -> None:
    link = house.link("thon-2", SIGNS_2)

    answer = house.browser().get(link[:-3] + "abc")

    assert answer.status_code == 404
    assert "Liên kết không dùng được" in answer.text
    assert "Cắm biển" not in answer.text
    assert 'name="address"' in answer.text  # the way to a fresh one


def test_a_revoked_link_is_refused_and_so_is_what_was_opened_with_it(house: House) -> None:
    link, browser = house.link("thon-2", SIGNS_2), house.guest("thon-2")
    with house.database.write() as transaction:
        transaction.tokens.bump(OFFICE, "thon-2/head")

    assert house.browser().get(link).status_code == 410
    assert browser.get(f"/u/{OFFICE}/thon-2").status_code == 403
    assert house.browser().get(house.link("thon-2", SIGNS_2)).status_code == 200


def test_a_link_of_somebody_who_left_is_refused(house: House) -> None:
    assert house.browser().get(house.link("thon-2", contact="thon-2/gone")).status_code == 410


def test_a_link_ends_some_time_after_its_plan(house: House) -> None:
    close_plan(house.database, OFFICE, PLAN, by="vhxh", as_of=house.window.today(), now=house.now)
    link = house.link("thon-2", SIGNS_2)

    assert house.browser().get(link).status_code == 200
    house.now += timedelta(days=61)
    assert house.browser().get(link).status_code == 410


def test_the_link_of_one_office_opens_nothing_in_another_installation(house: House, tmp_path: object) -> None:
    foreign = Keys("another key of thirty-two characters.").links.token(
        Link(OFFICE, "thon-2/head", 1, "thon-2", PLAN, SIGNS_2)
    )

    assert house.browser().get(f"/v/{foreign}").status_code == 404


def test_a_reader_who_stands_for_two_units_keeps_both_links(house: House) -> None:
    browser = house.guest("thon-2")
    browser.get(house.link("thon-1"))

    assert browser.get(f"/u/{OFFICE}/thon-2").status_code == 200
    assert browser.get(f"/u/{OFFICE}/thon-1").status_code == 200


def test_a_unit_without_its_letter_gets_a_fresh_link_by_mail(house: House) -> None:
    browser = house.browser()
    refused = browser.get(f"/u/{OFFICE}/thon-2")
    send(browser, "/sign-in", refused, address="thon-2@kim-thanh.example")
    link = house.sign_in_letters()[-1]
    mailed = house.browser()  # the mail program opens another browser than the one that asked

    answer = send(mailed, link, mailed.get(link))

    assert answer.url.path == f"/u/{OFFICE}/thon-2"
    assert "dondoc_session" not in mailed.cookies


def test_bad_links_cannot_be_tried_without_end(house: House) -> None:
    browser = house.browser()

    codes = {browser.get(f"/v/forged.token-{n}").status_code for n in range(30)}

    assert codes == {404}
    assert browser.get(house.link("thon-2")).status_code == 429


def test_refusals_are_logged_without_the_token(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="dondoc.window")

    house.browser().get("/v/a-forged-token")

    (line,) = [r.getMessage() for r in caplog.records if r.name == "dondoc.window"]
    assert line == "refused GET /v/{token} from 10.0.0.1: bad_link"
