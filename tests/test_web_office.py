"""The clerk's pages: the day, an assignment and its moves, hand-overs, the board, the outbox."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from store_builders import queued_letter
from web_house import BASE_URL, OFFICE, PLAN, SIGNS_2, House, forms_of, send

from notifications.letters import from_json
from notifications.parts import Digest
from notifications.speech import speech
from plan_definitions.model import Indicator
from web import office_pages
from web.board_files import as_text, board_xlsx
from web.board_rows import Chosen, plain, select
from web.codes import square
from web.pages import environment
from workflows.engine.records import Via
from workflows.engine.states import Verb
from workflows.operations.mail.outbox import LETTER_STATE_WORDS
from workflows.operations.mail.queueing import morning
from workflows.operations.reading.board import read_board
from workflows.operations.reading.desk import office_day
from workflows.operations.revocation import erase_note
from workflows.operations.round import run_round
from workflows.store.records import LetterState, Outcome
from workflows.texts import Language

SIGNS_1 = "hazard-signs/thon-1"
SIGNS_3 = "hazard-signs/thon-3"


@pytest.fixture
def clerk(house: House) -> TestClient:
    """A browser in which the standing office has signed in."""
    return house.member("vhxh")


def _page(assignment: str) -> str:
    return f"/work/{PLAN}/{assignment}"


def _record(house: House, assignment: str) -> dict[str, object]:
    with house.database.read() as transaction:
        plan = transaction.plans.get(OFFICE, PLAN)
        number = transaction.assignments.get(plan.number, assignment).number
        record = transaction.history.of_assignment(number)[-1].record
    return {
        "verb": record.verb, "by": record.by, "for": record.on_behalf_of, "via": record.via,
        "note": record.note, "facts": dict(record.facts),
    }  # fmt: skip


def _next_round(house: House, day: date) -> None:
    house.now = morning(day) + timedelta(hours=1)
    run_round(house.database, OFFICE, as_of=day, now=morning(day))


def test_the_day_shows_what_waits_for_the_office(house: House, clerk: TestClient) -> None:
    text = clerk.get("/today").text

    assert f'id="to_check-{PLAN}"' in text
    assert "Cắm biển cảnh báo" in text
    assert "Đang chờ:" in text  # the police wait for the villages, by name
    assert "Thôn 2" in text
    assert f'id="own-{PLAN}"' in text  # the office's own gifts are due today


def test_the_day_counts_what_the_letters_digest_counts(house: House) -> None:
    for unit, verb, fields in (
        ("thon-2", Verb.OBSTACLE, {"note": "Thiếu biển"}),
        ("thon-3", Verb.EXTEND, {"until": date(2026, 6, 18), "note": "Chờ biển"}),
    ):
        house.move(unit, verb, f"hazard-signs/{unit}", **fields)
    _next_round(house, date(2026, 6, 11))
    with house.database.read() as transaction:
        letter = from_json(transaction.letters.find(OFFICE, kinds=["digest"])[-1].content)
    (digest,) = (part for part in letter.parts if isinstance(part, Digest))
    text = house.member("vhxh").get("/today", params={"lang": "en"}).text
    shown = {
        label: int(n) for n, label in re.findall(r'<strong class="numbers">(\d+)</strong> ([^<]+)<', text)
    }

    assert letter.as_of == date(2026, 6, 11)
    assert min(shown["To check"], shown["Stuck"], shown["More time asked"], shown["Overdue"]) > 0
    assert shown == {
        "To check": digest.total("to_check"),
        "Stuck": digest.total("obstacles"),
        "More time asked": digest.total("extensions"),
        "Overdue": digest.total("overdue"),
        "Waiting for others": digest.total("waiting"),
        "Not heard from": len(digest.silent),
        "Your own work": shown["Your own work"],  # no letter counts it: each stands in the office's section
    }


def test_a_report_is_confirmed_from_the_day_and_only_once(house: House, clerk: TestClient) -> None:
    shown = clerk.get("/today")
    marked = {"act": "accept"}
    answer = send(clerk, _page(SIGNS_1), shown, marked=marked)
    records = house.records()
    again = send(clerk, _page(SIGNS_1), shown, marked=marked)

    assert answer.url.path == "/today"
    assert "Đã xác nhận" in answer.text
    assert again.status_code == 200
    assert house.state(SIGNS_1) == "done"
    assert house.records() == records


def test_a_report_is_sent_back_with_a_reason_and_never_without(house: House, clerk: TestClient) -> None:
    shown = clerk.get(_page(SIGNS_1))

    refused = send(clerk, _page(SIGNS_1), shown, marked={"act": "return"}, note=" ")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert house.state(SIGNS_1) == "submitted"

    send(clerk, _page(SIGNS_1), refused, marked={"act": "return"}, note="Thiếu ảnh biển thứ hai")
    assert house.state(SIGNS_1) == "started"
    assert _record(house, SIGNS_1)["note"] == "Thiếu ảnh biển thứ hai"


def test_a_decision_reaches_its_reader_in_the_language_of_the_installation(
    house: House, clerk: TestClient
) -> None:
    clerk.get("/today", params={"lang": "en"})
    send(clerk, _page(SIGNS_1), clerk.get(_page(SIGNS_1)), marked={"act": "return"}, note="Thiếu ảnh")
    texts = send(clerk, "/board/preview", clerk.get("/board"), act="texts", pick=[SIGNS_2]).text
    with house.database.read() as transaction:
        (letter,) = transaction.letters.find(OFFICE, kinds=["decision"])

    assert from_json(letter.content).language is Language.VI
    assert "Kính gửi" in texts


def test_the_office_s_remark_on_a_received_order_is_kept(house: House, clerk: TestClient) -> None:
    note = "Trưởng thôn hẹn báo lại"
    send(clerk, _page(SIGNS_2), clerk.get(_page(SIGNS_2)), marked={"act": "start"}, via="phone", note=note)

    assert (_record(house, SIGNS_2)["verb"], _record(house, SIGNS_2)["note"]) == (Verb.START, note)


def test_a_promise_written_down_for_a_unit_needs_its_day(house: House, clerk: TestClient) -> None:
    shown = clerk.get(_page(SIGNS_2))
    refused = send(clerk, _page(SIGNS_2), shown, marked={"act": "promise"}, via="phone", until="")
    assert (refused.status_code, house.state(SIGNS_2)) == (422, "open")

    send(
        clerk,
        _page(SIGNS_2),
        shown,
        marked={"act": "promise"},
        via="phone",
        until="2026-06-12",
        note="Chờ xe",
    )
    record = _record(house, SIGNS_2)
    assert (record["verb"], record["note"]) == (Verb.PROMISE, "Chờ xe")


def test_words_that_were_erased_are_not_replaced_by_older_ones(house: House, clerk: TestClient) -> None:
    def present() -> str:
        """What the page says about the difficulty of today, apart from the history below."""
        text: str = clerk.get(_page(SIGNS_2)).text
        return text.partition('<div class="notice soon">')[2].partition("</div>")[0]

    house.move("thon-2", Verb.OBSTACLE, SIGNS_2, note="Thiếu kinh phí")
    house.move("thon-2", Verb.RESOLVE, SIGNS_2)
    house.move("thon-2", Verb.OBSTACLE, SIGNS_2, note="Bé An ốm")
    before = present()
    erase_note(
        house.database, OFFICE, PLAN, SIGNS_2, house.records(),
        by="vhxh", as_of=house.window.today(), now=house.now,
    )  # fmt: skip

    assert "Bé An ốm" in before
    assert present() == before.replace('<p class="pre">Bé An ốm</p>', "")


def test_what_was_written_stands_again_beside_what_is_wrong_with_it(house: House, clerk: TestClient) -> None:
    refused = send(
        clerk, _page(SIGNS_2), clerk.get(_page(SIGNS_2)), marked={"act": "extend"},
        via="phone", until="2026-06-01", note="Chờ biển từ huyện",
    )  # fmt: skip

    assert refused.status_code == 422
    assert "Chờ biển từ huyện" in refused.text
    assert 'value="2026-06-01"' in refused.text


def test_the_office_writes_down_what_a_unit_said_on_the_telephone(house: House, clerk: TestClient) -> None:
    answer = send(
        clerk, _page(SIGNS_2), clerk.get(_page(SIGNS_2)), marked={"act": "obstacle"},
        via="phone", said_by="Trưởng thôn", note="Thiếu kinh phí mua biển", since="2026-06-09",
    )  # fmt: skip

    assert answer.status_code == 200
    record = _record(house, SIGNS_2)
    assert (record["verb"], record["by"], record["for"], record["via"]) == (
        Verb.OBSTACLE, "vhxh/head", "thon-2", "phone",
    )  # fmt: skip
    assert "Thiếu kinh phí mua biển" in clerk.get("/today").text


def test_a_word_of_a_unit_needs_the_way_it_came(house: House, clerk: TestClient) -> None:
    refused = send(
        clerk, _page(SIGNS_2), clerk.get(_page(SIGNS_2)), marked={"act": "start"}, via="carrier pigeon"
    )

    assert refused.status_code == 422
    assert house.state(SIGNS_2) == "open"


def test_a_report_is_recorded_with_its_figures_and_dispatch(house: House, clerk: TestClient) -> None:
    fields = {
        "via": "zalo", "said_by": "Trưởng thôn", "done_on": "2026-06-09", "figure.signs": "5",
        "dispatch_number": "15/BC", "dispatch_date": "2026-06-09",
    }  # fmt: skip
    send(clerk, _page(SIGNS_2), clerk.get(_page(SIGNS_2)), marked={"act": "submit"}, **fields)

    assert house.state(SIGNS_2) == "submitted"
    assert _record(house, SIGNS_2)["facts"] == {
        "done_on": "2026-06-09", "figures": {"signs": 5}, "document": "15/BC, 2026-06-09",
        "said_by": "Trưởng thôn",
    }  # fmt: skip


def test_the_offices_own_work_is_reported_in_its_own_name(house: House, clerk: TestClient) -> None:
    shown = clerk.get(_page("gifts/vhxh"))
    assert 'name="via"' not in shown.text

    send(clerk, _page("gifts/vhxh"), shown, marked={"act": "submit"})

    assert house.state("gifts/vhxh") == "done"
    assert _record(house, "gifts/vhxh")["for"] is None


def test_more_time_is_granted_where_nothing_slips_and_left_to_the_deputy_where_something_does(
    house: House, clerk: TestClient
) -> None:
    house.move("thon-2", Verb.EXTEND, SIGNS_2, until=date(2026, 6, 18), note="Chờ biển")

    text = clerk.get("/today").text
    refused = send(clerk, _page(SIGNS_2), clerk.get(_page(SIGNS_2)), marked={"act": "grant"})

    assert "Phúc tra các điểm nguy hiểm" in text
    assert "Phó Chủ tịch quyết định" in text
    assert refused.status_code == 422
    deputy = house.member("deputy")
    send(deputy, _page(SIGNS_2), deputy.get(_page(SIGNS_2)), marked={"act": "grant"})
    assert _record(house, SIGNS_2)["facts"] == {"due": "2026-06-18", "was": "2026-06-08"}


def test_finished_work_asks_nothing_of_the_office_any_more(house: House, clerk: TestClient) -> None:
    house.move("thon-2", Verb.OBSTACLE, SIGNS_2, note="Thiếu kinh phí mua biển")
    house.move("thon-2", Verb.EXTEND, SIGNS_2, until=date(2026, 6, 18), note="Chờ biển")
    before = clerk.get("/today").text
    house.move("thon-2", Verb.SUBMIT, SIGNS_2, document="15/BC, 2026-06-10")
    house.move("vhxh", Verb.ACCEPT, SIGNS_2)
    after = clerk.get("/today").text
    unit = house.guest("thon-2").get(f"/w/{OFFICE}/{PLAN}/{SIGNS_2}")
    desk = office_day(house.database, OFFICE, as_of=house.window.today()).plans[0]

    assert {f'id="obstacles-{PLAN}"' in before, f'id="extensions-{PLAN}"' in before} == {True}
    assert {f'id="obstacles-{PLAN}"' in after, f'id="extensions-{PLAN}"' in after} == {False}
    assert (desk.stuck, desk.asked) == ((), ())
    assert "resolved" not in {fields.get("act") for _, _, fields in forms_of(unit)}


def test_what_asks_for_an_answer_is_shown_whole_and_every_cut_list_says_what_it_leaves_out(
    house: House, clerk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_pages, "MOST_ROWS", 0)
    for unit in ("thon-2", "thon-3"):
        house.move(unit, Verb.OBSTACLE, f"hazard-signs/{unit}", note="Thiếu biển")
        house.move(unit, Verb.EXTEND, f"hazard-signs/{unit}", until=date(2026, 6, 18), note="Chờ biển")
    text = clerk.get("/today", params={"lang": "en"}).text

    def section(name: str) -> str:
        return str(text.partition(f'id="{name}-{PLAN}"')[2].partition("</section>")[0])

    assert [section(name).count("<h3>") for name in ("obstacles", "extensions")] == [2, 2]
    assert f'href="/board?plan={PLAN}&amp;standing=overdue"' in section("overdue")
    assert f'href="/board?plan={PLAN}&amp;unit=vhxh"' in section("own")
    assert "and 1 more on the board" in section("own")


def test_a_cut_list_of_those_who_hold_up_counts_the_rest() -> None:
    parts = environment(Language.EN).get_template("office/parts.html").module
    say = speech(Language.EN).say

    assert str(parts.and_more(2, say)).strip() == "and 2 more"  # type: ignore[attr-defined]
    assert str(parts.and_more(0, say)).strip() == ""  # type: ignore[attr-defined]


def test_tomorrows_report_is_held_from_the_day(house: House, clerk: TestClient) -> None:
    shown = clerk.get("/today")
    assert "sẽ được báo cáo cấp trên vào ngày làm việc tới" in shown.text

    answer = send(clerk, _page(SIGNS_2), shown, marked={"act": "hold"}, note="Trưởng thôn đi viện, mai xong")

    assert answer.url.path == "/today"
    assert _record(house, SIGNS_2)["verb"] == Verb.HOLD


@pytest.mark.parametrize(
    ("act", "assignment", "fields", "state"),
    [
        ("cancel", SIGNS_2, {"note": "Không còn điểm nguy hiểm"}, "cancelled"),
        ("reassign", SIGNS_2, {"note": "Sáp nhập thôn", "to": "police"}, "cancelled"),
        ("release", "hazard-check/police", {"note": "Kiểm tra trước"}, "open"),
    ],
)
def test_the_office_decides_with_a_reason(
    house: House, clerk: TestClient, act: str, assignment: str, fields: dict[str, str], state: str
) -> None:
    send(clerk, _page(assignment), clerk.get(_page(assignment)), marked={"act": act}, **fields)

    assert house.state(assignment) == state


def test_a_move_that_cannot_be_made_is_not_offered(house: House, clerk: TestClient) -> None:
    acts = {fields.get("act") for _, _, fields in forms_of(clerk.get(_page(SIGNS_1)))}

    assert {"accept", "return", "withdraw"} <= acts
    assert acts.isdisjoint({"start", "grant", "hold", "reopen", "resolve", "answer", "release"})


def test_in_a_closed_plan_nothing_is_offered(house: House, clerk: TestClient) -> None:
    from workflows.operations.close import close_plan

    shown = clerk.get(_page(SIGNS_2))
    close_plan(house.database, OFFICE, PLAN, by="vhxh", as_of=house.window.today(), now=house.now)

    assert forms_of(clerk.get(_page(SIGNS_2)))[0][1] == "/sign-out"
    assert send(clerk, _page(SIGNS_2), shown, marked={"act": "cancel"}, note="x").status_code == 422
    assert "Kế hoạch đã kết thúc vào thứ Tư, 10/6/2026" in clerk.get("/board").text
    assert 'href="/board"' in house.member("deputy").get("/leadership").text


def test_hand_overs_are_read_out_printed_and_ticked_off_once(house: House, clerk: TestClient) -> None:
    shown = clerk.get("/hand-over")
    path = next(action for _, action, _ in forms_of(shown) if action.startswith("/hand-over/"))

    sheet = clerk.get(f"{path}/sheet")
    answers = [send(clerk, path, shown) for _ in range(2)]

    assert "0000 003" in shown.text
    assert 'class="code"' in sheet.text
    assert [answer.status_code for answer in answers] == [200, 200]
    with house.database.read() as transaction:
        letter = transaction.letters.get(int(path.split("/")[-1]))
    assert (letter.state, letter.handed_over_by) == (LetterState.HANDED_OVER, "vhxh/head")


def test_filters_stand_in_the_address_and_need_no_marks(house: House, clerk: TestClient) -> None:
    text = clerk.get("/board", params={"text": "cam bien", "standing": "overdue"}).text

    assert text.count("<tr>") == 1 + 2  # the head, and the two villages that are late
    assert 'value="cam bien"' in text
    assert "standing=overdue" in text


def test_every_filter_narrows_the_same_rows(house: House) -> None:
    rows = read_board(house.database, OFFICE, PLAN, as_of=house.window.today()).rows

    assert {row.unit for row in select(rows, Chosen(unit="thon-2"))} == {"thon-2"}
    assert {row.task for row in select(rows, Chosen(task="gifts"))} == {"gifts"}
    assert {row.standing for row in select(rows, Chosen(standing="overdue"))} == {"overdue"}
    assert select(rows, Chosen(text="no such thing")) == []
    assert len(select(rows, Chosen())) == len(rows)
    assert plain("Đặt BIỂN báo") == "dat bien bao"


def test_a_filter_that_means_nothing_shows_the_whole_board_or_an_empty_one(clerk: TestClient) -> None:
    whole = clerk.get("/board").text.count("<tr>")
    assert whole > 3
    assert clerk.get("/board", params={"standing": "nonsense"}).text.count("<tr>") == whole
    assert "Không có việc nào khớp" in clerk.get("/board", params={"unit": "nobody"}).text


FORMULAS = ["=1+1", "+84", "-2", "@sum", "\t=1", "  =1"]


@pytest.mark.parametrize("title", FORMULAS)
def test_no_cell_of_the_file_is_computed(title: str) -> None:
    assert as_text(title).startswith("'")


def test_no_cell_of_the_workbook_is_computed(house: House) -> None:
    (row, *_) = read_board(house.database, OFFICE, PLAN, as_of=house.window.today()).rows
    rows = [row._replace(definition=replace(row.definition, title=title)) for title in FORMULAS]

    sheet = load_workbook(BytesIO(board_xlsx(rows, speech(Language.VI)))).active

    assert sheet is not None
    cells = [cell for (cell,) in sheet.iter_rows(min_row=2, max_col=1)]
    assert [cell.value for cell in cells] == FORMULAS
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells[:4]] == [True] * 4


def test_the_workbook_holds_what_the_screen_shows(clerk: TestClient) -> None:
    answer = clerk.get("/board.xlsx", params={"unit": "thon-2", "standing": "overdue"})
    sheet = load_workbook(BytesIO(answer.content)).active

    assert answer.headers["content-disposition"].endswith('thang-tre-em-2026-2026-06-10.xlsx"')
    assert sheet is not None
    head, signs = sheet.iter_rows(values_only=True)
    assert head[:4] == ("Nội dung", "Đơn vị", "Tình trạng", "Hạn")
    assert signs[:3] == ("Cắm biển cảnh báo, rào chắn điểm nguy hiểm", "Thôn 2", "Quá hạn")
    assert sheet["D2"].is_date
    assert str(signs[3]).startswith("2026-06-08")
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:I2"


def test_the_workbook_holds_the_figures_on_a_sheet_of_their_own(house: House) -> None:
    (row, *_) = read_board(house.database, OFFICE, PLAN, as_of=house.window.today()).rows
    indicators = (Indicator("signs", "Biển báo", 10, "biển"), Indicator("money", "=Kinh phí"))
    facts = replace(row.assignment.facts, figures={"signs": 1_250})
    told = row._replace(
        definition=replace(row.definition, indicators=indicators),
        assignment=row.assignment._replace(facts=facts),
    )
    book = load_workbook(BytesIO(board_xlsx([told], speech(Language.VI))))
    assert book.sheetnames[1:] == ["Số liệu"]
    head, signs, money = book["Số liệu"].iter_rows(values_only=True)
    assert head[2:6] == ("Chỉ tiêu", "Đã báo", "Chỉ tiêu giao", "Đơn vị tính")
    assert signs[2:6] == ("Biển báo", 1_250, 10, "biển")
    assert money[2:6] == ("=Kinh phí", None, None, None)


def test_the_file_holds_what_the_screen_shows(house: House, clerk: TestClient) -> None:
    answer = clerk.get("/board.csv", params={"unit": "thon-2"})
    lines = answer.content.decode("utf-8-sig").splitlines()

    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(lines) == 1 + len(
        select(
            read_board(house.database, OFFICE, PLAN, as_of=house.window.today()).rows, Chosen(unit="thon-2")
        )
    )
    assert "Quá hạn" in answer.text


def test_several_results_are_confirmed_after_a_preview_that_changes_nothing(
    house: House, clerk: TestClient
) -> None:
    board = clerk.get("/board")
    before = house.records()
    preview = send(clerk, "/board/preview", board, act="accept", pick=[SIGNS_1, SIGNS_2])

    assert house.records() == before
    assert "Sẽ xác nhận 01 kết quả" in preview.text
    assert "01 việc chưa xác nhận được" in preview.text

    answers = [send(clerk, "/board/accept", preview) for _ in range(2)]
    assert [answer.url.path for answer in answers] == ["/board", "/board"]
    assert house.state(SIGNS_1) == "done"
    assert house.records() == before + 1


def test_what_is_left_of_several_is_said_in_titles_and_not_in_ids(house: House, clerk: TestClient) -> None:
    house.move(
        "vhxh", Verb.SUBMIT, SIGNS_2, on_behalf_of="thon-2", via=Via.PHONE, document="1/BC, 2026-06-10"
    )
    pick = [SIGNS_1, SIGNS_2, SIGNS_3]
    preview = send(clerk, "/board/preview", clerk.get("/board"), act="accept", pick=pick)
    house.move("thon-2", Verb.WITHDRAW, SIGNS_2)

    answer = send(clerk, "/board/accept", preview, pick=[SIGNS_1, SIGNS_2])

    titled = "Cắm biển cảnh báo, rào chắn điểm nguy hiểm (Thôn 2)"
    assert f'/{SIGNS_2}">{titled}</a>' in answer.text
    for page, unit in ((preview, "thon-3"), (answer, "thon-2")):
        said = re.sub(r"<[^>]*>", "", page.text)
        assert "“Cắm biển cảnh báo, rào chắn điểm nguy hiểm" in said
        assert f"hazard-signs/{unit}" not in said


def test_texts_to_copy_are_one_a_unit(house: House, clerk: TestClient) -> None:
    pick = [SIGNS_2, "weekly-news/thon-2/1", SIGNS_3]
    text = send(clerk, "/board/preview", clerk.get("/board"), act="texts", pick=pick).text

    assert text.count('id="text-') == 2
    assert "/v/" in text  # a public address: the text holds the unit's own link


def test_nothing_ticked_is_said(house: House, clerk: TestClient) -> None:
    answer = send(clerk, "/board/preview", clerk.get("/board"), act="accept")

    assert answer.status_code == 422
    assert "đánh dấu ít nhất một dòng" in answer.text


def test_the_matrix_of_a_fan_out_says_how_many_are_needed(clerk: TestClient) -> None:
    text = clerk.get("/board/task/hazard-signs").text

    assert '<progress max="3" value="0"' in text
    assert "cần thêm 03" in text
    assert "Phúc tra các điểm nguy hiểm" in text


def test_turns_of_a_repeated_task_stand_side_by_side(clerk: TestClient) -> None:
    text = clerk.get("/board/task/weekly-news").text

    assert 'class="matrix"' in text
    assert "05/6" in text
    assert "12/6" in text


@pytest.mark.parametrize(
    "path", ["/board/task/none", "/outbox/999999", f"/outbox/{10**30}", "/outbox?after=0", "/work/none/a/b"]
)
def test_what_does_not_exist_is_said_so(clerk: TestClient, path: str) -> None:
    assert clerk.get(path).status_code == 404


def test_a_letter_is_shown_as_sent_without_its_links_in_a_frame_that_can_do_nothing(
    house: House, clerk: TestClient
) -> None:
    token = house.link("thon-2", SIGNS_2).removeprefix("/v/")
    html = f'<p>Kính gửi</p><a href="http://x/v/{token}">Đã xong</a><script>1</script>'
    number = _sent_letter(house, html, f"http://x/v/{token}")

    body = clerk.get(f"/outbox/{number}/body")
    page = clerk.get(f"/outbox/{number}")

    assert "Kính gửi" in body.text
    assert token not in body.text + page.text
    assert "<script" not in body.text
    assert "href" not in body.text
    assert "sandbox" in body.headers["content-security-policy"]
    assert "<iframe" in page.text
    assert "sandbox" in page.text


def _sent_letter(house: House, html: str, text: str) -> int:
    """The first letter by mail, with other bytes, as if it had been sent."""
    from email.message import EmailMessage

    message = EmailMessage()
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    with house.database.write() as transaction:
        claimed = transaction.letters.claim(house.now, timedelta(minutes=5), 1)[0]
        transaction.letters.freeze(claimed.letter.id, claimed.token, message.as_bytes(), "<1@x>")
        outcome = Outcome(LetterState.DEAD, 550, "no such mailbox")
        transaction.letters.finish(claimed.letter.id, claimed.token, outcome, house.now)
    return claimed.letter.id


def test_a_letter_that_did_not_arrive_is_on_the_day_and_sent_again(house: House, clerk: TestClient) -> None:
    number = _sent_letter(house, "<p>x</p>", "x")

    day = clerk.get("/today").text
    answer = send(clerk, f"/outbox/{number}/retry", clerk.get(f"/outbox/{number}"))

    assert f"/outbox/{number}" in day
    assert "550" in day
    assert "Thư sẽ đi trong lần gửi kế tiếp" in answer.text
    with house.database.read() as transaction:
        assert transaction.letters.get(number).state is LetterState.QUEUED


def test_the_outbox_shows_a_state_at_a_time(house: House, clerk: TestClient) -> None:
    text = clerk.get("/outbox", params={"state": "to_hand_over"}).text

    assert "0000 003" in text
    assert "police@" not in text


def test_the_states_of_letters_are_called_as_by_the_command(house: House, clerk: TestClient) -> None:
    with house.database.write() as transaction:
        (letter, *_) = transaction.letters.find(OFFICE, states=[LetterState.QUEUED])
        transaction.letters.supersede([letter.id], house.now, "moot")

    told = LETTER_STATE_WORDS[LetterState.SUPERSEDED].say(speech(Language.VI).say)

    for path in ("/outbox", f"/outbox/{letter.id}"):
        assert f">{told.capitalize()}" in clerk.get(path).text


def test_older_letters_follow_page_by_page_each_once(house: House, clerk: TestClient) -> None:
    fields = {"created_at": house.now, "not_before": house.now, "address": "many@kim-thanh.example"}
    queued = [queued_letter(f"many:{n}", subject=f"Thư số {n:03}", **fields) for n in range(201)]
    with house.database.write() as transaction:
        transaction.letters.queue(*queued)

    shown: list[str] = []
    address = "/outbox?state=queued&to=many%40kim-thanh.example"
    while address:
        text = clerk.get(address).text
        shown += re.findall(r"Thư số (\d{3})", text)
        older = re.search(r'class="button" href="(/outbox[^"]*)"', text)
        address = unescape(older[1]) if older else ""

    assert shown == [f"{n:03}" for n in reversed(range(201))]


def test_a_day_without_its_round_says_so(house: House, clerk: TestClient) -> None:
    house.now += timedelta(days=1)

    assert "Vòng đôn đốc hôm nay chưa chạy" in house.member("vhxh").get("/today").text


def test_pages_of_the_office_hold_no_inline_style_or_script(house: House, clerk: TestClient) -> None:
    for path in ("/today", "/board", "/board/map", "/board/gantt", "/board/graph", "/board/progress",
                 "/outbox", "/hand-over", _page(SIGNS_2), "/board/task/hazard-signs"):  # fmt: skip
        text = clerk.get(path).text
        assert " style=" not in text, path
        assert "<style" not in text, path
        assert " onclick=" not in text, path


def test_the_choices_of_a_standing_say_what_each_would_show(house: House, clerk: TestClient) -> None:
    held = select(
        read_board(house.database, OFFICE, PLAN, as_of=house.window.today()).rows, Chosen(unit="thon-2")
    )
    text = clerk.get("/board", params={"unit": "thon-2", "standing": "overdue"}).text

    assert f'Tất cả <span class="numbers">{len(held)}</span>' in text
    assert 'Quá hạn <span class="numbers">1</span>' in text


def test_square_and_code_of_a_sheet_lead_to_the_units_page(house: House, clerk: TestClient) -> None:
    with house.database.read() as transaction:
        (letter, *_) = transaction.letters.find(OFFICE, states=[LetterState.TO_HAND_OVER])
    sheet = clerk.get(f"/hand-over/{letter.id}/sheet").text
    code = sheet.split('class="code">')[1].split("<")[0]

    assert str(square(f"{BASE_URL}/v/{code}", "Trang của đơn vị, để quét")) in sheet
    assert f"{BASE_URL}/m" in sheet
    browser = house.browser()
    typed = send(browser, "/m", browser.get("/m"), code=code)
    scanned = house.browser().get(f"/v/{code}")
    assert typed.url.path == scanned.url.path == f"/u/{OFFICE}/thon-3"
