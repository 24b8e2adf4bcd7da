"""Letters in words: every kind, both languages, three voices, hostile titles, size, and no silent gaps."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from builders import TENTH_OF_JUNE
from icalendar import Calendar
from jinja2 import UndefinedError
from letter_samples import (
    AFTER_SIGNS,
    CLERK,
    DEPUTY,
    DESK,
    FRONT,
    HELD_UP,
    MONDAY,
    NEWS,
    PLAN,
    SIGNS,
    TALKS,
    closing_report,
    digest,
    every_letter,
    front_section,
    leadership,
    letter,
    links,
    village_section,
    work,
)

from notifications import messages
from notifications.letters import Action, Letter, LetterKind, Slot, from_json, thread, to_json
from notifications.messages import HTML_LIMIT, ROW_LIMITS, render, zalo_text
from notifications.parts import (
    Attempt,
    Closing,
    Decided,
    Decision,
    Leadership,
    Section,
    SignIn,
    Tally,
    Tried,
    UnitCount,
    UnitSection,
    Voice,
)
from notifications.sections import copied
from notifications.speech import speech
from notifications.wording.items import buttons, circumstances
from notifications.wording.units import MOST_HELPED, MOST_IN_FULL, tally
from notifications.work import Helping
from workflows.engine.records import Answered
from workflows.engine.states import Standing
from workflows.texts import Language

VI, EN = Language.VI, Language.EN
CASES = [(language, name) for language in Language for name in every_letter(language)]
NOT_SAID_TO_THOSE_ASKED = re.compile(r"\b(giao|yêu cầu|quá hạn|đôn đốc|phân công)\b", re.IGNORECASE)


class Reader(HTMLParser):
    """What a person sees of the HTML, what stands in its tags, and whether they balance."""

    VOID = frozenset({"meta", "br", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href" and value]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "title" not in self.open:
            self.words += data.split()


def words_of(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", re.sub(r"https?://\S+", "", text)) if not word.isdigit()}


@pytest.mark.parametrize(("language", "name"), CASES)
def test_every_letter_is_whole(language: Language, name: str) -> None:
    rendered = render(every_letter(language)[name], links)
    seen = Reader(rendered.html)
    assert seen.open == []
    assert rendered.html.startswith("<!DOCTYPE html>")
    assert f'<html lang="{language}">' in rendered.html
    assert 'role="presentation"' in rendered.html
    assert "prefers-color-scheme: dark" in rendered.html
    assert {"img", "script", "link"}.isdisjoint(seen.tags)
    assert re.findall(r"<table(?! role=\"presentation\")", rendered.html) == []
    for text in (rendered.subject, rendered.preview, rendered.text, " ".join(seen.words)):
        assert "{" not in text
        assert "None" not in text
        assert text == text.strip() or text is rendered.text
    assert "\n" not in rendered.subject + rendered.preview


@pytest.mark.parametrize(("language", "name"), CASES)
def test_the_text_says_what_the_html_says(language: Language, name: str) -> None:
    rendered = render(every_letter(language)[name], links)
    shown = words_of(" ".join(Reader(rendered.html).words))
    assert words_of(rendered.text) <= shown | words_of(rendered.subject)
    assert shown - words_of(rendered.preview) <= words_of(rendered.text)


@pytest.mark.parametrize(("language", "name"), CASES)
def test_every_letter_survives_its_storage(language: Language, name: str) -> None:
    written = every_letter(language)[name]
    stored = to_json(written)
    assert from_json(stored) == written
    assert render(from_json(stored), links) == render(written, links)
    assert "https://" not in stored


@pytest.mark.parametrize("name", every_letter(EN))
def test_english_letters_hold_no_vietnamese_words_of_ours(name: str) -> None:
    rendered = render(every_letter(EN)[name], links)
    ours = r"Kính gửi|Hạn |chủ trì|phối hợp|ngày làm việc|xin |quá hạn|Kế hoạch"
    assert re.findall(ours, rendered.text + rendered.subject + rendered.preview) == []


@pytest.mark.parametrize("name", every_letter(VI))
def test_vietnamese_letters_hold_no_english_words_of_ours(name: str) -> None:
    if name == "alarm":  # its message comes from whoever raises the alarm
        return
    rendered = render(every_letter(VI)[name], links)
    visible = re.sub(r"https?://\S+", "", rendered.text) + rendered.subject + rendered.preview
    assert re.findall(r"\b(the|of|to|is|due|and|Plan|work)\b", visible, re.IGNORECASE) == []


@pytest.mark.parametrize("name", [name for name in every_letter(VI) if name.endswith("-request")])
def test_requested_units_are_never_ordered(name: str) -> None:
    written = every_letter(VI)[name]
    for given in (links, None):
        rendered = render(written, given)
        said = " ".join(
            (rendered.subject, rendered.preview, rendered.text, rendered.html, zalo_text(written, given))
        )
        assert NOT_SAID_TO_THOSE_ASKED.findall(said) == []
        assert "rân trọng" in said


@pytest.mark.parametrize("decided", Decided)
def test_decisions_for_requested_units_are_never_orders(decided: Decided) -> None:
    [item, *_] = front_section().attention
    told = letter(LetterKind.DECISION, Decision(front_section().plan, decided, item, Voice.REQUEST), to=FRONT)
    rendered = render(told, links)
    assert NOT_SAID_TO_THOSE_ASKED.findall(rendered.subject + rendered.preview + rendered.text) == []


def test_the_leadership_is_reported_to_with_the_facts_to_decide() -> None:
    rendered = render(every_letter(VI)["escalation"], links)
    assert rendered.subject == "Xin ý kiến: Cắm biển cảnh báo, rào chắn, phân người trông coi"
    for said in (
        "kính báo cáo đồng chí 01 việc cần cho ý kiến",
        "04 trong 06 đơn vị đã xong; Thôn 2 và Thôn 5 chưa có kết quả, quá hạn 03 ngày làm việc (hạn 08/6).",
        "Nhắc ngày 04/6 và 08/6; trao đổi điện thoại ngày 09/6",
        "Thôn 5 báo có khó khăn, vướng mắc",
        "Thôn 2 chưa phản hồi",
        "Phúc tra điểm nguy hiểm (hạn 15/6, dự kiến lùi đến 18/6)",
        "Cho lùi đến thứ Sáu, 12/6",
        "Đồng ý đề xuất",
        "Ý kiến khác",
        "Đề nghị Phòng VH-XH gọi lại",
    ):
        assert said in rendered.text
    assert "vượt cấp" not in rendered.text


def test_without_a_proposal_there_is_nothing_to_agree_to() -> None:
    [case] = leadership().cases
    bare = replace(case, proposed=False, proposed_until=None, tried=(), silent=(), affected=())
    told = letter(LetterKind.ESCALATION, leadership(cases=(bare,), to_accept=()), to=DEPUTY)
    text = render(told, links).text
    assert "Đồng ý đề xuất" not in text
    assert "Cho ý kiến" in text
    assert "Chưa ảnh hưởng đến việc khác." in text


def test_a_daily_letter_says_what_why_and_by_when() -> None:
    rendered = render(letter(LetterKind.DAILY, village_section(attention=(SIGNS, NEWS))), links)
    assert rendered.subject == "Việc của Thôn 2 - Tháng hành động vì trẻ em năm 2026"
    assert rendered.preview == "01 việc đã quá hạn 02 ngày làm việc, 01 việc đến hạn từ thứ Sáu, 12/6."
    for said in (
        "Kính gửi: Đồng chí Trưởng Thôn 2",
        "Hạn thứ Hai, 08/6 (đã quá 02 ngày làm việc).",
        "Thôn 2 chủ trì theo mục V.6, ý thứ hai của Kế hoạch.",
        "Phối hợp: Công an xã (điện thoại 0220\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}113).",
        "theo phân công của cơ quan thường trực",
        "Báo tin",
        "Xin không ghi tên, gửi ảnh trẻ em.",
        "không thay thế Kế hoạch của UBND xã Kim Thành.",
    ):
        assert said in rendered.text


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (
            (7, 1, 5, 0),
            "đã hoàn thành 08 (đúng hạn 07, quá hạn 01); chưa hoàn thành 05 (trong hạn).",
        ),
        ((14, 0, 0, 1), "15 phần việc: đã hoàn thành 14 (đúng hạn); chưa hoàn thành 01 (quá hạn)."),
        ((15, 0, 0, 0), "15 phần việc: đã hoàn thành 15 (đúng hạn)."),
        ((0, 0, 2, 3), "05 phần việc: chưa hoàn thành 05 (trong hạn 02, quá hạn 03)."),
        ((1, 0, 4, 0, 3), "chưa hoàn thành 04 (trong hạn), trong đó 03 chờ đơn vị khác."),
    ],
)
def test_the_four_way_count_names_no_empty_kind(counts: tuple[int, ...], said: str) -> None:
    count = Tally(date(2026, 6, 5), *counts)
    assert tally(count, "Thôn 2", Voice.ORDER, speech(VI)).endswith(said)


def test_work_that_waits_past_its_week_is_not_this_weeks() -> None:
    waits = replace(HELD_UP, due=date(2026, 6, 5))
    weekly = letter(LetterKind.WEEKLY, village_section(attention=(), this_week=(waits, NEWS)))
    rendered = render(weekly, links)
    earlier, _, week = rendered.text.partition("Tuần này")
    assert waits.title is not None
    assert NEWS.title is not None
    assert waits.title in earlier.partition("Từ các tuần trước")[2]
    assert NEWS.title in week
    assert rendered.preview == "01 việc khác đến hạn trong tuần."


def test_the_office_is_not_thanked_by_itself() -> None:
    own = Closing(
        PLAN, "vhxh", "Phòng Văn hóa - Xã hội xã", Voice.ORDER, Tally(date(2026, 7, 10), 3, 0, 0, 0)
    )
    text = render(letter(LetterKind.CLOSING, own, to=CLERK), links).text
    assert "Tháng hành động vì trẻ em năm 2026 đã kết thúc." in text
    assert "cảm ơn" not in text


def test_a_report_to_the_leadership_does_not_count_itself_as_tried() -> None:
    [case] = leadership().cases
    reported = tuple(Tried(Attempt.REPORTED, day) for day in (date(2026, 6, 9), TENTH_OF_JUNE))
    told = letter(LetterKind.ESCALATION, leadership(cases=(replace(case, tried=reported),)), to=DEPUTY)
    assert "Báo cáo lãnh đạo ngày 09/6;" in render(told, links).text


def test_a_plan_with_a_number_is_cited_by_it() -> None:
    section = village_section()
    numbered = replace(section, plan=replace(section.plan, number="45/KH-UBND"))
    assert (
        "Kế hoạch số 45/KH-UBND của UBND xã Kim Thành"
        in render(letter(LetterKind.DAILY, numbered), None).text
    )


def test_letters_bear_neither_motto_nor_signature() -> None:
    for name, written in every_letter(VI).items():
        text = render(written, links).text
        for official in ("CỘNG HÒA", "Độc lập - Tự do", "KT. CHỦ TỊCH", "Nơi nhận", "số /KH-UBND"):
            assert official not in text, name


@pytest.mark.parametrize("language", Language)
def test_the_subject_stays_while_the_counts_change(language: Language) -> None:
    few = replace(letter(LetterKind.DAILY, village_section(attention=(SIGNS,))), language=language)
    many = replace(few, parts=(village_section(),), as_of=date(2026, 6, 11))
    assert thread(few) == thread(many)
    assert render(few, links).subject == render(many, links).subject
    assert render(few, links).preview != render(many, links).preview


def test_threads_part_by_reader_kind_and_matter() -> None:
    threads = [thread(one) for one in every_letter(VI).values()]
    daily = letter(LetterKind.DAILY, village_section())
    assert thread(replace(daily, kind=LetterKind.WEEKLY)) != thread(daily)
    assert thread(replace(daily, recipient=FRONT)) != thread(daily)
    decisions = [one for one in threads if one.startswith("decision:")]
    assert len(set(decisions)) == len(Decided)


def test_without_a_public_address_reply_and_telephone_take_over() -> None:
    for name, written in every_letter(VI).items():
        if name == "sign_in":
            continue
        rendered = render(written, None)
        seen = Reader(rendered.html)
        assert seen.links == []
        assert "http" not in rendered.text
        if written.kind not in (LetterKind.ALARM, LetterKind.CLOSING):
            assert "xin phản hồi thư này, nhắn Zalo hoặc gọi số 0220 000 101" in rendered.text


def test_a_sign_in_letter_without_an_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="base address"):
        render(letter(LetterKind.SIGN_IN, SignIn(15), to=CLERK), None)


def test_links_are_asked_for_by_slot() -> None:
    asked: list[Slot] = []

    def remember(slot: Slot) -> str:
        asked.append(slot)
        return f"https://x.example/{len(asked)}"

    seen = Reader(render(letter(LetterKind.DAILY, village_section(attention=(SIGNS,))), remember).html)
    assert {slot.action for slot in asked} == {
        Action.DONE,
        Action.START,
        Action.OBSTACLE,
        Action.EXTEND,
        Action.SEE,
    }
    assert {(slot.plan, slot.assignment, slot.unit) for slot in asked} == {
        ("month-2026", SIGNS.assignment, "thon-2")
    }
    assert len(seen.links) == 4


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% for x in y %}",
    "{0} {name} %(n)s %s",
    "/etc/passwd",
    "a & b &lt; c",
    "Lê, 'A' \"B\"",
]


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("language", Language)
def test_a_hostile_title_is_only_words(title: str, language: Language) -> None:
    named = replace(SIGNS, title=title, unit_name=title)
    section = village_section(attention=(named,), this_week=(named,), unit_name=title)
    told = (
        letter(LetterKind.DAILY, section),
        letter(LetterKind.DIGEST, digest(overdue=(named,), to_check=(named,)), DESK, to=CLERK),
        letter(LetterKind.ESCALATION, leadership(to_accept=(named,)), to=DEPUTY),
        letter(
            LetterKind.DECISION, Decision(section.plan, Decided.RETURNED, named, Voice.ORDER, Answered.AGREED)
        ),
    )
    for written in told:
        rendered = render(replace(written, language=language), links)
        seen = Reader(rendered.html)
        assert {"script", "img"}.isdisjoint(seen.tags)
        assert " ".join(title.split()) in " ".join(seen.words)
        assert title in rendered.text
    assert title in render(told[0], links).subject
    assert title in zalo_text(told[0], links)


def test_links_are_escaped_too() -> None:
    written = letter(LetterKind.DAILY, village_section(attention=(SIGNS,)))
    html = render(written, lambda _slot: 'https://x.example/?a=1&b="><script>').html
    assert "<script>" not in html
    assert Reader(html).links[0] == 'https://x.example/?a=1&b="><script>'


@pytest.mark.parametrize("rows", [1, 20, 21, 60, 61, 500, 5_000])
def test_letters_stay_small_and_count_what_they_leave_out(rows: int) -> None:
    section = village_section(
        attention=tuple(replace(SIGNS, assignment=f"w-{n}/thon-2") for n in range(rows))
    )
    rendered = render(letter(LetterKind.DAILY, section), links)
    assert len(rendered.html.encode()) < HTML_LIMIT
    assert rendered.text.count("Thôn 2 chủ trì theo") == min(rows, MOST_IN_FULL)
    shown = rendered.text.count(SIGNS.title or "")
    assert shown == min(rows, ROW_LIMITS[0])
    more = re.search(r"và (\S+) việc nữa", rendered.text)
    if shown == rows:
        assert more is None
    else:
        assert more is not None
        assert int(more[1].replace(".", "")) == rows - shown
        assert more[0] in unescape(rendered.html)


def test_a_person_with_hundreds_of_units_gets_a_small_letter_too() -> None:
    sections = tuple(village_section(unit=f"u-{n}", unit_name=f"Đơn vị {n}") for n in range(300))
    rendered = render(letter(LetterKind.WEEKLY, *sections), links)
    assert len(rendered.html.encode()) < HTML_LIMIT
    assert len(rendered.subject) < 200


def test_an_endless_title_is_cut() -> None:
    rendered = render(
        letter(LetterKind.DAILY, village_section(attention=(work(title="dài " * 250_000),))), links
    )
    assert len(rendered.html.encode()) < HTML_LIMIT
    assert "…" in rendered.text


def test_type_is_never_smaller_than_14_pixels() -> None:
    for written in every_letter(VI).values():
        sizes = [int(size) for size in re.findall(r"font-size:(\d+)px", render(written, links).html)]
        assert min(sizes) >= 14


def luminance(colour: str) -> float:
    digits = colour * 2 if len(colour) == 3 else colour
    if len(colour) == 3:
        digits = "".join(c * 2 for c in colour)
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_enough_in_light_and_dark() -> None:
    html = "".join(render(written, links).html for written in every_letter(VI).values())
    style, body = html.split("</style>", 1)
    for colour in set(re.findall(r"(?<![-\w])color:#(\w+)", body)) - {"fff"}:
        assert contrast(colour, "fff") >= 4.5, colour
    assert contrast("fff", "1d5fae") >= 4.5
    dark = re.findall(r"\.(\w+) \{[^}]*?(?<!-)color: #(\w+) !important", style)
    assert {name for name, _ in dark} >= {"ink", "soft", "late", "today", "plain", "other", "first"}
    for name, colour in dark:
        assert contrast(colour, "8ec1ff" if name == "first" else "1b222b") >= 4.5, name


def test_what_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare:
        language = "vi"
        subject = preview = committee = day = salutation = ""
        blocks = (object(),)
        closing = ()

    for template in messages._templates():
        with pytest.raises(UndefinedError):
            template.render(page=Bare())
        with pytest.raises(UndefinedError):
            template.render()


def test_new_dates_come_with_a_calendar() -> None:
    rendered = render(every_letter(VI)["weekly"], links)
    assert rendered.calendar is not None
    events: dict[str, Any] = {
        str(event["SUMMARY"]): event for event in Calendar.from_ical(rendered.calendar).walk("VEVENT")
    }
    assert events["Thăm, tặng quà"]["STATUS"] == "CONFIRMED"
    assert events["Đề xuất kinh phí"]["STATUS"] == "CANCELLED"
    assert len(events) == 2
    assert render(letter(LetterKind.DAILY, village_section(attention=(SIGNS,))), links).calendar is None


def test_two_plans_with_work_of_one_name_bring_two_dates() -> None:
    other = replace(TALKS, plan="month-2027")
    rendered = render(letter(LetterKind.DAILY, village_section(attention=(TALKS, other))), links)
    assert rendered.calendar is not None
    assert len({str(event["UID"]) for event in Calendar.from_ical(rendered.calendar).walk("VEVENT")}) == 2


def test_copies_bring_no_calendar_and_no_buttons() -> None:
    rendered = render(
        letter(LetterKind.DAILY, village_section(copied=True, attention=(TALKS,)), to=FRONT), links
    )
    assert rendered.calendar is None
    assert Reader(rendered.html).links == []
    assert "Gửi để biết" in rendered.text


def test_the_digest_has_its_sections_in_the_order_of_the_work() -> None:
    text = render(every_letter(VI)["digest"], links).text
    wanted = [
        "1. Chờ xác nhận: 02 (lâu nhất 03 ngày làm việc)",
        "2. Khó khăn, vướng mắc chưa trả lời: 01",
        "3. Xin gia hạn: 01",
        "4. Quá hạn: 02",
        "5. Chờ đơn vị khác, không tính quá hạn: 01",
        "6. Chưa phản hồi: 02",
        "7. Cần chuyển tay: 02 tin Zalo, 01 cuộc gọi, 01 phiếu giấy",
        "8. Thư chưa đến: 02",
        "Vòng đôn đốc trước: thứ Ba, 09/6/2026",
        "9f3c2ab17d44",
        "Điểm tin tuần",
    ]
    places = [text.index(said) for said in wanted]
    assert places == sorted(places)
    assert "02 việc sẽ báo cáo Phó Chủ tịch và Chủ tịch nếu chưa có kết quả" in text


def test_work_that_waits_for_its_units_own_says_for_which() -> None:
    weekly = village_section(attention=(AFTER_SIGNS,), later=(AFTER_SIGNS,), tally=Tally(MONDAY, 0, 0, 2, 0))
    text = render(letter(LetterKind.WEEKLY, weekly), links).text
    assert f"Bắt đầu khi hoàn thành việc trước: {SIGNS.title}." in text
    assert f"{AFTER_SIGNS.title} (chờ việc trước của đơn vị): thứ Ba, 09/6" in text


@pytest.mark.parametrize("voice", [Voice.ORDER, Voice.REQUEST])
@pytest.mark.parametrize(
    ("said", "gone"),
    [({"obstacle": True}, Action.OBSTACLE), ({"extension_wanted": date(2026, 6, 19)}, Action.EXTEND)],
)
def test_what_was_said_already_is_not_offered_again(voice: Voice, said: dict[str, Any], gone: Action) -> None:
    def offered(**fields: Any) -> list[str]:
        return [b.url for b in buttons(work(**fields), voice, lambda slot: slot.action.value, speech(VI))]

    assert offered(**said) == [action for action in offered() if action != gone]


def test_words_after_a_list_keep_their_distance() -> None:
    html = render(every_letter(VI)["closing"], links).html
    assert '<p style="margin:14px 0 14px">Từ hôm nay' in html
    assert '<p style="margin:0 0 14px">Tính đến hết ngày' in html


def test_leaders_read_how_the_whole_plan_ended() -> None:
    said = every_letter(VI)["closing-report"]
    asked: list[Slot] = []

    def address(slot: Slot) -> str:
        asked.append(slot)
        return "https://dondoc.example/board"

    rendered, spoken = render(said, address), zalo_text(said, None)
    whole = "Tổng số 22 phần việc: đã hoàn thành 20 (đúng hạn 19, quá hạn 01); chưa hoàn thành 02 (quá hạn)."
    opening = "Phòng Văn hóa - Xã hội xã kính báo cáo kết quả thực hiện Tháng hành động vì trẻ em năm 2026"
    for text in (rendered.text, spoken):
        assert f"{opening}, kết thúc vào thứ Tư, 10/6/2026." in text
        assert whole in text
        assert f"{SIGNS.title} (Thôn 2 và Thôn 5 chủ trì)" in text
    assert rendered.subject == "Kết quả thực hiện - Tháng hành động vì trẻ em năm 2026"
    assert rendered.preview == whole
    # Only who was late or is behind gets more words than a number.
    assert "- Công an xã: 13/13\n" in rendered.text
    assert "- Thôn 2: 07/09 (Đã hoàn thành 07 (đúng hạn 06, quá hạn 01); chưa hoàn thành 02" in rendered.text
    assert "liên hệ Phòng Văn hóa - Xã hội xã, điện thoại 0220 000 101" in rendered.text
    assert asked == [Slot(Action.BOARD, PLAN.id)]


def test_the_office_is_not_reported_to_by_itself() -> None:
    rendered = render(every_letter(VI)["closing-own"], links)
    assert "đã kết thúc vào thứ Tư, 10/6/2026." in rendered.text
    assert "kính báo cáo" not in rendered.text
    assert "liên hệ" not in rendered.text


def test_a_long_report_leads_to_the_board() -> None:
    many = tuple(UnitCount(f"Thôn {n}", Tally(TENTH_OF_JUNE, 1, 0, 0, 0)) for n in range(1, 99))
    asked: list[Slot] = []
    said = letter(LetterKind.CLOSING, closing_report(units=many), to=DEPUTY)
    text = render(said, lambda slot: asked.append(slot) or "https://x.example").text  # type: ignore[func-returns-value]
    assert "và 39 việc nữa" in text
    assert set(asked) == {Slot(Action.BOARD, PLAN.id)}


def test_each_button_of_the_digest_leads_to_its_section() -> None:
    hrefs = Reader(render(letter(LetterKind.DIGEST, digest(), to=CLERK), lambda slot: str(slot.section)).html)
    assert hrefs.links == list(get_args(Section))


def test_empty_sections_of_the_digest_are_left_out() -> None:
    bare = digest(to_check=(), obstacles=(), extensions=(), next_rungs=(), waiting=(), silent=())
    text = render(letter(LetterKind.DIGEST, bare, to=CLERK), links).text
    assert "1. Quá hạn: 02" in text
    assert "Chờ xác nhận" not in text
    assert "sẽ báo cáo" not in text


def test_restricted_work_shows_no_title() -> None:
    text = render(every_letter(VI)["weekly"], links).text
    assert "Việc hạn chế phổ biến (chỉ nêu tình trạng) (Công an xã chủ trì)" in text


def test_the_zalo_text_is_short_and_complete() -> None:
    told = zalo_text(
        letter(LetterKind.DAILY, village_section(attention=(SIGNS,))),
        lambda _slot: "https://x.example/v/7KQ2",
    )
    assert told == (
        "Kính gửi đồng chí Trưởng Thôn 2. Phòng VH-XH nhắc việc Thôn 2: Cắm biển cảnh báo, rào chắn, "
        "phân người trông coi, hạn 08/6, đã quá 2 ngày làm việc. Xong rồi xin bấm báo giúp: "
        "https://x.example/v/7KQ2 hoặc nhắn lại XONG. Vướng mắc xin gọi 0220 000 101. "
        "Xin không gửi tên, ảnh các cháu vào nhóm."
    )


def test_the_zalo_text_of_every_unit_letter_is_one_paragraph() -> None:
    for name, written in every_letter(EN).items():
        said = zalo_text(written, None)
        assert "\n" not in said
        assert "http" not in said, name


@pytest.mark.parametrize("name", sorted(every_letter(VI).keys() - {"sign_in"}))
def test_every_letter_says_something_where_there_is_no_mail(name: str) -> None:
    written = every_letter(VI)[name]
    for part in written.parts:
        only, nothing = (zalo_text(replace(written, parts=parts), links) for parts in ((part,), ()))
        assert len(only) > len(nothing), part


def test_the_zalo_text_tells_what_was_called_off_moved_and_helped_with() -> None:
    week = every_letter(VI)["weekly"].parts[0]
    assert isinstance(week, UnitSection)
    ended = replace(week, attention=(), this_week=(), later=(), accepted=())
    assert zalo_text(letter(LetterKind.WEEKLY, ended), None) == (
        "Kính gửi đồng chí Trưởng Thôn 2. Thời gian mới: Thăm, tặng quà, hạn 24/6. "
        "Không cần làm nữa: Đề xuất kinh phí. Việc phối hợp: Lớp bơi an toàn "
        "(Phòng Văn hóa - Xã hội xã chủ trì), thứ Sáu, 26/6; Khắc phục điểm chưa an toàn "
        "(Trường A, Trường B, Trường C và 02 đơn vị khác chủ trì), thứ Sáu, 12/6; "
        "Việc hạn chế phổ biến (chỉ nêu tình trạng) (Công an xã chủ trì), thứ Sáu, 19/6. "
        "Vướng mắc xin gọi 0220 000 101. Xin không gửi tên, ảnh các cháu vào nhóm."
    )


def test_a_leader_without_mail_reads_the_facts() -> None:
    told = zalo_text(every_letter(VI)["escalation"], lambda _slot: "https://x.example/v/7KQ2")
    assert told == (
        "Kính gửi đồng chí Phó Chủ tịch UBND xã. Phòng Văn hóa - Xã hội xã kính báo cáo đồng chí "
        "01 việc cần cho ý kiến: Cắm biển cảnh báo, rào chắn, phân người trông coi: 04 trong 06 đơn vị "
        "đã xong; Thôn 2 và Thôn 5 chưa có kết quả, quá hạn 03 ngày làm việc (hạn 08/6). Ảnh hưởng: "
        "Phúc tra điểm nguy hiểm (hạn 15/6, dự kiến lùi đến 18/6); Kiểm tra nhóm trẻ độc lập (hạn 22/6, "
        "dự kiến lùi đến 24/6). Đề xuất của Phòng VH-XH: Cho lùi đến thứ Sáu, 12/6; nội dung, lý do ghi "
        "ở trang của việc này. Xin cho ý kiến tại https://x.example/v/7KQ2 hoặc qua điện thoại. "
        "Báo cáo kết quả chờ đồng chí xác nhận: Tổng hợp, thẩm định danh sách nhận quà (Phòng VH-XH). "
        "Xin đồng chí xem https://x.example/v/7KQ2 và xác nhận. Vướng mắc xin gọi 0220 000 101."
    )


def test_whoever_reads_by_zalo_finds_the_page_of_what_is_not_told_in_full() -> None:
    item = leadership().to_accept[0]
    for waiting, found in ((item,), Action.CHECK), ((item, item), Action.BOARD):
        part = leadership(cases=(), to_accept=waiting)
        told = zalo_text(letter(LetterKind.ESCALATION, part), lambda slot: f"<{slot.action}>")
        assert f"<{found}>" in told
    report = every_letter(VI)["closing-report"]
    assert f"<{Action.BOARD}>" in zalo_text(report, lambda slot: f"<{slot.action}>")


def test_the_office_without_mail_reads_its_counts() -> None:
    told = zalo_text(every_letter(VI)["digest"], None)
    assert "Chờ xác nhận: 02 (lâu nhất 03 ngày làm việc); " in told
    assert "Thư chưa đến: 02." in told


def test_a_copy_tells_what_was_called_off_moved_and_confirmed() -> None:
    week = every_letter(VI)["weekly"].parts[0]
    assert isinstance(week, UnitSection)
    copy = letter(LetterKind.DAILY, copied(week), to=FRONT)
    assert "quá" not in zalo_text(replace(copy, parts=(copied(village_section()),)), links)
    for text in (render(copy, links).text, zalo_text(copy, links)):
        for title in ("Thăm, tặng quà", "Đề xuất kinh phí", "Treo băng rôn, khẩu hiệu"):
            assert title in text


def test_a_leader_who_only_accepts_is_not_asked_to_decide() -> None:
    part = Leadership(leadership().plan, (), leadership().to_accept)
    rendered = render(letter(LetterKind.ESCALATION, part, to=DEPUTY), links)
    assert rendered.subject.startswith("Kính trình xác nhận kết quả")
    assert "xã kính trình đồng chí xác nhận 01 báo cáo kết quả:" in rendered.text
    assert "cần cho ý kiến" not in rendered.text


def test_letters_list_their_items_without_copies() -> None:
    written: Letter = every_letter(VI)["copy"]
    assert {item.unit for item in written.items} == {"front"}


def test_what_others_lead_is_cut_where_a_page_lists_the_rest() -> None:
    helped = tuple(
        Helping(f"Việc thứ {n}", ("Công an xã",), TENTH_OF_JUNE, Standing.IN_PROGRESS) for n in range(30)
    )
    weekly = letter(LetterKind.WEEKLY, village_section(helping=helped))
    cut, whole = render(weekly, links).text, render(weekly, None).text
    assert (cut.count("Việc thứ"), whole.count("Việc thứ")) == (MOST_HELPED, 30)
    assert "và 20 việc nữa" in cut
    assert "việc nữa" not in whole


@pytest.mark.parametrize(
    ("section", "answer"),
    [
        (village_section(attention=(SIGNS,)), "Xong rồi xin nhắn lại XONG."),
        (village_section(attention=(SIGNS, NEWS)), "Xong việc nào xin nhắn lại XONG kèm tên việc."),
        (front_section(), "Khi có kết quả, xin nhắn lại giúp."),
    ],
    ids=["one", "several", "requested"],
)
def test_a_zalo_text_says_how_to_answer(section: UnitSection, answer: str) -> None:
    assert answer in zalo_text(letter(LetterKind.DAILY, section), None)


def test_late_work_is_not_said_to_begin_now() -> None:
    new = replace(SIGNS, opens=True, standing=Standing.DUE_SOON)
    late = replace(new, standing=Standing.OVERDUE)
    said = [" ".join(circumstances(item, Voice.ORDER, speech(VI))) for item in (new, late)]
    assert ["Có thể bắt đầu ngay." in text for text in said] == [True, False]
