"""Whom the API lets in, what it tells each caller, and how it says no."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from api_calls import AT, Caller
from web_house import OFFICE, PLAN, SIGNS_2, House

from web.api.moves import EXAMPLES
from workflows.operations.api_tokens import revoke_token
from workflows.store.records import Scope

WORK = f"/plans/{PLAN}/assignments"
HISTORY = f"/plans/{PLAN}/history"
SIGNS_1 = "hazard-signs/thon-1"


def test_without_a_token_that_holds_nobody_is_let_in(house: House) -> None:
    clerk = house.member("vhxh")
    revoked, ended = Caller(house, name="revoked"), Caller(house, name="ended")
    revoke_token(house.database, OFFICE, "revoked", by="vhxh", now=house.now)

    def refused(answer: Any) -> None:
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"

    refused(clerk.get(f"{AT}/me"))  # a signed-in browser is nobody here: no other site can use it
    refused(clerk.get(f"{AT}/me", headers={"Authorization": "Basic dGhvbi0y"}))
    refused(clerk.get(f"{AT}/me", headers={"Authorization": "Bearer dondoc_wrong"}))
    refused(revoked.get("/me"))
    assert ended.get("/me").status_code == 200
    house.now += timedelta(days=365)
    refused(ended.get("/me"))


def test_another_offices_plans_are_not_there(house: House) -> None:
    assert Caller(house).get("/plans/ke-hoach-khac/assignments").status_code == 404


def test_wrong_tokens_cannot_be_tried_without_end(house: House) -> None:
    browser, caller = house.browser(), Caller(house)
    codes = {
        browser.get(f"{AT}/me", headers={"Authorization": f"Bearer dondoc_{n}"}).status_code
        for n in range(30)
    }

    assert codes == {401}
    stopped = caller.get("/me")
    assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "60")
    elsewhere = house.browser("10.9.9.9").get(f"{AT}/me", headers=caller.headers)
    assert elsewhere.status_code == 200


def test_refusals_are_logged_without_the_token(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    caller = Caller(house, units=["thon-2"])
    house.browser().get(f"{AT}/me", headers={"Authorization": "Bearer dondoc_guessed-secret"})
    caller.get(f"{WORK}/{SIGNS_1}")

    lines = [record.getMessage() for record in caplog.records if record.name == "dondoc.window"]
    assert lines == [
        "refused GET /api/v1/me from 10.0.0.1: not-let-in",
        "refused GET /api/v1/plans/{plan}/assignments/{task}/{unit} from 10.0.0.1: NotFound",
    ]
    assert "guessed-secret" not in caplog.text
    assert caller.token not in caplog.text


# Problems


def test_a_problem_speaks_vietnamese_unless_english_is_asked_for(house: House) -> None:
    caller = Caller(house)

    def told(**headers: str) -> tuple[str, str]:
        answer = house.browser().get(f"{AT}{WORK}/no-such-task/thon-1", headers=caller.headers | headers)
        assert answer.status_code == 404
        assert answer.headers["vary"] == "Accept-Language"
        return answer.headers["content-language"], answer.json()["title"]

    english = ("en", "There is no such thing")
    assert told() == ("vi", "Không có nội dung này")
    assert told(**{"accept-language": "en-GB,en;q=0.9"}) == english
    assert told(**{"accept-language": "fr, en;q=0.5, vi;q=0.1"}) == english
    assert told(**{"accept-language": "en;q=0.1,vi"}) == told()
    assert told(**{"accept-language": "en;q=x, *"}) == told()


Send = Callable[[Caller, House], Any]


def _raw(body: str, **headers: str) -> Send:
    def send(caller: Caller, house: House) -> Any:
        known = caller.headers | {"Idempotency-Key": "k", "Content-Type": "application/json"} | headers
        return house.browser().post(f"{AT}/plans/{PLAN}/moves", content=body, headers=known)

    return send


@pytest.mark.parametrize(
    ("send", "status", "kind"),
    [
        (lambda caller, _: caller.get("/nothing-here"), 404, "not-found"),
        (lambda caller, _: caller.get("/plans/a%0Ab/assignments"), 422, "invalid"),
        (lambda caller, _: caller.get(WORK, unit="thon-99"), 404, "not-found"),
        (lambda caller, _: caller.get(WORK, units="thon-2"), 422, "invalid"),
        (lambda caller, _: caller.get(WORK, limit="0"), 422, "invalid"),
        (
            lambda caller, house: house.browser().delete(f"{AT}/me", headers=caller.headers),
            405,
            "no-such-method",
        ),
        (lambda caller, _: caller.move("fly", SIGNS_2), 422, "invalid"),
        (lambda caller, _: caller.move("start", SIGNS_2, until="2026-06-12"), 422, "invalid"),
        (lambda caller, _: caller.move("promise", SIGNS_2, until="9999-12-31"), 422, "invalid"),
        (lambda caller, _: caller.move("withdraw", SIGNS_2), 409, "refused"),
        (_raw("{"), 422, "invalid"),
        (_raw("[" * 100_000), 400, "unreadable"),
        (_raw(" " * 300_000), 413, "too-large"),
        (_raw("{}", **{"Idempotency-Key": "two words"}), 422, "invalid"),
    ],
)
def test_every_refusal_is_a_problem(send: Send, status: int, kind: str, house: House) -> None:
    answer = send(Caller(house, Scope.MOVE_OFFICE), house)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert found["type"] == f"/api#{kind}"
    assert found["status"] == status
    assert found["detail"]


def test_a_mistake_names_its_place_and_not_what_was_sent(house: House) -> None:
    answer = Caller(house, Scope.MOVE_OFFICE).move("submit", SIGNS_2, done_on="Nguyễn Văn A")

    (mistake,) = answer.json()["errors"]
    assert mistake["where"] == "body/submit/done_on"
    assert "Nguyễn" not in answer.text


def test_the_description_is_there_for_anybody_and_fetches_nothing(house: House) -> None:
    described = house.browser().get(f"{AT}/openapi.json").json()

    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert described["paths"]["/plans/{plan}/moves"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ].keys() == set(EXAMPLES)
    for path in ("docs", "redoc"):
        assert house.browser().get(f"{AT}/{path}").status_code == 404


# Every address and every kind of caller

CALLERS: dict[str, tuple[tuple[Scope, ...], tuple[str, ...]]] = {
    "reader": ((), ()),
    "unit": ((Scope.MOVE_UNIT,), ("thon-2",)),
    "office": ((Scope.MOVE_OFFICE,), ()),
}
ALL = {"nobody": 401, "reader": 200, "unit": 200, "office": 200}
NOT_FOR_UNITS = ALL | {"unit": 403}
OTHERS_WORK = ALL | {"unit": 404}

ANSWERS: dict[str, dict[str, int]] = {
    "/me": ALL,
    "/plans": ALL,
    "/units": ALL,
    "/tally": ALL,
    "/letters": NOT_FOR_UNITS,
    WORK: ALL,
    HISTORY: ALL,
    f"{WORK}/{SIGNS_2}": ALL,
    f"{WORK}/{SIGNS_1}": OTHERS_WORK,
    f"{WORK}/weekly-news/thon-2/2": ALL,
    f"{WORK}/weekly-news/thon-1/2": OTHERS_WORK,
    f"{WORK}/no-such-task/thon-1": {"nobody": 401, "reader": 404, "unit": 404, "office": 404},
    f"/plans/{PLAN}/moves": {"nobody": 401, "reader": 403, "unit": 422, "office": 422},
    f"/plans/{PLAN}/evidence": {"nobody": 401, "reader": 403, "unit": 422, "office": 422},
}
"""What each address answers to each caller: by GET, what acts by an empty POST."""


def test_an_address_answers_each_caller_as_it_should(house: House) -> None:
    headers = {who: Caller(house, *scopes, units=units).headers for who, (scopes, units) in CALLERS.items()}
    headers["nobody"] = {}
    browser = house.browser()

    found = {
        path: {
            who: browser.request(
                "POST" if path.endswith(("/moves", "/evidence")) else "GET",
                f"{AT}{path}",
                headers=headers[who],
            ).status_code
            for who in expected
        }
        for path, expected in ANSWERS.items()
    }

    assert found == ANSWERS


def test_every_address_is_in_the_table(house: House) -> None:
    described = house.browser().get(f"{AT}/openapi.json").json()["paths"]

    patterns = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in described}
    missing = [path for path, pattern in patterns.items() if not any(map(pattern.fullmatch, ANSWERS))]

    assert missing == []
