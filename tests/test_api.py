"""The API: the rows, the history and the moves of the command, for those who hold a token."""

import json
from typing import Any, get_args

import pytest
from api_calls import Caller
from web_house import OFFICE, PLAN, SIGNS_2, House

from web.api.moves import EXAMPLES, AnyMove
from workflows.cli.history import _document
from workflows.cli.rows import row_document
from workflows.engine.board import counts
from workflows.engine.moves import PEOPLES_VERBS
from workflows.engine.records import Via
from workflows.engine.states import Standing, Verb
from workflows.operations.close import close_plan
from workflows.operations.reading.board import read_board
from workflows.operations.reading.history import history_of
from workflows.operations.reading.tally import tally_by_unit
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
    noted = caller.move("start", "gifts/vhxh", "a-key", note="Đã nhận")

    assert noted.status_code == 422
    assert (reused.status_code, elsewhere.status_code, theirs.status_code) == (422, 422, 200)
    assert "Idempotency-Key" in reused.json()["detail"]
    assert house.state("summer-handover/youth") == "open"


def test_a_repeated_call_may_be_written_otherwise(house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)
    fields = {"document": {"number": "12/BC", "date": "2026-06-10"}, "on_behalf_of": "thon-2", "via": "zalo"}
    first = caller.move("submit", SIGNS_2, "a-key", figures={"signs": 5}, **fields)

    again = caller.move(
        "submit", SIGNS_2, "a-key", **dict(reversed(fields.items())), figures={"signs": 5}, note=None
    )
    other = caller.move("submit", SIGNS_2, "a-key", figures={"signs": 6}, **fields)

    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 422)
    assert again.json()["repeated"]


def test_a_refused_call_may_be_mended_under_its_key(house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)

    assert caller.move("withdraw", "gifts/vhxh", "a-key").status_code == 409
    assert caller.move("start", "gifts/vhxh", "a-key").status_code == 200
