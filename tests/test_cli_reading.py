"""The verbs that show: board, history, audit, letters, messages; their keys, and sentences for people."""

import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from cli_cases import NOW, PLAN, ROUND_DAY, Office, open_office

from workflows.cli import output, status
from workflows.cli.history import _shown
from workflows.cli.session import Session
from workflows.cli.verbs import VERBS
from workflows.engine.states import Standing
from workflows.operations.mail.links import Link, LinkSigner
from workflows.store.database import Database
from workflows.texts import Language

STATUS_KEYS = {
    "id", "title", "unit", "state", "standing", "due", "original_due", "days_late", "rung", "obstacle",
}  # fmt: skip
LETTER_KEYS = {
    "id", "key", "kind", "to", "subject", "state", "attempts", "message_id", "due", "last_reply",
}  # fmt: skip
HISTORY_KEYS = {
    "sequence", "as_of", "at", "verb", "before", "after", "by", "on_behalf_of", "via", "facts", "note",
    "hash",
}  # fmt: skip


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    return open_office(tmp_path, capsys, monkeypatch)


@pytest.fixture
def office(empty: Office) -> Office:
    empty.publish()
    empty.open_work()
    return empty


NEEDS_A_HOME = {
    "status": (), "round": (), "deliver": (), "audit": (), "outbox": (), "close": ("ke-hoach",),
    "message": ("thon-1",), "history": ("guide/vhxh",), "signin": ("vhxh@xa.example",),
    "task": ("start", "guide/vhxh", "--by", "vhxh"),
}  # fmt: skip


@pytest.mark.parametrize("verb", NEEDS_A_HOME)
def test_without_a_home_the_environment_says_no_and_none_is_made(empty: Office, verb: str) -> None:
    code, out, err = empty.call(verb, *NEEDS_A_HOME[verb])
    assert (code, out) == (3, "")
    assert "there is no home" in err
    assert not empty.home.exists()


def test_status_as_json(office: Office) -> None:
    board = office.document("status", "--as-of", "2026-06-11")
    assert set(board) == {"as_of", "counts", "assignments"}
    assert board["as_of"] == "2026-06-11"
    assert set(board["counts"]) == {standing.value for standing in Standing}
    assert all(isinstance(count, int) for count in board["counts"].values())
    assert sum(board["counts"].values()) == len(board["assignments"]) == 5
    assert all(set(row) == STATUS_KEYS for row in board["assignments"])
    late = next(row for row in board["assignments"] if row["id"] == "survey/thon-1")
    assert (late["standing"], late["days_late"], late["due"]) == ("overdue", 1, "2026-06-10")


def test_lateness_is_told_in_working_days_as_letters_tell_it(office: Office) -> None:
    _, out, _ = office.call("status", "--unit", "thon-1", "--as-of", "2026-06-15")
    assert "3 working days late" in out  # due on Wednesday, 10 June


def test_status_for_people_shows_what_presses(office: Office) -> None:
    code, out, err = office.call("status", "--as-of", "2026-06-09")
    assert (code, err) == (0, "")
    assert "Kế hoạch mẫu, Tuesday, 9 June 2026" in out
    assert "Overdue 1" in out
    assert "guide/vhxh" in out
    assert "signs/thon-1" not in out
    assert out.endswith("Not shown, since nothing presses: 4 (--all shows them).\n")
    assert "signs/thon-1" in office.call("status", "--as-of", "2026-06-09", "--all")[1]


def test_a_first_look_ends_with_a_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = office.call("status", "--as-of", "2026-06-11")[1]
    monkeypatch.setattr(status, "FIRST_PAGE", 1)
    page = office.call("status", "--as-of", "2026-06-11")[1]
    assert page.count("/thon-") + page.count("/vhxh") == 1
    more = whole.count("/thon-") + whole.count("/vhxh") - 1
    assert f"{more} more press as well (--unit shows one unit's, --all shows everything)." in page
    assert "more press" not in office.call("status", "--as-of", "2026-06-11", "--all")[1]


def test_a_long_document_has_an_entry_a_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    indented = office.document("status", "--as-of", "2026-06-11")
    monkeypatch.setattr(output, "_LONG_LIST", 2)
    out = office.call("status", "--as-of", "2026-06-11", "--json")[1]
    assert json.loads(out) == indented
    assert sum(line.startswith('{"id":') for line in out.splitlines()) == len(indented["assignments"])


def test_status_of_one_unit(office: Office) -> None:
    board = office.document("status", "--unit", "thon-2", "--as-of", ROUND_DAY)
    assert {row["unit"] for row in board["assignments"]} == {"thon-2"}
    assert "signs/thon-2" in office.call("status", "--unit", "thon-2", "--as-of", ROUND_DAY)[1]


@pytest.mark.parametrize("call", [("status", "--unit", "thon2"), ("message", "thon2")])
def test_an_unknown_unit_is_told_with_the_nearest(office: Office, call: tuple[str, ...]) -> None:
    code, out, err = office.call(*call)
    assert (code, out) == (1, "")
    assert "there is no unit `thon2`" in err
    assert "did you mean `thon-2`?" in err


def test_several_plans_want_to_be_told_apart(office: Office) -> None:
    office.write(PLAN.replace("id: ke-hoach", "id: ke-hoach-khac"))
    office.publish()
    code, _, err = office.call("status")
    assert (code, err) == (2, "there are several plans, say which with --plan: ke-hoach, ke-hoach-khac\n")
    assert office.call("status", "--plan", "ke-hoach")[0] == 0


def test_history_as_json_and_for_people(office: Office) -> None:
    records = office.document("history", "survey/thon-1")
    assert [record["verb"] for record in records] == ["create", "open"]
    assert all(set(record) == HISTORY_KEYS for record in records)
    code, out, _ = office.call("history", "survey/thon-1")
    assert code == 0
    assert "not open yet → open" in out


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["the publication", "the daily round"]), ("vi", ["lần ban hành", "vòng đôn đốc hằng ngày"])],
)
def test_history_calls_the_machine_by_words_and_keeps_its_ids_for_programs(
    office: Office, language: str, words: list[str]
) -> None:
    assert [record["by"] for record in office.document("history", "survey/thon-1")] == ["publish", "round"]
    rows = office.call("history", "survey/thon-1", language=language)[1].splitlines()[3:5]
    assert [word in row for word, row in zip(words, rows, strict=True)] == [True, True]


def test_history_has_words_for_what_a_report_leaves_out(office: Office) -> None:
    office.document("task", "submit", "guide/vhxh", "--by", "vhxh", "--later")
    office.document("task", "submit", "survey/thon-2", "--by", "thon-2", "--none")
    for assignment, words in (("guide/vhxh", "evidence"), ("survey/thon-2", "nothing to")):
        out = office.call("history", assignment)[1]
        assert (words in out, "True" in out) == (True, False)


def test_history_of_nothing(office: Office) -> None:
    code, out, err = office.call("history", "survey/thon-11")
    assert (code, out) == (1, "")
    assert "did you mean `survey/thon-1`?" in err


def test_audit_finds_the_history_whole(office: Office) -> None:
    found = office.document("audit")
    assert set(found) == {"records", "broken_at"}
    assert found["broken_at"] is None
    assert found["records"] >= 5


def test_audit_finds_what_was_changed(office: Office) -> None:
    with sqlite3.connect(office.home / "dondoc.db") as connection:
        connection.execute(
            "UPDATE records SET content = replace(content, 'thon-1', 'thon-2') WHERE sequence = 2"
        )
    connection.close()
    code, out, err = office.call("audit", "--json")
    assert code == 1
    assert '"broken_at": 2' in out
    assert "from record 2 on" in err


def test_the_outbox_as_json(office: Office) -> None:
    letters = office.document("outbox")
    assert all(set(letter) == LETTER_KEYS for letter in letters)
    by_hand = office.document("outbox", "--state", "to_hand_over")
    assert [letter["to"] for letter in by_hand] == ["0000 000 032"] * len(by_hand)
    assert all(letter["due"] is None for letter in by_hand)
    assert [letter["id"] for letter in letters] == sorted(letter["id"] for letter in letters)


def test_an_unknown_state_is_wrong_use(office: Office) -> None:
    code, out, err = office.call("outbox", "--state", "quued")
    assert (code, out) == (2, "")
    assert "did you mean `queued`?" in err


def test_a_letter_that_was_not_sent_is_shown_as_it_would_be(office: Office) -> None:
    code, out, err = office.call("outbox", "show", "1")
    assert (code, err) == (0, "")
    assert "Kính gửi" in out
    text = office.document("outbox", "show", "1")
    assert set(text) == LETTER_KEYS | {"text"}


def test_links_of_a_sent_letter_are_neutralised(office: Office) -> None:
    secret = "eyJ4Ijox.token"
    text = f"Content-Type: text/plain; charset=utf-8\n\nhttps://x.example/v/{secret}?do=done https://x.example/c/{secret}.ics"
    data = text.encode()
    database = Database.open(f"sqlite:///{office.home / 'dondoc.db'}", create=False)
    with database.write() as transaction:
        (claimed, *_) = transaction.letters.claim(NOW, NOW - NOW + (NOW - NOW.replace(hour=1)), 1)
        transaction.letters.freeze(claimed.letter.id, claimed.token, data, "<1@x.example>")
    database.close()
    _, out, _ = office.call("outbox", "show", str(claimed.letter.id))
    assert secret not in out
    assert "https://x.example/v/[…]?do=done https://x.example/c/[…]" in out


def test_a_letter_is_sent_again_and_another_ticked_off(office: Office) -> None:
    letters = {letter["state"]: letter["id"] for letter in office.document("outbox")}
    again = office.document("outbox", "retry", str(letters["queued"]))
    assert (again["state"], again["due"][:10]) == ("queued", "2026-06-10")
    by_hand = str(letters["to_hand_over"])
    assert office.document("outbox", "handed-over", by_hand, "--by", "vhxh")["state"] == "handed_over"
    code, out, err = office.call("outbox", "handed-over", by_hand, "--by", "vhxh")
    assert (code, out, err) == (1, "", f"letter {by_hand} is not to be handed over: handed over\n")
    code, _, err = office.call("outbox", "retry", by_hand)
    assert (code, err) == (1, f"letter {by_hand} cannot be sent again: handed over\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "99"), "there is no letter number 99"),
        (("retry", "99"), "there is no letter number 99"),
        (("handed-over", "1", "--by", "ai-do"), "is no known contact"),
    ],
)
def test_letters_that_do_not_exist_and_people_nobody_knows(
    office: Office, arguments: tuple[str, ...], sentence: str
) -> None:
    code, out, err = office.call("outbox", *arguments)
    assert (code, out) == (1, "")
    assert sentence in err


def test_a_message_asks_for_what_is_in_hand(office: Office) -> None:
    message = office.document("message", "thon-2", "--as-of", ROUND_DAY)
    assert set(message) == {"unit", "text"}
    assert "Rà soát" in message["text"]
    assert "Cắm biển" not in message["text"]  # waits for the survey: nobody is reminded of that
    _, _, err = office.call("message", "thon-2", "--as-of", ROUND_DAY, language="vi")
    assert err.startswith("Thôn 2: qua ")
    assert "http" not in message["text"]
    code, out, err = office.call("message", "thon-2", "--as-of", ROUND_DAY)
    assert (code, out) == (0, message["text"] + "\n")
    assert "0000 000 032" in err


def test_a_message_carries_a_link_where_the_window_is_public(office: Office) -> None:
    (office.folder / "dondoc.toml").write_text('base_url = "https://dondoc.example"\n', encoding="utf-8")
    text = office.document("message", "thon-2", "--as-of", ROUND_DAY)["text"]
    address = next(word for word in text.split() if word.startswith("https://dondoc.example/v/"))
    signer = LinkSigner((office.home / "secret_key").read_text())
    code = signer.code(Link("xa-mau", "thon-2/e", 1, "thon-2"))
    assert address == f"https://dondoc.example/v/{code}"


def test_a_unit_that_owes_nothing_is_left_in_peace(office: Office) -> None:
    assert office.document("message", "pct")["text"] == ""
    assert office.call("message", "pct")[1] == "Nothing is asked of Phó Chủ tịch today.\n"


def test_a_sign_in_link_for_a_known_address_only(office: Office) -> None:
    given = office.document("signin", "VHXH@xa.example")
    assert set(given) == {"address", "links", "until"}
    assert given["links"][0].startswith("http://127.0.0.1:8000/sign-in/")
    code, out, err = office.call("signin", "nobody@xa.example")
    assert (code, out, err) == (1, "", "nobody has the address nobody@xa.example\n")


def test_every_verb_of_the_contract_is_there() -> None:
    promised = "check show publish close round deliver status task message history audit outbox demo signin"
    assert set(promised.split()) <= set(VERBS)
    assert date.fromisoformat(ROUND_DAY) == NOW.date()


def test_history_calls_roles_by_their_names(tmp_path: Path) -> None:
    session = Session(Language.EN, tmp_path)
    assert _shown(["standing_office", "thon-1"], session) == "the standing office, thon-1"
