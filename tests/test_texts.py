"""Dates, counts, money and clauses as each language writes them."""

from datetime import UTC, date, datetime

import pytest

from plan_definitions.model import Clause
from workflows.engine.states import Standing
from workflows.texts import (
    STANDING_LABELS,
    Language,
    catalogue,
    cite,
    count,
    date_long,
    date_numeric,
    date_short,
    day_month,
    instant,
    money,
    number,
    plural_translator,
    standing_label,
    translator,
)

VI, EN = Language.VI, Language.EN


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 6, 1), "thứ Hai, 01/6/2026", "thứ Hai, 01/6"),
        (date(2026, 6, 12), "thứ Sáu, 12/6/2026", "thứ Sáu, 12/6"),
        (date(2026, 1, 15), "thứ Năm, 15/01/2026", "thứ Năm, 15/01"),
        (date(2026, 2, 8), "Chủ nhật, 08/02/2026", "Chủ nhật, 08/02"),
        (date(2026, 11, 7), "thứ Bảy, 07/11/2026", "thứ Bảy, 07/11"),
    ],
)
def test_vietnamese_days_take_two_digits_and_only_two_months_do(day: date, long: str, short: str) -> None:
    assert date_long(day, VI) == long
    assert date_short(day, VI) == short


def test_english_dates() -> None:
    assert date_long(date(2026, 6, 1), EN) == "Monday, 1 June 2026"
    assert date_short(date(2026, 6, 12), EN) == "Fri 12 June"
    assert date_numeric(date(2026, 6, 1), EN) == "1 June 2026"
    assert day_month(date(2026, 6, 8), EN) == "8 June"
    assert date_numeric(date(2026, 6, 1), VI) == "01/6/2026"


def test_an_instant_is_told_in_local_time() -> None:
    moment = datetime(2026, 6, 10, 18, 15, tzinfo=UTC)
    assert instant(moment, VI) == "01:15, 11/6/2026"
    assert instant(moment, EN) == "01:15, 11 June 2026"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 6, 10, 18, 15), VI)  # noqa: DTZ001


def test_counts_under_ten_take_a_zero_in_vietnamese() -> None:
    assert [count(n, VI) for n in (0, 1, 9, 10, 1200)] == ["0", "01", "09", "10", "1.200"]
    assert [count(n, EN) for n in (0, 1, 9, 10, 1200)] == ["0", "1", "9", "10", "1,200"]


def test_money_and_numbers() -> None:
    assert money(31_500_000, VI) == "31.500.000 đồng"
    assert money(31_500_000, EN) == "VND 31,500,000"
    assert number(1250, VI) == "1.250"


@pytest.mark.parametrize(
    ("clause", "vietnamese", "english"),
    [
        ("V.6.2", "mục V.6, ý thứ hai", "section V.6, second item"),
        ("II.7", "mục II.7", "section II.7"),
        ("V.7.5.3", "mục V.7, ý thứ năm, điểm thứ ba", "section V.7, fifth item, third point"),
        ("III", "mục III", "section III"),
        ("V.6.12", "mục V.6, ý thứ 12", "section V.6, no. 12 item"),
        ("END.1", "mục END.1", "section END.1"),
    ],
)
def test_clauses_are_cited_as_people_quote_them(clause: str, vietnamese: str, english: str) -> None:
    assert cite(clause, None, VI) == vietnamese
    assert cite(clause, None, EN) == english


def test_a_clause_may_say_how_it_is_quoted() -> None:
    clause = Clause("END.1", "Gửi kế hoạch", "deliverable", named=True, cite="phần Nơi nhận")
    assert cite("END.1", clause, VI) == "phần Nơi nhận"
    assert cite("END.1", clause, EN) == "section END.1"


def test_every_standing_has_its_words() -> None:
    assert set(STANDING_LABELS) == set(Standing)
    assert standing_label(Standing.WAITING_FOR_OTHERS, VI) == "Chờ đơn vị khác"
    assert standing_label(Standing.WAITING_FOR_OTHERS, EN) == "Waiting for others"
    assert len({standing_label(standing, VI) for standing in Standing}) == len(Standing)


def test_an_unknown_message_is_said_as_it_is() -> None:
    assert translator(VI)("not in any catalogue") == "not in any catalogue"
    assert translator(EN)("Overdue") == "Overdue"


def test_plurals() -> None:
    assert plural_translator(EN)("{n} call", "{n} calls", 2) == "{n} calls"
    assert plural_translator(VI)("{n} call", "{n} calls", 2) == "{n} cuộc gọi"


def test_catalogues_that_were_never_compiled_are_an_error(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    from workflows import texts

    folder = Path(str(tmp_path)) / "vi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "dondoc.po").write_text('msgid ""\nmsgstr ""\n', encoding="utf-8")
    monkeypatch.setattr(texts, "LOCALES", Path(str(tmp_path)))
    with pytest.raises(FileNotFoundError, match="make catalogues"):
        catalogue.__wrapped__(VI)
