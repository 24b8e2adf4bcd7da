"""Composing letters on one core: from a stored letter to the bytes that are mailed.

    python benchmarks/bench_letters.py [--letters 200] [--rounds 5] [--json]

Each round composes letters to so many different readers, with ten pieces of work each out of sixty titles, as
a commune's round does. The goals are 1,500 letters a second, 900 with a calendar of three events, for a
weekly letter of ten rows; `ten_buttons` is the worst ten rows there are, each in full with its four buttons.
Addresses are as long as signed ones; what signing adds is a row of its own.

The floor writes no word: it hands the finished text and HTML to the standard library's `email`. Times are CPU
seconds of the process, and of several rounds the best counts.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from email.charset import QP, Charset
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from benchmarks.report import asked, tell
from notifications.addresses import Mailbox
from notifications.letters import Letter, LetterKind, Links, Recipient, Sender, Slot, from_json, to_json
from notifications.messages import Rendered, render
from notifications.mime import Message, compose, random_message_id
from notifications.parts import PlanName, Tally, UnitSection, Voice
from notifications.work import Citation, Helper, Item
from plan_definitions.model import Channel
from workflows.engine.states import Standing
from workflows.operations.mail.links import LinkSigner, links_of
from workflows.store.database import Database

MONDAY = date(2026, 6, 8)
NOW = datetime(2026, 6, 10, tzinfo=UTC)
PLAN = PlanName("thang_hanh_dong_vi_tre_em_2026", "Tháng hành động vì trẻ em năm 2026", "UBND xã Kim Thành")
ROWS, TITLES = 10, 60
DOMAIN = "kim-thanh.example"


def item(number: int, unit: int, *, new_date: bool = False) -> Item:
    """One late piece of work with everything a letter says of it."""
    task = number % TITLES
    return Item(
        plan=PLAN.id,
        assignment=f"hazard-signs-{task}/thon-{unit}",
        title=f"Cắm biển cảnh báo, rào chắn, phân người trông coi {task} nơi",
        unit=f"thon-{unit}",
        unit_name=f"Thôn {unit}",
        standing=Standing.OVERDUE,
        due=MONDAY,
        original_due=MONDAY,
        late=2,
        citations=(Citation(f"V.{task % 8}.2"),),
        named=True,
        helpers=(Helper("Công an xã", "0220 000 113"),),
        new_date=new_date,
        number=10_000 + number,
    )


def sample(number: int, *, pressing: int, events: int = 0) -> Letter:
    """A weekly letter of ten rows to one of many readers: what presses in full, the rest as a list."""
    unit, first = number, number * 7
    rows = [item(first + row, unit, new_date=row < events) for row in range(ROWS)]
    later = tuple(replace(row, standing=Standing.IN_PROGRESS, late=0) for row in rows[pressing:])
    sender = Sender(
        "kim-thanh", "UBND xã Kim Thành", "vhxh", "Phòng Văn hóa - Xã hội xã", "Phòng VH-XH", "0220 000 101"
    )
    name = f"Thôn {unit}"
    reader = Recipient(
        f"thon-{unit}/head", f"thon-{unit}", f"Đồng chí Trưởng {name}", Channel.MAIL, f"t{unit}@{DOMAIN}",
        Voice.ORDER,
    )  # fmt: skip
    section = UnitSection(
        PLAN, f"thon-{unit}", name, Voice.ORDER, tuple(rows[:pressing]), later=later,
        tally=Tally(MONDAY, 3, 1, ROWS - pressing, pressing),
    )  # fmt: skip
    return Letter(LetterKind.WEEKLY, sender, reader, date(2026, 6, 10), (section,))


def unsigned(slot: Slot) -> str:
    """An address that is as long as a signed one, and as different from row to row."""
    token = f"kim-thanh~{slot.unit}~head~1~~{slot.number}.".ljust(60, "x")
    return f"https://dondoc.{DOMAIN}/v/{token}?do={slot.action.value}"


def mime(letter: Letter, words: Rendered) -> bytes:
    """The bytes of a letter in words."""
    message = Message(
        sender=Mailbox(f"dondoc@{DOMAIN}", letter.sender.name),
        recipient=Mailbox(letter.recipient.address, letter.recipient.salutation),
        reply_to=Mailbox(f"vhxh@{DOMAIN}"),
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_id=random_message_id(DOMAIN),
        date=NOW,
        list_id=f"dondoc.{DOMAIN}",
        language="vi",
        calendars=(("lich.ics", words.calendar),) if words.calendar is not None else (),
    )
    return compose(message)


def floor_mime(words: Rendered) -> bytes:
    """The same two bodies through the standard library, in quoted-printable."""
    charset = Charset("utf-8")
    charset.body_encoding = QP
    message = MIMEMultipart("alternative")
    message["Subject"] = words.subject
    for kind, body in (("plain", words.text), ("html", words.html)):
        part = MIMEText("", kind)
        part.replace_header("Content-Transfer-Encoding", "quoted-printable")
        part.set_payload(charset.body_encode(body.encode("utf-8")))
        message.attach(part)
    return message.as_bytes()


def rate(call: Callable[[Letter], object], letters: Sequence[Letter], rounds: int) -> float:
    """The best of several rounds over all letters, in letters a second of CPU time."""
    best = 0.0
    for _ in range(rounds):
        begun = time.process_time()
        for letter in letters:
            call(letter)
        best = max(best, len(letters) / (time.process_time() - begun))
    return round(best)


def measure(count: int, rounds: int) -> dict[str, float]:
    """Every figure of the table."""
    weekly = [sample(n, pressing=3) for n in range(count)]
    dated = [sample(n, pressing=3, events=3) for n in range(count)]
    buttons = [sample(n, pressing=ROWS) for n in range(count)]
    stored = {id(letter): to_json(letter) for letter in weekly}
    words = {id(letter): render(letter, unsigned) for letter in weekly}
    floor = rate(lambda letter: floor_mime(words[id(letter)]), weekly, rounds)
    ours = rate(lambda letter: mime(letter, words[id(letter)]), weekly, rounds)
    whole = rate(_whole, weekly, rounds)
    return {
        "bytes": len(mime(weekly[0], words[id(weekly[0])])),
        "floor_mime_stdlib": floor,
        "mime": ours,
        "mime_ratio": round(ours / floor, 2),
        "from_json": rate(lambda letter: from_json(stored[id(letter)]), weekly, rounds),
        "words": rate(lambda letter: render(letter, unsigned), weekly, rounds),
        "whole": whole,
        "whole_ratio": round(whole / floor, 2),
        "whole_three_events": rate(_whole, dated, rounds),
        "whole_signed": _signed_rate(weekly, rounds),
        "ten_buttons_bytes": len(_whole(buttons[0])),
        "ten_buttons": rate(_whole, buttons, rounds),
        "ten_buttons_signed": _signed_rate(buttons, rounds),
    }


def _whole(letter: Letter, links: Links = unsigned) -> bytes:
    return mime(letter, render(letter, links))


def _signed_rate(letters: Sequence[Letter], rounds: int) -> float:
    signer = LinkSigner("k" * 43)
    database = Database.open("sqlite://", create=True)
    with database.read() as transaction:

        def signed(letter: Letter) -> bytes:
            return _whole(letter, links_of(letter, signer, f"https://dondoc.{DOMAIN}", transaction))

        found = rate(signed, letters, rounds)
    database.close()
    return found


def main() -> None:
    """Measure and print."""
    given = asked(__doc__, letters=200, rounds=5)
    figures = measure(given.letters, given.rounds)
    units = {name: "bytes" if "bytes" in name else "letters/s" for name in figures if "ratio" not in name}
    tell(figures, as_json=given.json, units=units)


if __name__ == "__main__":
    main()
