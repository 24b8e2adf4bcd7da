"""The API: the rows, the history and the moves of the command, for those who hold a token."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args

import pytest
from api_calls import AT, Caller
from web_house import OFFICE, PLAN, SIGNS_2, House

from web.api.moves import EXAMPLES, AnyMove
from workflows.cli.history import _document
from workflows.cli.rows import row_document
from workflows.engine.board import counts
from workflows.engine.moves import PEOPLES_VERBS
from workflows.engine.records import Via
from workflows.engine.states import Standing, Verb
from workflows.operations.api_tokens import revoke_token
from workflows.operations.board import read_board
from workflows.operations.close import close_plan
from workflows.operations.history import history_of
from workflows.operations.tally import tally_by_unit
from workflows.store.records import Scope

WORK = f"/plans/{PLAN}/assignments"
HISTORY = f"/plans/{PLAN}/history"
SIGNS_1 = "hazard-signs/thon-1"


def as_json(value: Any) -> Any:
    """A value as it comes back from the wire."""
    return json.loads(json.dumps(value, default=lambda other: other.isoformat()))


# Reading


def test_the_board_is_what_status_prints(house: House) -> None:
    board = read_board(house.database, OFFICE, PLAN, as_of=house.window.today())

    found = Caller(house).document(WORK)

    assert found["assignments"] == as_json([row_document(row) for row in board.rows])
    assert (found["counts"], found["as_of"], found["next"]) == (board.counts, "2026-06-10", None)


def test_the_history_is_what_the_command_prints(house: House) -> None:
    house.move("vhxh", Verb.OBSTACLE, SIGNS_2, on_behalf_of="thon-2", via=Via.PHONE, note="Chưa có biển")
    records = [_document(stored) for stored in history_of(house.database, OFFICE, PLAN, SIGNS_2)]

    found = Caller(house, Scope.READ_NOTES).document(HISTORY, assignment=SIGNS_2)["records"]

    for ours, theirs in zip(records, found, strict=True):
        assert theirs.pop("assignment") == SIGNS_2
        assert theirs.pop("at").replace("Z", "+00:00") == as_json(ours.pop("at"))
        assert theirs == as_json(ours)


def test_free_text_leaves_only_with_its_scope(house: House) -> None:
    house.move("vhxh", Verb.OBSTACLE, SIGNS_2, on_behalf_of="thon-2", via=Via.PHONE, note="Chưa có biển")

    def last_note(*scopes: Scope) -> Any:
        return Caller(house, *scopes).document(HISTORY, assignment=SIGNS_2)["records"][-1]["note"]

    assert last_note() is None
    assert last_note(Scope.READ_NOTES) == "Chưa có biển"


def test_one_assignment_and_one_turn_in_full(house: House) -> None:
    caller = Caller(house)

    signs = caller.document(f"{WORK}/{SIGNS_2}")
    check = caller.document(f"{WORK}/hazard-check/police")

    assert (signs["standing"], signs["days_late"], signs["accept"]) == ("overdue", 2, "standing_office")
    assert {one["unit"] for one in check["waits_for"]} == {"thon-1", "thon-2", "thon-3"}
    assert caller.document(f"{WORK}/weekly-news/thon-1/2")["occurrence"] == 2
    assert caller.get(f"{WORK}/weekly-news/thon-1/9").status_code == 404


def test_filters_choose_as_on_the_board(house: House) -> None:
    caller, rows = Caller(house), read_board(house.database, OFFICE, PLAN, as_of=house.window.today()).rows

    def chosen(**query: Any) -> list[str]:
        return [one["id"] for one in caller.document(WORK, **query)["assignments"]]

    assert chosen(unit="thon-2") == [row.id for row in rows if row.unit == "thon-2"]
    assert chosen(task="hazard-signs") == [
        "hazard-signs/thon-1",
        "hazard-signs/thon-2",
        "hazard-signs/thon-3",
    ]
    assert chosen(text="bien bao thon 2") == [SIGNS_2]
    late = caller.document(WORK, standing="overdue")
    assert [one["id"] for one in late["assignments"]] == [
        r.id for r in rows if r.standing is Standing.OVERDUE
    ]
    assert late["counts"] == counts(rows)


def test_pages_hold_every_row_once_even_when_a_row_leaves_the_filter(house: House) -> None:
    caller = Caller(house)
    whole = [one["id"] for one in caller.document(WORK, standing="overdue")["assignments"]]
    first = caller.document(WORK, standing="overdue", limit=1)
    assert [first["next"]] == whole[:1] == [SIGNS_2]

    house.move(
        "vhxh", Verb.SUBMIT, SIGNS_2, on_behalf_of="thon-2", via=Via.PHONE, document="1/BC, 2026-06-10"
    )
    rest = caller.document(WORK, standing="overdue", after=first["next"])

    assert [one["id"] for one in rest["assignments"]] == whole[1:]
    assert rest["next"] is None


def test_what_is_new_in_the_history_is_asked_for_by_number(house: House) -> None:
    caller = Caller(house)
    (plan,) = caller.document("/plans")
    assert plan["records"] == house.records()
    assert caller.document(HISTORY, after=plan["records"]) == {"records": [], "next": None}

    house.move("vhxh", Verb.START, "gifts/vhxh")
    (new,) = caller.document(HISTORY, after=plan["records"])["records"]
    page = caller.document(HISTORY, limit=2)

    assert (new["verb"], new["assignment"], new["sequence"]) == ("start", "gifts/vhxh", house.records())
    assert [one["sequence"] for one in page["records"]] == [1, 2]
    assert page["next"] == 2


def test_counts_units_and_letters(house: House) -> None:
    caller = Caller(house)

    assert caller.document("/tally")["units"] == tally_by_unit(
        house.database, OFFICE, as_of=house.window.today()
    )
    units = {one["id"]: one for one in caller.document("/units")}
    assert units["thon-1"] == {"id": "thon-1", "name": "Thôn 1", "groups": ["villages"], "roles": []}
    assert units["vhxh"]["roles"] == ["standing_office"]
    letters = caller.document("/letters", state="to_hand_over", limit=1)
    assert letters["next"] == letters["letters"][0]["id"]
    assert letters["letters"][0]["due"] is None
    assert letters["counts"]["to_hand_over"] == 2


def test_nothing_that_is_read_holds_an_address_or_a_telephone_number(house: House) -> None:
    caller = Caller(house)
    for path in ("/plans", "/units", WORK, f"{WORK}/{SIGNS_2}", HISTORY, "/tally", "/letters"):
        text = caller.get(path).text
        assert "@" not in text
        assert "0000" not in text


# One unit's token


def test_a_token_for_a_unit_sees_that_unit_alone(house: House) -> None:
    caller = Caller(house, units=["thon-2"])

    assert {one["unit"] for one in caller.document(WORK)["assignments"]} == {"thon-2"}
    assert {one["unit"] for one in caller.document("/tally")["units"]} == {"thon-2"}
    assert [one["id"] for one in caller.document("/units")] == ["thon-2"]
    assert sum(caller.document(WORK)["counts"].values()) == len(caller.document(WORK)["assignments"])
    for record in caller.document(HISTORY, limit=500)["records"]:
        assert record["assignment"].split("/")[1] == "thon-2"
        assert record["verb"] not in ("escalate", "remind", "hold")


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (f"{WORK}/{SIGNS_1}", {}, 404),
        (f"{WORK}/no-such-task/thon-1", {}, 404),
        (WORK, {"unit": "thon-1"}, 403),
        (WORK, {"after": SIGNS_1}, 404),
        (HISTORY, {"assignment": SIGNS_1}, 404),
        ("/letters", {}, 403),
    ],
)
def test_a_token_for_a_unit_learns_nothing_of_others(
    path: str, query: dict[str, str], status: int, house: House
) -> None:
    answer = Caller(house, units=["thon-2"]).get(path, **query)

    assert answer.status_code == status
    assert "Cắm biển" not in answer.text


def test_a_unit_moves_its_own_work_under_the_tokens_name(house: House) -> None:
    caller = Caller(house, Scope.MOVE_UNIT, units=["thon-2"], name="so-hoa")

    answer = caller.move(
        "submit", SIGNS_2, figures={"signs": 5}, document={"number": "12/BC", "date": "2026-06-10"}
    )

    assert answer.status_code == 200
    found = answer.json()
    assert (found["assignment"]["state"], found["assignment"]["figures"]) == ("submitted", {"signs": 5})
    record = history_of(house.database, OFFICE, PLAN, SIGNS_2)[-1]
    assert (record.sequence, record.record.by) == (found["sequence"], "api:so-hoa")
    assert record.record.facts["document"] == "12/BC, 2026-06-10"


def test_the_window_tells_which_system_it_was(house: House) -> None:
    Caller(house, Scope.MOVE_UNIT, units=["thon-2"], name="so-hoa").move("start", SIGNS_2)

    assert "hệ thống so-hoa" in house.member("vhxh").get(f"/work/{PLAN}/{SIGNS_2}").text


@pytest.mark.parametrize(
    ("verb", "assignment", "fields", "status"),
    [
        ("start", SIGNS_1, {}, 404),
        ("start", "no-such-task/thon-1", {}, 404),
        ("cancel", SIGNS_2, {"note": "x"}, 403),
        ("accept", SIGNS_2, {}, 403),
        ("answer", SIGNS_2, {"answer": "agreed"}, 403),
        ("start", SIGNS_2, {"on_behalf_of": "thon-1", "via": "phone"}, 409),
        ("withdraw", SIGNS_2, {}, 409),
    ],
)
def test_what_a_units_token_may_not_do(
    verb: str, assignment: str, fields: dict[str, Any], status: int, house: House
) -> None:
    before = house.records()

    answer = Caller(house, Scope.MOVE_UNIT, units=["thon-2"]).move(verb, assignment, **fields)

    assert answer.status_code == status
    assert house.records() == before


# The office's token


def test_the_office_writes_down_a_units_word_and_decides(house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)

    noted = caller.move(
        "submit", SIGNS_2, on_behalf_of="thon-2", via="zalo", said_by=" Trưởng  thôn ",
        document={"number": "12/BC", "date": "2026-06-10"},
    )  # fmt: skip
    accepted = caller.move("accept", SIGNS_2)

    assert (noted.status_code, accepted.status_code) == (200, 200)
    assert accepted.json()["assignment"]["standing"] == "done_late"
    record = history_of(house.database, OFFICE, PLAN, SIGNS_2)[-2].record
    assert (record.on_behalf_of, record.via, record.facts["said_by"]) == ("thon-2", "zalo", "Trưởng thôn")


def test_what_a_leader_decides_a_token_does_not(house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)

    assert caller.move("answer", SIGNS_2, answer="agreed").status_code == 409


def test_a_reader_moves_nothing(house: House) -> None:
    answer = Caller(house).move("start", "gifts/vhxh")

    assert answer.status_code == 403
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
    assert house.state("gifts/vhxh") == "open"


def test_a_closed_plan_is_read_and_not_moved_but_a_repeated_call_gets_its_answer(house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)
    assert caller.move("start", "gifts/vhxh", "once").status_code == 200
    close_plan(house.database, OFFICE, PLAN, by="vhxh", as_of=house.window.today(), now=house.now)

    refused = caller.move("submit", "gifts/vhxh")
    again = caller.move("start", "gifts/vhxh", "once")

    assert (refused.status_code, refused.json()["detail"]) == (409, "kế hoạch đã kết thúc; chỉ còn xem được")
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert caller.document("/plans")[0]["closed_on"] == "2026-06-10"


def test_every_verb_of_people_can_be_asked_for(house: House) -> None:
    offered = {get_args(model.model_fields["verb"].annotation)[0] for model in get_args(AnyMove)}

    assert offered == {verb.value for verb in PEOPLES_VERBS}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_description_work(example: str, house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)
    given = dict(EXAMPLES[example]["value"])
    if example == "submit":  # a unit's own system sends it
        caller = Caller(house, Scope.MOVE_UNIT, units=["thon-2"])

    answer = caller.move(given.pop("verb"), given.pop("assignment"), **given)

    assert answer.status_code == 200, answer.text


# Once


def test_a_call_that_is_repeated_moves_once(house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)
    first = caller.move("start", "gifts/vhxh", "a-key").json()
    before = house.records()

    again = caller.move("start", "gifts/vhxh", "a-key").json()

    assert (first["repeated"], again["repeated"]) == (False, True)
    assert again["sequence"] == first["sequence"]
    assert house.records() == before


def test_a_key_is_for_one_move_of_one_system(house: House) -> None:
    caller, other = Caller(house, Scope.MOVE_OFFICE), Caller(house, Scope.MOVE_OFFICE)
    caller.move("start", "gifts/vhxh", "a-key")

    reused = caller.move("promise", "gifts/vhxh", "a-key", until="2026-06-12")
    elsewhere = caller.move("start", "summer-handover/youth", "a-key")
    theirs = other.move("promise", "gifts/vhxh", "a-key", until="2026-06-12")

    assert (reused.status_code, elsewhere.status_code, theirs.status_code) == (422, 422, 200)
    assert "Idempotency-Key" in reused.json()["detail"]
    assert house.state("summer-handover/youth") == "open"


def test_a_refused_call_may_be_mended_under_its_key(house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)

    assert caller.move("withdraw", "gifts/vhxh", "a-key").status_code == 409
    assert caller.move("start", "gifts/vhxh", "a-key").status_code == 200


# Who is let in


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
}
"""What each address answers to each caller: by GET, the moves by an empty POST."""


def test_an_address_answers_each_caller_as_it_should(house: House) -> None:
    headers = {who: Caller(house, *scopes, units=units).headers for who, (scopes, units) in CALLERS.items()}
    headers["nobody"] = {}
    browser = house.browser()

    found = {
        path: {
            who: browser.request(
                "POST" if path.endswith("/moves") else "GET", f"{AT}{path}", headers=headers[who]
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
