"""The leadership's pages: what waits for a decision, its facts, the answers, and who may give them."""

import re
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from web_house import OFFICE, PLAN, SIGNS_2, House, forms_of, send

from notifications.letters import Action
from workflows.engine.records import Answered, Via
from workflows.engine.states import Verb
from workflows.operations.mail.links import Link
from workflows.operations.mail.queueing import morning
from workflows.operations.reading.cases import LateCase, late_case, leader_day
from workflows.operations.round import run_round

SIGNS_3 = "hazard-signs/thon-3"
CASE = f"/decide/{OFFICE}/{PLAN}/{SIGNS_2}"
DEPUTY = frozenset({"deputy_chair"})
THE_DAY = date(2026, 6, 11)
"""Three working days after the signs were due: the deputy chair hears."""


@pytest.fixture
def reported(house: House) -> House:
    """The house on the day on which the deputy chair hears of both late villages."""
    house.now = morning(THE_DAY) + timedelta(hours=1)
    run_round(house.database, OFFICE, as_of=THE_DAY, now=morning(THE_DAY))
    return house


@pytest.fixture
def deputy(reported: House) -> TestClient:
    """A browser in which the deputy chair has signed in."""
    return reported.member("deputy")


def _case(house: House) -> LateCase | None:
    return late_case(house.database, OFFICE, PLAN, SIGNS_2, roles=DEPUTY, as_of=house.window.today())


def _answer(browser: TestClient, shown: httpx.Response, **fields: str) -> httpx.Response:
    """Send the form of a case: a browser sends every late assignment that it names."""
    late = re.findall(r'name="late" value="([^"]+)"', shown.text)
    sent: dict[str, Any] = {"late": late, **fields}
    return send(browser, CASE, shown, **sent)


def _verbs(house: House, assignment: str) -> list[tuple[str, str]]:
    with house.database.read() as transaction:
        plan = transaction.plans.get(OFFICE, PLAN)
        number = transaction.assignments.get(plan.number, assignment).number
        return [(s.record.verb.value, s.record.by) for s in transaction.history.of_assignment(number)]


def _due(house: House, assignment: str) -> date | None:
    with house.database.read() as transaction:
        plan = transaction.plans.get(OFFICE, PLAN)
        return transaction.assignments.get(plan.number, assignment).due


def test_nothing_waits_before_a_rung_has_told_the_leader(house: House) -> None:
    text = house.member("deputy").get("/leadership").text

    assert "Không có việc quá hạn nào chờ ý kiến" in text


def test_the_history_says_to_whom_it_was_reported(reported: House) -> None:
    text = reported.member("vhxh").get(f"/work/{PLAN}/{SIGNS_2}").text

    assert re.search(r"Đã báo cáo tình hình\. Nơi nhận: [^<]*Phó Chủ tịch\.", text)


def test_late_work_is_one_case_with_its_four_facts(reported: House, deputy: TestClient) -> None:
    reported.move("vhxh", Verb.OBSTACLE, SIGNS_3, on_behalf_of="thon-3", via=Via.PHONE, note="Thiếu kinh phí")
    text = deputy.get("/leadership").text

    assert text.count('class="card case"') == 1
    assert text.index("Chờ đồng chí cho ý kiến") < text.index("Tình hình thực hiện kế hoạch")
    assert "Thôn 2 và Thôn 3 chưa có kết quả" in text
    assert "quá hạn 03 ngày làm việc" in text
    assert "trao đổi điện thoại ngày 11/6" in text
    assert "Thiếu kinh phí" in text
    assert "Chưa ảnh hưởng đến việc khác" in text
    assert "Đồng ý đề xuất" not in text  # there is none yet


def test_a_case_names_what_slips_because_of_it(reported: House) -> None:
    reported.now = morning(date(2026, 6, 15)) + timedelta(hours=1)

    text = reported.member("deputy").get("/leadership").text

    assert "Phúc tra các điểm nguy hiểm (hạn 15/6" in text


def test_the_four_way_count_adds_up(reported: House) -> None:
    (plan,) = leader_day(reported.database, OFFICE, roles=DEPUTY, as_of=THE_DAY)

    assert plan.count.done + plan.count.unfinished == plan.count.total
    assert sum(rate.count.total for rate in plan.units) == plan.count.total
    late = next(rate for rate in plan.units if rate.unit == "thon-2")
    assert late.on_time == 0  # nothing done, one overdue
    assert plan.units[-1].on_time is None or plan.units[-1].on_time <= (plan.units[0].on_time or 0)


def test_an_answer_applies_to_every_late_unit_of_the_case(reported: House, deputy: TestClient) -> None:
    answer = _answer(deputy, deputy.get(CASE), answer="otherwise", note="Làm việc trực tiếp trong ngày")

    assert answer.status_code == 200
    assert "Đã ghi nhận ý kiến" in answer.text
    assert "Đã có ý kiến khác" in answer.text
    for assignment in (SIGNS_2, SIGNS_3):
        assert _verbs(reported, assignment)[-1] == ("answer", "deputy/head")
    case = _case(reported)
    assert case is not None
    assert (case.waits, case.answered) == (False, "Làm việc trực tiếp trong ngày")


def test_an_answer_sent_twice_is_given_once(reported: House, deputy: TestClient) -> None:
    shown = deputy.get(CASE)
    _answer(deputy, shown, answer="otherwise", note="Xử lý ngay")
    records = reported.records()

    again = _answer(deputy, shown, answer="otherwise", note="Xử lý ngay")

    assert "không có gì bị làm hai lần" in again.text
    assert reported.records() == records


def test_agreeing_gives_each_unit_the_date_that_was_proposed_for_it(
    reported: House, deputy: TestClient
) -> None:
    reported.move("vhxh", Verb.PROPOSE, SIGNS_2, until=date(2026, 6, 12), note="Hỗ trợ kinh phí")
    shown = deputy.get(CASE)
    assert "Thôn 2: hạn mới thứ Sáu, 12/6." in shown.text
    assert "Hỗ trợ kinh phí" in shown.text

    _answer(deputy, shown, answer="agreed")

    assert _due(reported, SIGNS_2) == date(2026, 6, 12)
    assert _due(reported, SIGNS_3) == date(2026, 6, 8)
    assert _verbs(reported, SIGNS_3)[-1][0] == "answer"


def test_a_leader_may_grant_time_with_the_answer(reported: House, deputy: TestClient) -> None:
    fields = {"answer": "otherwise", "note": "Cho lùi", "time": "grant", "until": "2026-06-18"}
    _answer(deputy, deputy.get(CASE), **fields)

    assert _due(reported, SIGNS_2) == _due(reported, SIGNS_3) == date(2026, 6, 18)
    assert [verb for verb, _ in _verbs(reported, SIGNS_2)[-2:]] == ["answer", "grant"]
    settled = deputy.get(CASE)
    assert "không còn chờ ý kiến" in settled.text


def test_a_leader_may_set_the_day_on_which_it_is_settled(reported: House, deputy: TestClient) -> None:
    fields = {"answer": "call_back", "time": "promise", "until": "2026-06-15"}
    _answer(deputy, deputy.get(CASE), **fields)

    assert [verb for verb, _ in _verbs(reported, SIGNS_2)[-2:]] == ["answer", "promise"]
    assert _due(reported, SIGNS_2) == date(2026, 6, 8)
    case = _case(reported)
    assert case is not None
    assert case.waits  # who asked to be called has not decided yet


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"answer": "agreed"},
        {"answer": "otherwise"},
        {"answer": "nonsense", "note": "x"},
        {"answer": "call_back", "time": "grant"},
        {"answer": "call_back", "until": "2026-06-15"},
        {"answer": "otherwise", "note": "x", "time": "grant", "until": "2026-06-01"},
        {"answer": "otherwise", "note": "x", "time": "promise", "until": "2027-06-01"},
    ],
)
def test_an_unclear_answer_changes_nothing_and_says_why(
    reported: House, deputy: TestClient, fields: dict[str, str]
) -> None:
    before = reported.records()

    answer = _answer(deputy, deputy.get(CASE), **fields)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert reported.records() == before


def test_a_unit_that_reported_in_the_meantime_is_left_alone(reported: House, deputy: TestClient) -> None:
    shown = deputy.get(CASE)
    reported.move("thon-2", Verb.SUBMIT, SIGNS_2, document="9/BC, 2026-06-11")
    other = f"/decide/{OFFICE}/{PLAN}/{SIGNS_3}"

    answer = _answer(deputy, shown, answer="otherwise", note="Xử lý ngay")

    assert answer.status_code == 200
    assert reported.state(SIGNS_2) == "submitted"
    assert _verbs(reported, SIGNS_3)[-1] == ("answer", "deputy/head")
    assert deputy.get(other).status_code == 200


def test_a_unit_late_after_the_answer_makes_the_case_wait_again(reported: House, deputy: TestClient) -> None:
    reported.move("deputy", Verb.ANSWER, SIGNS_2, answer=Answered.OTHERWISE, note="Xử lý")

    case = _case(reported)

    assert case is not None
    assert case.waits


@pytest.mark.parametrize(
    ("action", "prepared"),
    [(Action.AGREE, None), (Action.OTHERWISE, "otherwise"), (Action.CALL_BACK, "call_back")],
)
def test_the_letters_button_opens_the_case_without_signing_in(
    reported: House, action: Action, prepared: str | None
) -> None:
    with reported.database.read() as transaction:
        version = transaction.tokens.version(OFFICE, "deputy/head")
    token = reported.window.keys.links.token(Link(OFFICE, "deputy/head", version, "deputy", PLAN, SIGNS_2))
    browser = reported.browser()

    shown = browser.get(f"/v/{token}", params={"do": action.value})

    assert shown.url.path == CASE
    if prepared is not None:
        assert f'value="{prepared}" checked' in shown.text
    before = reported.records()
    _answer(browser, shown, answer="otherwise", note="Gặp trực tiếp")
    assert reported.records() == before + 2
    assert _verbs(reported, SIGNS_2)[-1] == ("answer", "deputy/head")
    assert 'href="/sign-in"' in browser.get("/").text  # a link opens its case only; the way on is shown


@pytest.mark.parametrize(("unit", "code"), [("thon-2", 403), ("vhxh", 403)])
def test_nobody_else_answers_a_case(reported: House, deputy: TestClient, unit: str, code: int) -> None:
    browser = reported.member("vhxh") if unit == "vhxh" else reported.guest(unit)
    fields = {"answer": "otherwise", "note": "x", "once": "1", "late": SIGNS_2}
    token = forms_of(browser.get("/m"))[0][2]["form_token"]
    before = reported.records()

    assert browser.post(CASE, data=fields | {"form_token": token}).status_code == code
    assert reported.records() == before


def test_the_leader_confirms_the_offices_own_report(reported: House) -> None:
    text = reported.member("deputy").get("/leadership").text

    assert "Không có báo cáo nào chờ xác nhận" in text
