"""A village head's way from the link in the letter to the report, and back."""

import re
from datetime import timedelta

import pytest
from builders import calendar, office
from sqlalchemy import event
from starlette.testclient import TestClient
from web_house import OFFICE, PLAN, SIGNS_2, House, forms_of, send

from web.codes import find_by_code
from workflows.engine.records import Via
from workflows.engine.states import Verb
from workflows.operations.close import close_plan

PAGE = f"/w/{OFFICE}/{PLAN}/{SIGNS_2}"


@pytest.fixture
def village(house: House) -> TestClient:
    """The head of Thôn 2 with the letter's link open."""
    return house.guest("thon-2")


def report(browser: TestClient, **fields: str) -> str:
    """Report the signs of Thôn 2 as done; the page that answers."""
    shown = browser.get(PAGE)
    known = {"dispatch_number": "15/BC", "dispatch_date": "2026-06-10"}
    return send(browser, PAGE, shown, marked={"act": "done"}, **(known | fields)).text


def test_a_link_leads_to_its_work_and_leaves_the_address_bar(house: House) -> None:
    browser = house.browser()

    answer = browser.get(house.link("thon-2", SIGNS_2) + "?do=done")

    assert str(answer.url).endswith(f"{PAGE}?do=done")
    assert "Cắm biển cảnh báo" in answer.text
    assert 'id="done" open' in answer.text


def test_the_page_says_when_why_who_helps_and_what_was_done(village: TestClient) -> None:
    text = village.get(PAGE).text

    assert "đã quá 02 ngày làm việc" in text
    assert "mục V.6, ý thứ hai" in text
    assert "Công an xã" in text
    assert 'href="tel:' in text
    assert "Có thể bắt đầu." in text


def test_links_and_pages_that_are_only_looked_at_change_nothing(house: House) -> None:
    before = house.records()
    browser = house.browser()

    for action in ("", "?do=done", "?do=start", "?do=obstacle", "?do=extend"):
        browser.get(house.link("thon-2", SIGNS_2) + action)
        browser.head(house.link("thon-2", SIGNS_2) + action)

    assert house.records() == before


def test_done_is_written_down_with_its_figures_and_answered_with_a_code(
    house: House, village: TestClient
) -> None:
    text = report(village, **{"figure.signs": "5", "done_on": "2026-06-09"})

    assert house.state(SIGNS_2) == "submitted"
    assert "Đã ghi nhận. Cảm ơn Thôn 2." in text
    assert "09/6/2026" in text
    assert "08:00, 10/6/2026" in text
    assert "không bị tính thêm ngày quá hạn" in text
    assert 'class="code">' in text


def test_a_double_tap_acts_once_and_shows_the_same_answer(house: House, village: TestClient) -> None:
    shown = village.get(PAGE)
    fields = {"dispatch_number": "15/BC", "dispatch_date": "2026-06-10"}
    first = send(village, PAGE, shown, marked={"act": "done"}, **fields)
    records = house.records()

    second = send(village, PAGE, shown, marked={"act": "done"}, **fields)

    assert house.records() == records
    assert second.url == first.url
    assert second.text == first.text


def test_a_page_sent_again_after_taking_back_does_not_report_again(house: House, village: TestClient) -> None:
    old = village.get(PAGE)
    fields = {"dispatch_number": "15/BC", "dispatch_date": "2026-06-10"}
    send(village, PAGE, old, marked={"act": "done"}, **fields)
    send(village, PAGE, village.get(PAGE), marked={"act": "take_back"})

    send(village, PAGE, old, marked={"act": "done"}, **fields)

    assert house.state(SIGNS_2) == "started"


def test_evidence_that_is_missing_is_asked_for_with_everything_else_kept(
    house: House, village: TestClient
) -> None:
    text = report(village, dispatch_number="", dispatch_date="", note="Còn hai biển dự phòng")

    assert house.state(SIGNS_2) == "open"
    assert 'role="alert"' in text
    assert "Còn hai biển dự phòng" in text


def test_the_ways_to_answer_come_before_what_is_only_good_to_know(village: TestClient) -> None:
    text = village.get(PAGE).text
    assert text.index("Hạn thứ Hai, 08/6") < text.index("Trả lời</h2>") < text.index("Phối hợp</dt>")


def test_evidence_may_follow_later(house: House, village: TestClient) -> None:
    text = report(village, dispatch_number="", dispatch_date="", evidence_later="1")
    assert "Ảnh gửi sau cũng được." in text

    pdf = ("bien-ban.pdf", b"%PDF-1.7 bien ban", "application/pdf")
    send(village, PAGE, village.get(PAGE), marked={"act": "evidence"}, files={"files": pdf})

    assert "bien-ban.pdf" in village.get(PAGE).text
    kept = list((house.window.settings.home / "evidence").iterdir())
    assert [file.read_bytes() for file in kept] == [b"%PDF-1.7 bien ban"]


def test_a_file_of_no_known_kind_is_refused_and_not_kept(house: House, village: TestClient) -> None:
    shown = village.get(PAGE)
    program = ("anh.jpg", b"MZ\x90\x00 a program", "image/jpeg")

    answer = send(village, PAGE, shown, marked={"act": "done"}, files={"files": program})

    assert answer.status_code == 422
    assert house.state(SIGNS_2) == "open"
    assert not list((house.window.settings.home / "evidence").glob("*"))


def test_a_refused_report_leaves_no_file_behind(house: House, village: TestClient) -> None:
    shown = village.get(PAGE)
    pdf = ("a.pdf", b"%PDF-1.7", "application/pdf")

    answer = send(village, PAGE, shown, marked={"act": "done"}, files={"files": pdf}, done_on="2026-06-11")

    assert SIGNS_2 not in re.sub(r'="[^"]*"', "", answer.text), "a village head knows no ids"
    assert house.state(SIGNS_2) == "open"
    assert not list((house.window.settings.home / "evidence").glob("*"))


def test_received_may_promise_a_day(house: House, village: TestClient) -> None:
    send(village, PAGE, village.get(PAGE), marked={"act": "start"})
    assert house.state(SIGNS_2) == "started"

    send(village, PAGE, village.get(PAGE), marked={"act": "start"}, until="12/6/2026")

    assert "thứ Sáu, 12/6" in village.get(PAGE).text


def test_stuck_says_since_when_and_for_whom_and_may_be_resolved(house: House, village: TestClient) -> None:
    fields = {"note": "Chưa có biển", "since": "2026-06-08", "waits_for": "police"}
    answer = send(village, PAGE, village.get(PAGE), marked={"act": "stuck"}, **fields)
    assert "Chờ Công an xã." in answer.text

    assert "stuck" not in {f[2].get("act") for f in forms_of(village.get(PAGE))}
    send(village, PAGE, village.get(PAGE), marked={"act": "resolved"})

    assert {f[2].get("act") for f in forms_of(village.get(PAGE))} >= {"stuck"}


def test_more_time_needs_a_reason_and_a_later_day(house: House, village: TestClient) -> None:
    refused = send(
        village, PAGE, village.get(PAGE), marked={"act": "more_time"}, until="2026-06-01", note="Mưa"
    )
    assert refused.status_code == 422

    send(village, PAGE, village.get(PAGE), marked={"act": "more_time"}, until="2026-06-12", note="Mưa lớn")

    assert "12/6" in village.get(PAGE).text
    assert "more_time" not in {f[2].get("act") for f in forms_of(village.get(PAGE))}


def test_nothing_to_report_is_offered_where_the_plan_allows_it(house: House, village: TestClient) -> None:
    weekly = f"/w/{OFFICE}/{PLAN}/weekly-news/thon-2/2"

    shown = village.get(weekly)
    send(village, weekly, shown, marked={"act": "done"}, nothing_to_report="1")

    assert 'name="nothing_to_report"' in shown.text
    assert 'name="nothing_to_report"' not in village.get(PAGE).text
    assert house.state("weekly-news/thon-2/2") == "done"


def test_who_reports_is_asked_once(village: TestClient) -> None:
    assert 'name="reporter"' in village.get(PAGE).text

    send(village, PAGE, village.get(PAGE), marked={"act": "start"}, reporter="Phó Trưởng thôn")
    after = village.get(PAGE).text

    assert 'name="reporter"' not in after
    assert "Người báo: Phó Trưởng thôn" in after
    assert 'name="reporter"' in village.get(f"{PAGE}?do=done&who=ask").text


def test_what_the_office_answers_stands_on_top(house: House, village: TestClient) -> None:
    report(village)
    house.now += timedelta(hours=1)
    house.move("vhxh", Verb.RETURN, SIGNS_2, note="Thiếu ảnh biển ở ao đình")

    text = village.get(PAGE).text

    assert text.index("Đề nghị bổ sung.") < text.index("Thời hạn</dt>")
    assert "nội dung ghi ở trang của việc này" not in text  # this is that page
    assert "Thiếu ảnh biển ở ao đình" in text


def test_what_office_and_leadership_say_to_each_other_is_not_shown(house: House, village: TestClient) -> None:
    house.move("vhxh", Verb.PROPOSE, SIGNS_2, note="Đề xuất kiểm điểm")

    assert "Đề xuất kiểm điểm" not in village.get(PAGE).text
    assert "Đề xuất kiểm điểm" not in village.get(f"/u/{OFFICE}/thon-2/history").text


def test_requested_units_are_not_blamed(house: House) -> None:
    youth = house.guest("youth")

    for path in (f"/w/{OFFICE}/{PLAN}/summer-handover/youth", f"/u/{OFFICE}/youth"):
        text = youth.get(path).text
        assert "uá hạn" not in text
        assert "yêu cầu" not in text
    assert "Cần làm ngay" not in text
    assert "Đề nghị cho biết kết quả" in text
    assert "Gửi kết quả" in youth.get(f"/w/{OFFICE}/{PLAN}/summer-handover/youth").text


def test_a_closed_plan_only_shows(house: House, village: TestClient) -> None:
    shown = village.get(PAGE)
    close_plan(house.database, OFFICE, PLAN, by="vhxh", as_of=house.window.today(), now=house.now)

    assert send(village, PAGE, shown, marked={"act": "start"}).status_code == 422
    assert house.state(SIGNS_2) == "open"
    assert [f for f in forms_of(village.get(PAGE)) if f[2].get("act")] == []


def test_the_page_of_a_unit_says_how_a_closed_plan_ended_for_it(house: House, village: TestClient) -> None:
    house.move("vhxh", Verb.START, SIGNS_2, on_behalf_of="thon-2", via=Via.PHONE, said_by="Trưởng thôn")
    close_plan(house.database, OFFICE, PLAN, by="vhxh", as_of=house.window.today(), now=house.now)
    house.now += timedelta(days=40)

    text = village.get(f"/u/{OFFICE}/thon-2").text

    assert "Phòng Văn hóa - Xã hội đã kết thúc kế hoạch này vào thứ Tư, 10/6/2026." in text
    assert "Tính đến hết ngày 10/6, Thôn 2 chủ trì" in text
    assert 'liên hệ Phòng Văn hóa - Xã hội. <a class="no-break" href="tel:00000004">' in text
    assert "Báo kết quả" not in text
    assert "Cắm biển cảnh báo" in text.partition("Chưa có kết quả")[2]
    assert "đã quá 02 ngày làm việc" in text  # as it stood on that day
    assert "Hiện đơn vị không có việc nào" not in text
    assert "Trưởng thôn, Thôn 2" in village.get(f"/u/{OFFICE}/thon-2/history").text
    assert "SUMMARY" not in village.get(_feed(text)).text

    house.now += timedelta(days=40)
    assert "Cắm biển cảnh báo" not in house.guest("thon-2").get(f"/u/{OFFICE}/thon-2").text


def _feed(text: str) -> str:
    """The address of the calendar that a unit's page names."""
    return "/c/" + text.partition('.ics"')[0].rpartition("/c/")[2] + ".ics"


def test_my_unit_lists_work_in_the_order_of_the_letter(village: TestClient) -> None:
    text = village.get(f"/u/{OFFICE}/thon-2").text

    assert text.index("Cần làm ngay") < text.index("Cắm biển cảnh báo") < text.index("Điểm tin tuần")
    assert f'<a class="button primary" href="{PAGE}#answer">Báo kết quả' in text
    assert "Thôn 1" not in text


def test_history_tells_what_was_said_newest_first(house: House, village: TestClient) -> None:
    house.move("vhxh", Verb.START, SIGNS_2, on_behalf_of="thon-2", via=Via.PHONE, said_by="Trưởng thôn")

    text = village.get(f"/u/{OFFICE}/thon-2/history").text

    assert "Trưởng thôn, Thôn 2 (qua điện thoại, Phòng Văn hóa - Xã hội ghi giúp)" in text
    assert "Được giao việc" not in text  # nobody reported it


def test_the_calendar_feed_holds_due_dates_and_can_do_nothing(house: House, village: TestClient) -> None:
    address = village.get(f"/u/{OFFICE}/thon-2").text.split('.ics"')[0].rpartition('href="')[2] + ".ics"
    path = "/c/" + address.rpartition("/c/")[2]

    feed = house.browser().get(path)

    assert feed.headers["content-type"].startswith("text/calendar")
    assert feed.text.count("BEGIN:VEVENT") == 3
    assert "dondoc_links" not in feed.cookies
    assert house.browser().get(path.replace("/c/", "/v/").removesuffix(".ics")).status_code == 404


def test_a_code_from_paper_leads_to_the_unit(house: House, village: TestClient) -> None:
    text = village.get(f"/u/{OFFICE}/thon-2").text
    code = text.split('class="code">')[1].split("<")[0]

    browser = house.browser()
    answer = send(browser, "/m", browser.get("/m"), code=f" {code.lower().replace('-', ' ')} ")

    assert answer.url.path == f"/u/{OFFICE}/thon-2"
    assert house.browser().get(f"/v/{code}").url.path == f"/u/{OFFICE}/thon-2"


def test_a_typed_code_costs_the_same_statements_however_many_offices_there_are(house: House) -> None:
    asked: list[str] = []

    def attempt() -> int:
        asked.clear()
        assert find_by_code(house.window, "AAAA-AAAA") is None
        return sum(sql.startswith("SELECT") for sql in asked)

    event.listen(
        house.window.database._engine, "before_cursor_execute", lambda _c, _k, sql, *_: asked.append(sql)
    )
    alone = attempt()
    for name in ("an-binh", "yen-lac"):
        with house.database.write() as transaction:
            transaction.offices.save(office(name), calendar())
    assert attempt() == alone == 2


def test_codes_cannot_be_tried_without_end(house: House) -> None:
    browser = house.browser()
    shown = browser.get("/m")

    codes = [send(browser, "/m", shown, code=f"AAAA-AAA{n}").status_code for n in range(10)]

    assert codes == [404] * 10
    assert send(browser, "/m", shown, code="AAAA-AAAA").status_code == 429


def test_every_page_is_light(village: TestClient) -> None:
    for path in (PAGE, f"/u/{OFFICE}/thon-2", f"/u/{OFFICE}/thon-2/history"):
        assert len(village.get(path).content) < 50_000


def test_a_village_behind_one_address_may_use_its_codes_as_often_as_it_likes(house: House) -> None:
    code = house.guest("thon-2").get(f"/u/{OFFICE}/thon-2").text.split('class="code">')[1].split("<")[0]

    assert {house.browser().get(f"/v/{code}").status_code for _ in range(15)} == {200}


def test_a_chat_that_makes_a_preview_of_a_link_gets_no_data(house: House) -> None:
    for link in (house.link("thon-2", SIGNS_2), house.link("thon-2")):
        chat = house.browser()
        del chat.headers["sec-fetch-mode"]
        shown = chat.get(link)
        assert shown.status_code == 200
        assert "Cắm biển" not in shown.text
        assert "Thôn 2" not in shown.text
        # An old telephone that does not say what it is goes on by itself.
        target = shown.text.split('content="0; url=')[1].split('"')[0]
        assert "Cắm biển" in chat.get(target).text
