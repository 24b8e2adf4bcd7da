"""Rows and letters for tests of the letters: the commune of `builders`, with people who can be reached.

The day is Wednesday, 10 June 2026 unless a test says otherwise.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from builders import TENTH_OF_JUNE, calendar

from notifications.letters import Letter, LetterKind, Recipient, Sender, Slot
from notifications.parts import (
    Affected,
    Alarm,
    Attempt,
    Case,
    Closing,
    ClosingReport,
    Decided,
    Decision,
    DeskNote,
    Digest,
    HandOvers,
    Leadership,
    NextRung,
    Part,
    PlanName,
    SignIn,
    Silence,
    Tally,
    Tried,
    Trouble,
    Undelivered,
    UnitCount,
    UnitSection,
    Voice,
)
from notifications.work import Citation, Helper, Helping, Item
from plan_definitions.model import Channel
from plan_definitions.working_days import WorkingCalendar
from workflows.engine.records import Answered
from workflows.engine.states import Standing
from workflows.texts import Language

CALENDAR = WorkingCalendar(calendar())
MONDAY = date(2026, 6, 8)
PLAN = PlanName("month-2026", "Tháng hành động vì trẻ em năm 2026", "UBND xã Kim Thành")
SENDER = Sender(
    "kim-thanh",
    "UBND xã Kim Thành",
    "vhxh",
    "Phòng Văn hóa - Xã hội xã",
    "Phòng VH-XH",
    "0220 000 101",
)
VILLAGE = Recipient(
    "thon-2/head", "thon-2", "Đồng chí Trưởng Thôn 2", Channel.MAIL, "t2@kim-thanh.example", Voice.ORDER
)
FRONT = Recipient(
    "front/chair",
    "front",
    "Ban Thường trực Ủy ban MTTQ Việt Nam xã",
    Channel.MAIL,
    "front@kim-thanh.example",
    Voice.REQUEST,
)
CLERK = Recipient(
    "vhxh/clerk", "vhxh", "Phòng Văn hóa - Xã hội xã", Channel.MAIL, "vhxh@kim-thanh.example", Voice.ORDER
)
DEPUTY = Recipient(
    "deputy/pct",
    "deputy",
    "Đồng chí Phó Chủ tịch UBND xã",
    Channel.MAIL,
    "pct@kim-thanh.example",
    Voice.REPORT,
)

_LATE = {"standing": Standing.OVERDUE, "due": MONDAY, "original_due": MONDAY, "late": 2}
_SOON = {
    "standing": Standing.DUE_SOON,
    "due": date(2026, 6, 12),
    "original_due": date(2026, 6, 12),
    "left": 2,
}


def links(slot: Slot) -> str:
    """Addresses of the length that signed ones have."""
    token = "kim-thanh~thon-2~head~1~~4711.Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6"
    return f"https://dondoc.kim-thanh.example/v/{token}/{slot.action}"


def work(number: int = 1, **fields: Any) -> Item:
    """One assignment of village 2, in time unless the fields say otherwise."""
    known: dict[str, Any] = {
        "plan": PLAN.id,
        "assignment": f"work-{number}/thon-2",
        "title": f"Việc mẫu số {number}",
        "unit": "thon-2",
        "unit_name": "Thôn 2",
        "standing": Standing.IN_PROGRESS,
        "due": date(2026, 6, 18),
    }
    return Item(**(known | fields))


SIGNS = work(
    1,
    assignment="hazard-signs/thon-2",
    title="Cắm biển cảnh báo, rào chắn, phân người trông coi",
    citations=(Citation("V.6.2"), Citation("II.4.6")),
    named=True,
    helpers=(Helper("Công an xã", "0220 000 113"),),
    **_LATE,
)
NEWS = work(2, assignment="weekly-report/thon-2/2", title="Điểm tin tuần", check_in=True, **_SOON)
RETURNED = work(
    3,
    title="Rà soát sông, ao, công trình, điện",
    standing=Standing.IN_PROGRESS,
    due=date(2026, 6, 15),
    original_due=date(2026, 6, 5),
    left=3,
    returned=True,
    citations=(Citation("V.6.2"),),
    named=True,
)
STUCK = work(
    4,
    title="Nhận học sinh về thôn, công bố lịch hè",
    obstacle=True,
    extension_wanted=date(2026, 6, 19),
    **_SOON,
)
TALKS = work(
    5, title="Tuyên truyền chủ đề năm; củng cố nhóm bảo vệ trẻ em tại chỗ", new_date=True, opens=True
)
HELD_UP = work(
    6,
    title="Tổ chức vui chơi, văn nghệ, thể thao, tham quan",
    standing=Standing.WAITING_FOR_OTHERS,
    due=date(2026, 6, 26),
    waits_for=("Trường Tiểu học A", "Đoàn xã"),
)

AFTER_SIGNS = work(
    16,
    title="Phúc tra điểm nguy hiểm",
    standing=Standing.NOT_DUE,
    due=date(2026, 6, 9),
    earlier=(SIGNS.title,),
)


def village_section(**fields: Any) -> UnitSection:
    """Village 2's section."""
    known: dict[str, Any] = {
        "plan": PLAN,
        "unit": "thon-2",
        "unit_name": "Thôn 2",
        "voice": Voice.ORDER,
        "attention": (RETURNED, SIGNS, STUCK, NEWS, TALKS),
    }
    return UnitSection(**(known | fields))


def front_section(**fields: Any) -> UnitSection:
    """The Front's section: requested, never ordered."""
    shared = {"unit": "front", "unit_name": "Ủy ban MTTQ Việt Nam xã"}
    asked = (
        work(1, title="Số liệu tiếp nhận, sử dụng nguồn hỗ trợ trong tuần", **(_LATE | shared)),
        work(
            2,
            title="Vận động đoàn viên, hội viên, Nhân dân hưởng ứng",
            citations=(Citation("V.7.1"),),
            named=True,
            returned=True,
            obstacle=True,
            extension_wanted=date(2026, 6, 19),
            promised=date(2026, 6, 18),
            helpers=(Helper("Phòng Văn hóa - Xã hội xã", "0220 000 101"),),
            **(_SOON | shared),
        ),
    )
    return UnitSection(PLAN, "front", "Ủy ban MTTQ Việt Nam xã", Voice.REQUEST, attention=asked, **fields)


_TALLY = Tally(date(2026, 6, 5), on_time=7, late=1, in_time=4, overdue=1, waiting=1)
_HELPING = (
    Helping("Lớp bơi an toàn", ("Phòng Văn hóa - Xã hội xã",), date(2026, 6, 26), Standing.IN_PROGRESS),
    Helping(
        "Khắc phục điểm chưa an toàn",
        tuple(f"Trường {n}" for n in "ABCDE"),
        date(2026, 6, 12),
        Standing.DUE_SOON,
    ),
    Helping(None, ("Công an xã",), date(2026, 6, 19), Standing.IN_PROGRESS),
)
_WEEK: dict[str, Any] = {
    "this_week": (NEWS,),
    "later": (HELD_UP, work(7, title="Báo cáo kết quả, số liệu, đề nghị khen", due=date(2026, 7, 2))),
    "helping": _HELPING,
    "accepted": (work(8, title="Treo băng rôn, khẩu hiệu", standing=Standing.DONE_ON_TIME),),
    "redated": (work(9, title="Thăm, tặng quà", due=date(2026, 6, 24), new_date=True),),
    "cancelled": (work(10, title="Đề xuất kinh phí", standing=Standing.CANCELLED, new_date=True),),
    "tally": _TALLY,
}


def digest(**fields: Any) -> Digest:
    """The standing office's day with every section filled."""
    other = work(11, unit="thon-5", unit_name="Thôn 5", title="Cắm biển cảnh báo, rào chắn", **_LATE)
    known: dict[str, Any] = {
        "plan": PLAN,
        "to_check": (work(12, unit_name="Trường THCS C", waiting_days=3), work(13, waiting_days=1)),
        "obstacles": (STUCK,),
        "extensions": (STUCK,),
        "overdue": (SIGNS, other),
        "next_rungs": (NextRung(SIGNS, ("deputy_chair",)), NextRung(other, ("deputy_chair", "chair"))),
        "waiting": (
            work(14, unit_name="Công an xã", title="Phúc tra điểm nguy hiểm", waits_for=("Thôn 2", "Thôn 5")),
        ),
        "silent": (Silence("Thôn 2", date(2026, 6, 4)), Silence("Thôn 3", None)),
    }
    return Digest(**(known | fields))


DESK = DeskNote(
    hand_overs=HandOvers(2, 1, 1),
    undelivered=(Undelivered("Trường THCS C", 550), Undelivered("Thôn 4")),
    last_round=date(2026, 6, 9),
    chain_heads={"month-2026": "9f3c2ab17d4405e6aa1b"},
)


def leadership(**fields: Any) -> Leadership:
    """Two villages late with their signs, and one report to accept."""
    late = tuple(
        work(
            n,
            unit=f"thon-{n}",
            unit_name=f"Thôn {n}",
            title=SIGNS.title,
            obstacle=n == 5,
            **(_LATE | {"late": 3}),
        )
        for n in (2, 5)
    )
    case = Case(
        task="hazard-signs",
        title="Cắm biển cảnh báo, rào chắn, phân người trông coi",
        late=late,
        members=6,
        done=4,
        tried=(
            Tried(Attempt.REMINDED, date(2026, 6, 4)),
            Tried(Attempt.REMINDED, MONDAY),
            Tried(Attempt.PHONED, date(2026, 6, 9)),
        ),
        silent=("Thôn 2",),
        affected=(
            Affected("Phúc tra điểm nguy hiểm", date(2026, 6, 15), date(2026, 6, 18), ("Công an xã",)),
            Affected("Kiểm tra nhóm trẻ độc lập", date(2026, 6, 22), date(2026, 6, 24)),
        ),
        proposed=True,
        proposed_until=date(2026, 6, 12),
    )
    known: dict[str, Any] = {
        "plan": PLAN,
        "cases": (case,),
        "to_accept": (
            work(15, title="Tổng hợp, thẩm định danh sách nhận quà", unit_name="Phòng VH-XH", waiting_days=2),
        ),
    }
    return Leadership(**(known | fields))


def closing_report(**fields: Any) -> ClosingReport:
    """A season that ended with signs missing in two villages."""
    known: dict[str, Any] = {
        "plan": PLAN,
        "tally": Tally(TENTH_OF_JUNE, on_time=19, late=1, in_time=0, overdue=2),
        "units": (
            UnitCount("Công an xã", Tally(TENTH_OF_JUNE, 13, 0, 0, 0)),
            UnitCount("Thôn 2", Tally(TENTH_OF_JUNE, 6, 1, 0, 2)),
        ),
        "undone": (Helping(SIGNS.title, ("Thôn 2", "Thôn 5"), MONDAY, Standing.OVERDUE),),
    }
    return ClosingReport(**(known | fields))


def letter(
    kind: LetterKind, *parts: Part, to: Recipient = VILLAGE, language: Language = Language.VI
) -> Letter:
    """A letter of 10 June."""
    return Letter(kind, SENDER, to, TENTH_OF_JUNE, parts, language)


def every_letter(language: Language) -> dict[str, Letter]:
    """At least one letter of each kind and voice, by a name for the test's report."""
    decisions = {
        f"decision-{decided}": letter(
            LetterKind.DECISION, Decision(PLAN, decided, SIGNS, Voice.ORDER, Answered.AGREED)
        )
        for decided in Decided
    }
    other = village_section(unit="thon-3", unit_name="Thôn 3", attention=(SIGNS,))
    letters = {
        "publication": letter(
            LetterKind.PUBLICATION,
            village_section(attention=(), later=(*_WEEK["later"], TALKS), helping=_HELPING),
        ),
        "publication-request": letter(
            LetterKind.PUBLICATION, front_section(later=_WEEK["later"], helping=_HELPING), to=FRONT
        ),
        "daily": letter(LetterKind.DAILY, village_section()),
        "daily-request": letter(LetterKind.DAILY, front_section(), to=FRONT),
        "daily-two-units": letter(LetterKind.DAILY, village_section(attention=(SIGNS,)), other),
        "weekly": letter(LetterKind.WEEKLY, village_section(attention=(SIGNS,), **_WEEK)),
        "weekly-request": letter(LetterKind.WEEKLY, front_section(**_WEEK), to=FRONT),
        "copy": letter(LetterKind.DAILY, front_section(), village_section(copied=True), to=FRONT),
        "digest": letter(
            LetterKind.DIGEST,
            digest(),
            DESK,
            village_section(unit="vhxh", unit_name=SENDER.name, attention=(NEWS,)),
            to=CLERK,
        ),
        "escalation": letter(LetterKind.ESCALATION, leadership(), to=DEPUTY),
        "closing": letter(
            LetterKind.CLOSING, Closing(PLAN, "thon-2", "Thôn 2", Voice.ORDER, _TALLY, (SIGNS,))
        ),
        "closing-report": letter(LetterKind.CLOSING, closing_report(), to=DEPUTY),
        "closing-own": letter(
            LetterKind.CLOSING,
            closing_report(),
            Closing(PLAN, "vhxh", SENDER.name, Voice.ORDER, _TALLY),
            to=CLERK,
        ),
        "sign_in": letter(LetterKind.SIGN_IN, SignIn(15), to=CLERK),
        "alarm": letter(
            LetterKind.ALARM, Alarm((Trouble("there is no home at {path}", {"path": "x"}),)), to=CLERK
        ),
    }
    return {name: replace(one, language=language) for name, one in (letters | decisions).items()}
