"""Composing letters: from a stored letter to the bytes that are mailed, on one core.

Run `python benchmarks/bench_letters.py [--json] [--letters N]`. The floor renders nothing: it only builds the
MIME bytes of a letter already in words, so the difference is what words and layout cost. The goal is 1,500
letters a second with ten pieces of work and about 16 KB, 900 with a calendar of three events.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from notifications.addresses import Mailbox
from notifications.letters import Letter, LetterKind, Recipient, Sender, Slot, from_json, to_json
from notifications.messages import Rendered, render
from notifications.mime import Message, compose, random_message_id
from notifications.parts import Citation, Helper, Item, PlanName, UnitSection, Voice
from plan_definitions.model import Channel
from workflows.engine.states import Standing

MONDAY = date(2026, 6, 8)
NOW = datetime(2026, 6, 10, tzinfo=UTC)
PLAN = PlanName("month", "Tháng hành động vì trẻ em năm 2026", "UBND xã Kim Thành")
ROWS = 10


def item(number: int, *, new_date: bool) -> Item:
    """One late piece of work with everything a letter says of it."""
    return Item(
        plan=PLAN.id,
        assignment=f"hazard-signs-{number}/thon-2",
        title="Cắm biển cảnh báo, rào chắn, phân người trông coi",
        unit="thon-2",
        unit_name="Thôn 2",
        standing=Standing.OVERDUE,
        due=MONDAY,
        original_due=MONDAY,
        late=2,
        citations=(Citation("V.6.2"),),
        named=True,
        helpers=(Helper("Công an xã", "0220 000 113"),),
        new_date=new_date,
    )


def sample(events: int) -> Letter:
    """A daily letter of ten rows, some of them with a date for the calendar."""
    attention = tuple(item(number, new_date=number < events) for number in range(ROWS))
    sender = Sender(
        "kim-thanh", "UBND xã Kim Thành", "vhxh", "Phòng Văn hóa - Xã hội xã", "Phòng VH-XH", "0220 000 101"
    )
    reader = Recipient(
        "thon-2/head", "thon-2", "Đồng chí Trưởng Thôn 2", Channel.MAIL, "t2@kt.example", Voice.ORDER
    )
    section = UnitSection(PLAN, "thon-2", "Thôn 2", Voice.ORDER, attention=attention)
    return Letter(LetterKind.DAILY, sender, reader, date(2026, 6, 10), (section,))


def links(slot: Slot) -> str:
    """An address as long as a signed one; signing itself is not measured here."""
    return f"https://dondoc.kim-thanh.example/v/7KQ2-9FDM-4XWR-ABCD/{slot.assignment}/{slot.action}"


def mime(words: Rendered) -> bytes:
    """The bytes of a letter in words."""
    calendars = (("lich.ics", words.calendar),) if words.calendar is not None else ()
    message = Message(
        sender=Mailbox("dondoc@kim-thanh.example", "Phòng Văn hóa - Xã hội xã"),
        recipient=Mailbox("t2@kim-thanh.example"),
        reply_to=Mailbox("vhxh@kim-thanh.example"),
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_id=random_message_id("kim-thanh.example"),
        date=NOW,
        list_id="dondoc.kim-thanh.example",
        language="vi",
        calendars=calendars,
    )
    return compose(message)


def rate(make: Callable[[], object], letters: int) -> float:
    """The best of three runs, in letters a second."""
    make()
    best = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        for _ in range(letters):
            make()
        best = max(best, letters / (time.perf_counter() - begun))
    return best


def measure(letters: int) -> dict[str, float]:
    """Every figure of the table."""
    plain, dated = sample(events=0), sample(events=3)
    stored = to_json(plain)
    words = render(plain, links)
    other = replace(plain, recipient=replace(plain.recipient, contact="thon-2/deputy"))
    return {
        "bytes": len(mime(words)),
        "html_bytes": len(words.html.encode()),
        "floor_mime_only": rate(lambda: mime(words), letters),
        "from_json": rate(lambda: from_json(stored), letters),
        "render": rate(lambda: render(other, links), letters),
        "compose": rate(lambda: mime(render(plain, links)), letters),
        "compose_three_events": rate(lambda: mime(render(dated, links)), letters),
    }


def main(arguments: Sequence[str]) -> int:
    """Print the figures as a table or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--letters", type=int, default=1_000)
    given = parser.parse_args(arguments)
    figures = measure(given.letters)
    if given.json:
        print(json.dumps(figures))
        return 0
    print(f"one letter: {figures.pop('bytes'):,.0f} bytes, HTML {figures.pop('html_bytes'):,.0f}")
    for name, value in figures.items():
        print(f"{name:24} {value:9,.0f} letters/s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
