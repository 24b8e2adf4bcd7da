"""Letters as bytes: what another parser reads is what was meant, and nothing hostile gets in."""

import binascii
import email
import email.header
import email.policy
import itertools
import random
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.addresses import (
    LONGEST_HEADER_TEXT,
    Mailbox,
    MailInputError,
    Unfit,
    header_text,
    normalise_address,
)
from notifications.mime import Message, compose, random_message_id

HANOI = timezone(timedelta(hours=7))
OFFICE = Mailbox("dondoc@kim-thanh.example", "Phòng Văn hóa - Xã hội")
VILLAGE = Mailbox("thon2@kim-thanh.example", "Trưởng Thôn 2")
SUBJECT = "Việc của Thôn 2 - Tháng hành động vì trẻ em năm 2026"
LETTER = Message(
    sender=OFFICE,
    recipient=VILLAGE,
    reply_to=Mailbox("vhxh@kim-thanh.example"),
    subject=SUBJECT,
    text="Kính gửi: Đồng chí Trưởng Thôn 2\n\n1. Cắm biển cảnh báo. Hạn thứ Hai, 08/6.\n",
    html='<p lang="vi">Kính gửi: Đồng chí Trưởng Thôn 2</p>\n',
    message_id="<7f3a@kim-thanh.example>",
    date=datetime(2026, 6, 10, 7, 0, tzinfo=HANOI),
    list_id="thang-hanh-dong-2026.kim-thanh.example",
    language="vi",
    thread_root="<thon2.2026@kim-thanh.example>",
)
EVENTS = b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"

# Any text that a header or a body may hold.
printable = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\u202a\u202b\u202c\u202d\u202e"
    ).filter(lambda character: not "\u2066" <= character <= "\u2069"),
    max_size=200,
).map(lambda text: unicodedata.normalize("NFC", text))
lines = st.lists(printable | st.sampled_from([".", "..", "From x", " trailing ", "\t", "=", "--=_a", ""]))


def parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def body(data: bytes, kind: str) -> str:
    """The part as its reader sees it; on the wire every line ends in CRLF."""
    part = parsed(data).get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    assert content.count("\n") == content.count("\r\n")
    return content.replace("\r\n", "\n")


def letter_with(field: str, value: str) -> Message:
    changes: dict[str, Any] = {field: value}
    return replace(LETTER, **changes)


def assert_wire_ready(data: bytes) -> None:
    assert data.endswith(b"\r\n")
    assert data.isascii()
    for line in data.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\r" not in line
        assert b"\n" not in line


# What a reader sees


def test_a_letter_says_who_what_and_when() -> None:
    message = parsed(compose(LETTER))
    assert message["From"].addresses[0].display_name == "Phòng Văn hóa - Xã hội"
    assert message["From"].addresses[0].addr_spec == "dondoc@kim-thanh.example"
    assert str(message["To"]) == "Trưởng Thôn 2 <thon2@kim-thanh.example>"
    assert str(message["Reply-To"]) == "vhxh@kim-thanh.example"
    assert str(message["Subject"]) == SUBJECT
    assert message["Date"].datetime == datetime(2026, 6, 10, tzinfo=UTC)
    assert str(message["Message-ID"]) == "<7f3a@kim-thanh.example>"
    assert str(message["References"]) == "<thon2.2026@kim-thanh.example>"
    assert str(message["List-Id"]) == "<thang-hanh-dong-2026.kim-thanh.example>"
    assert str(message["Auto-Submitted"]) == "auto-generated"
    assert str(message["Content-Language"]) == "vi"


def test_text_stands_beside_html() -> None:
    data = compose(LETTER)
    assert parsed(data).get_content_type() == "multipart/alternative"
    assert body(data, "plain") == LETTER.text
    assert body(data, "html") == LETTER.html


def test_calendar_files_come_along() -> None:
    data = compose(replace(LETTER, calendars=(("viec.ics", EVENTS), ("lịch thôn 2.ics", EVENTS * 50))))
    assert_wire_ready(data)
    assert parsed(data).get_content_type() == "multipart/mixed"
    assert body(data, "plain") == LETTER.text
    first, second = parsed(data).iter_attachments()
    assert (first.get_filename(), second.get_filename()) == ("viec.ics", "lịch thôn 2.ics")
    assert first.get_payload(decode=True) == EVENTS
    assert second.get_payload(decode=True) == EVENTS * 50
    assert first["Content-Type"].params == {"charset": "utf-8", "method": "PUBLISH"}


def test_an_english_letter_needs_no_encoded_words() -> None:
    letter = replace(
        LETTER, subject="Tasks of Village 2", recipient=Mailbox("v2@kt.example", "Head of Village 2")
    )
    assert b"\r\nSubject: Tasks of Village 2\r\n" in compose(letter)
    assert b"\r\nTo: Head of Village 2 <v2@kt.example>\r\n" in compose(letter)


def test_the_same_letter_gives_the_same_bytes() -> None:
    letter = replace(LETTER, calendars=(("viec.ics", EVENTS),))
    assert compose(letter) == compose(replace(letter))
    assert compose(letter) != compose(replace(letter, text="khác\n"))


def test_line_ends_of_any_system_become_one() -> None:
    assert compose(replace(LETTER, text="a\r\nb\n")) == compose(replace(LETTER, text="a\nb"))


def test_message_ids_are_unguessable_and_fit() -> None:
    one, other = random_message_id("kim-thanh.example"), random_message_id("kim-thanh.example")
    assert one != other
    assert len(one.split("@")[0]) - 1 >= 96 / 4
    assert compose(replace(LETTER, message_id=one))


# Vietnamese subjects, decoded by a parser that is not ours

WHO = (
    "Ban Giám đốc",
    "Ban Giám hiệu Trường Tiểu học A",
    "Thôn Đại Đức",
    "Ủy ban MTTQ Việt Nam xã",
    "Đoàn xã",
)
WHAT = (
    "Việc của",
    "Tổng hợp tuần -",
    "Xin ý kiến: 02 việc của",
    "Kính gửi  (hai dấu cách)",
    "Trả lời gia hạn:",
)
WHERE = (
    "Tháng hành động vì trẻ em năm 2026",
    "Kế hoạch của UBND xã",
    "đến hết thứ Sáu, 12/6/2026",
    "=?utf-8?q?x?=",
)


def test_fifteen_hundred_vietnamese_subjects_keep_their_spaces() -> None:
    random_words = random.Random(2026)
    syllables = " ".join((*WHO, *WHAT, *WHERE)).split()
    subjects = [" ".join(parts) for parts in itertools.product(WHAT, WHO, WHERE)]
    while len(subjects) < 1_500:
        subjects.append(" ".join(random_words.choices(syllables, k=random_words.randint(1, 30))))
    for subject in subjects:
        data = compose(replace(LETTER, subject=subject))
        read = BytesHeaderParser(policy=email.policy.default).parsebytes(data)["Subject"]
        assert (str(read), read.defects) == (subject, ())
        assert max(map(len, data.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 76


def test_a_subject_of_156_characters_arrives_whole() -> None:
    subject = ("Đề nghị cắm biển cảnh báo, rào chắn, phân người trông coi điểm nguy hiểm " * 3)[
        :156
    ].strip() + "ạ"
    assert str(parsed(compose(replace(LETTER, subject=subject)))["Subject"]) == subject


def test_decomposed_input_is_composed() -> None:
    decomposed = unicodedata.normalize("NFD", SUBJECT)
    assert decomposed != SUBJECT
    letter = replace(LETTER, subject=decomposed, recipient=Mailbox(VILLAGE.address, "Trưởng Thôn 2"))
    assert compose(replace(letter, text=unicodedata.normalize("NFD", LETTER.text))) == compose(LETTER)


@given(subject=printable, name=printable)
def test_any_printable_header_survives(subject: str, name: str) -> None:
    letter = replace(LETTER, subject=subject, recipient=Mailbox("a@b.example", name))
    data = compose(letter)
    assert_wire_ready(data)
    header = dict(email.message_from_bytes(data).items())
    assert decoded(header["Subject"]) == subject
    assert decoded(header["To"]).removesuffix("<a@b.example>").removesuffix(" ") == name
    assert list(header).count("To") == 1


def decoded(header: str) -> str:
    """RFC 2047 by the letter, where the library's own reader strips the ends."""
    unfolded = header.replace("\r\n", "").replace("\n", "")
    chunks = email.header.decode_header(unfolded)
    return "".join(c if isinstance(c, str) else c.decode(charset or "ascii") for c, charset in chunks)


@given(text=lines.map("\n".join), html=lines.map("\n".join))
def test_any_printable_body_survives(text: str, html: str) -> None:
    data = compose(replace(LETTER, text=text, html=html))
    assert_wire_ready(data)
    assert body(data, "plain") == (text if text.endswith("\n") else text + "\n")
    assert body(data, "html") == (html if html.endswith("\n") else html + "\n")


@given(text=lines.map("\n".join))
def test_lines_encoded_one_by_one_are_the_body_encoded_whole(text: str) -> None:
    whole = text if text.endswith("\n") else text + "\n"
    expected = binascii.b2a_qp(whole.replace("\n", "\r\n").encode())
    assert b"\r\n\r\n" + expected + b"\r\n--=_" in compose(replace(LETTER, text=text))


@pytest.mark.parametrize(
    "line",
    [
        ".",
        "..",
        ".x",
        "From xa Kim Thanh",
        "a" * 5_000,
        "ạ" * 5_000,
        "đuôi có dấu cách ",
        "thụt\t",
        "=3D",
        "--",
    ],
)
def test_awkward_body_lines_arrive_as_they_were(line: str) -> None:
    text = f"trước\n{line}\nsau\n{line}\n"
    data = compose(replace(LETTER, text=text))
    assert_wire_ready(data)
    assert b"\r\n.\r\n" not in data
    assert body(data, "plain") == text


def test_a_body_that_is_a_path_or_markup_stays_a_body() -> None:
    for text in ("/etc/passwd\n", "<script>alert(1)</script>\n"):
        data = compose(replace(LETTER, text=text, subject=text.strip()))
        assert body(data, "plain") == text
        assert str(parsed(data)["Subject"]) == text.strip()


def test_a_megabyte_of_text_goes_through() -> None:
    text = "Rà soát điểm nguy cơ, cắm biển cảnh báo.\n" * 20_000
    assert len(text.encode()) > 1 << 20
    assert body(compose(replace(LETTER, text=text)), "plain") == text


def test_a_body_cannot_end_its_part() -> None:
    data = compose(LETTER)
    boundary = parsed(data).get_boundary()
    forged = compose(replace(LETTER, text=f"--{boundary}--\n--{boundary}\nContent-Type: text/html\n\n<b>\n"))
    assert [part.get_content_type() for part in parsed(forged).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


# What is refused

HOSTILE = {
    "CR": "\r",
    "LF": "\n",
    "header": "\r\nBcc: thief@evil.example",
    "NUL": "\0",
    "tab": "\t",
    "escape": "\x1b",
    "U+0085": "\x85",
    "U+2028": "\u2028",
    "U+2029": "\u2029",
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
}

PLACES: dict[str, Callable[[str], object]] = {
    "subject": lambda text: replace(LETTER, subject=f"Việc{text}của thôn"),
    "name": lambda text: Mailbox("a@b.example", f"Thôn{text}2"),
    "address": lambda text: Mailbox(f"a{text}@b.example"),
    "domain": lambda text: Mailbox(f"a@b{text}.example"),
    "file name": lambda text: replace(LETTER, calendars=((f"viec{text}.ics", EVENTS),)),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_characters_are_refused(place: str, hostile: str) -> None:
    with pytest.raises(MailInputError) as refusal:
        PLACES[place](HOSTILE[hostile])
    assert refusal.value.reason is Unfit.UNPRINTABLE
    assert str(refusal.value).isascii()


@pytest.mark.parametrize("place", PLACES)
def test_half_a_character_is_refused(place: str) -> None:
    with pytest.raises(MailInputError) as refusal:
        PLACES[place]("\ud83d")
    assert refusal.value.reason is Unfit.SURROGATE


@pytest.mark.parametrize(
    "token", ["<a@b>\r\nBcc: x@y.z", "a@b", "<a b@c>", "<a@b>\n", "<ạ@b>", "<" + "a" * 300 + "@b>"]
)
@pytest.mark.parametrize("field", ["message_id", "thread_root"])
def test_ids_keep_to_their_grammar(field: str, token: str) -> None:
    with pytest.raises(MailInputError) as refusal:
        letter_with(field, token)
    assert refusal.value.reason is Unfit.NAME


@pytest.mark.parametrize(
    ("field", "value"), [("list_id", "<a.b>"), ("list_id", "a"), ("language", "vi\r\nX: y")]
)
def test_other_tokens_keep_to_their_grammar(field: str, value: str) -> None:
    with pytest.raises(MailInputError) as refusal:
        letter_with(field, value)
    assert refusal.value.reason is Unfit.NAME


@pytest.mark.parametrize("name", ["", "../viec.ics", "a/b.ics", "a\\b.ics", ".ics", 'a".ics', "x" * 61])
def test_file_names_are_names(name: str) -> None:
    with pytest.raises(MailInputError) as refusal:
        replace(LETTER, calendars=((name, EVENTS),))
    assert refusal.value.reason is Unfit.NAME


@pytest.mark.parametrize("field", ["text", "html"])
@pytest.mark.parametrize("hostile", ["\0", "\x0b", "\x1b", "\r", "\x7f", "\x85", "\u2028", "\u2029"])
def test_bodies_hold_no_control_characters(field: str, hostile: str) -> None:
    with pytest.raises(MailInputError) as refusal:
        compose(letter_with(field, f"trước{hostile}sau"))
    assert refusal.value.reason is Unfit.UNPRINTABLE


@pytest.mark.parametrize("field", ["text", "html"])
def test_bodies_hold_no_half_characters(field: str) -> None:
    with pytest.raises(MailInputError) as refusal:
        compose(letter_with(field, "trước \udc80 sau"))
    assert refusal.value.reason is Unfit.SURROGATE


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(MailInputError) as refusal:
        replace(LETTER, date=datetime(2026, 6, 10, 7, 0))  # noqa: DTZ001
    assert refusal.value.reason is Unfit.NAIVE_DATE


def test_a_header_has_a_longest_text() -> None:
    assert header_text("ạ" * LONGEST_HEADER_TEXT)
    with pytest.raises(MailInputError) as refusal:
        header_text("ạ" * (LONGEST_HEADER_TEXT + 1))
    assert refusal.value.reason is Unfit.TOO_LONG


# Addresses


def test_a_name_that_looks_like_an_address_stays_a_name() -> None:
    name = 'Lê, "A" <x@y>'
    message = parsed(compose(replace(LETTER, recipient=Mailbox("le@b.example", name))))
    (address,) = message["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "le@b.example")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("thon2@kim-thanh.example", "thon2@kim-thanh.example"),
        ("Thon.2+viec@Kim-Thanh.EXAMPLE", "Thon.2+viec@kim-thanh.example"),
        ("ubnd@kimthành.vn", "ubnd@xn--kimthnh-dwa.vn"),
        (unicodedata.normalize("NFD", "ubnd@kimthành.vn"), "ubnd@xn--kimthnh-dwa.vn"),
        ("ubnd@xn--kimthnh-dwa.vn", "ubnd@xn--kimthnh-dwa.vn"),
        ("clerk@localhost", "clerk@localhost"),
    ],
)
def test_addresses_are_normalised(written: str, normal: str) -> None:
    assert normalise_address(written) == normal
    assert normalise_address(normal) == normal


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", Unfit.NOT_ONE_AT),
        ("thon2", Unfit.NOT_ONE_AT),
        ("a@b@c.example", Unfit.NOT_ONE_AT),
        ("thon 2@b.example", Unfit.SPACE),
        (" thon2@b.example", Unfit.SPACE),
        ("thon2@b.example ", Unfit.SPACE),
        ("thôn2@b.example", Unfit.INTERNATIONAL_LOCAL_PART),
        ("@b.example", Unfit.LOCAL_PART),
        ("a..b@c.example", Unfit.LOCAL_PART),
        (".a@c.example", Unfit.LOCAL_PART),
        ('"a"@c.example', Unfit.LOCAL_PART),
        ("<a@c.example>", Unfit.LOCAL_PART),
        ("a" * 65 + "@c.example", Unfit.LOCAL_PART),
        ("a@", Unfit.DOMAIN),
        ("a@b", Unfit.DOMAIN),
        ("a@b..example", Unfit.DOMAIN),
        ("a@-b.example", Unfit.DOMAIN),
        ("a@b_c.example", Unfit.DOMAIN),
        ("a@b.example.", Unfit.DOMAIN),
        ("a@[127.0.0.1]", Unfit.DOMAIN),
        ("a@b\uff20c.example", Unfit.DOMAIN),
        ("a@" + "b" * 64 + ".example", Unfit.DOMAIN),
        ("a@" + "b." * 300 + "example", Unfit.DOMAIN),
        ("a" * 60 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + ".vn", Unfit.TOO_LONG),
    ],
)
def test_mistyped_addresses_are_refused(written: str, reason: Unfit) -> None:
    with pytest.raises(MailInputError) as refusal:
        normalise_address(written)
    assert refusal.value.reason is reason


@given(st.text(max_size=40))
def test_an_address_is_ascii_or_refused(text: str) -> None:
    try:
        address = normalise_address(text)
    except MailInputError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert address.count("@") == 1
    assert normalise_address(address) == address
