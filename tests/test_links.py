"""Signed links: what one says, that nothing passes for another, and how all of a contact's are revoked."""

from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letter_samples import letter, village_section
from operation_cases import publish_plan

from notifications.letters import Action, LetterKind, Slot
from notifications.parts import SignIn
from workflows.operations.mail.links import DESK_ACTIONS, Link, LinkSigner, links_of, named, short_links_of
from workflows.store.database import Database

KEY = "a key of at least thirty-two signs"
SIGNER = LinkSigner(KEY)
LINK = Link("kim-thanh", "thon-2/head", 3, "thon-2", "thang-tre-em-2026", "signs/thon-2")
BASE = "https://dondoc.example"
words = st.text(st.characters(codec="utf-8"), max_size=30)


@given(words, words, st.integers(1, 9999), words, st.none() | words, st.none() | words)
def test_a_token_says_what_it_was_made_of(
    office: str, contact: str, version: int, unit: str, plan: str | None, assignment: str | None
) -> None:
    link = Link(office, contact, version, unit, plan, assignment)
    assert SIGNER.read(SIGNER.token(link)) == link


identifiers = st.from_regex(r"(?=[0-9-]*[a-z])[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)


@given(identifiers, identifiers, identifiers, st.integers(1, 9999), identifiers, st.integers(1, 10**12))
def test_a_link_to_work_says_it_by_number(
    office: str, holder: str, contact: str, version: int, unit: str, number: int
) -> None:
    for about in (unit, holder):
        link = Link(office, f"{holder}/{contact}", version, about, number=number)
        token = SIGNER.token(link)
        assert SIGNER.read(token) == link
        assert token == quote(token)


@given(st.data())
def test_a_token_changed_anywhere_is_none_of_ours(data: st.DataObject) -> None:
    token = SIGNER.token(LINK)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("abcXYZ019-_."))
    changed = token[:place] + other + token[place + 1 :]
    found = SIGNER.read(changed)
    # The last character of a signature has bits that mean nothing.
    assert found is None or found == LINK


@pytest.mark.parametrize("token", ["", ".", "a.b", "%00", "ê", "x" * 10_000, SIGNER.token(LINK)[:-1]])
def test_what_is_no_token_is_refused_without_a_fuss(token: str) -> None:
    assert SIGNER.read(token) is None
    assert SIGNER.read_calendar(token) is None
    assert SIGNER.read_sign_in(token) is None


def test_links_of_one_sort_or_of_another_installation_pass_for_no_other() -> None:
    tokens = {
        "link": SIGNER.token(LINK),
        "calendar": SIGNER.calendar_token(LINK),
        "sign-in": SIGNER.sign_in_token("request"),
    }
    readers = {"link": SIGNER.read, "calendar": SIGNER.read_calendar, "sign-in": SIGNER.read_sign_in}
    for made, token in tokens.items():
        for sort, read in readers.items():
            assert (read(token) is not None) == (made == sort)
    assert LinkSigner("another key of thirty-two signs!").read(tokens["link"]) is None


def links(database: Database, kind: LetterKind = LetterKind.DAILY, *slots: Slot) -> list[str]:
    publish_plan(database)
    with database.read() as transaction:
        address = links_of(letter(kind, village_section()), SIGNER, BASE, transaction)
        return [address(slot) for slot in slots]


def test_a_button_leads_to_its_assignment_and_says_what_it_is_for(database: Database) -> None:
    see, done, old = links(
        database,
        LetterKind.DAILY,
        Slot(Action.SEE, "p", "signs/thon-2", "thon-2", 7),
        Slot(Action.DONE, "p", "signs/thon-2", "thon-2", 7),
        Slot(Action.DONE, "p", "signs/thon-2", "thon-2"),
    )
    assert see.startswith(f"{BASE}/v/")
    assert "?" not in see
    assert parse_qs(urlsplit(done).query) == {"do": ["done"]}
    said = SIGNER.read(urlsplit(done).path.removeprefix("/v/"))
    assert said is not None
    assert (said.unit, said.number, said.version) == ("thon-2", 7, 1)
    # Of work that a letter knows by name alone the link says the name.
    told = SIGNER.read(urlsplit(old).path.removeprefix("/v/"))
    assert told is not None
    assert (told.unit, told.plan, told.assignment, told.version) == ("thon-2", "p", "signs/thon-2", 1)


def test_a_link_by_number_leads_to_the_work_under_its_name_of_today(database: Database) -> None:
    publish_plan(database)
    with database.read() as transaction:
        (plan,) = transaction.plans.headings()
        signs = transaction.assignments.get(plan.number, "signs/thon-2")
        by_name = Link("kim-thanh", "thon-2/head", 1, "thon-2", plan.id, signs.id)
        by_number = replace(by_name, plan=None, assignment=None, number=signs.number)
        assert named(transaction, by_number) == replace(by_name, number=signs.number)
        assert named(transaction, by_name) == by_name
        gone = replace(by_number, number=10**9)
        assert named(transaction, gone) == gone


def test_raising_a_contact_s_version_revokes_its_links(database: Database) -> None:
    slot = Slot(Action.UNIT)
    (before,) = links(database, LetterKind.DAILY, slot)
    old = SIGNER.read(before.rpartition("/")[2])
    assert old is not None
    with database.write() as transaction:
        assert transaction.tokens.bump(old.office, old.contact) == 2
        assert transaction.tokens.version(old.office, old.contact) != old.version
        fresh = links_of(letter(LetterKind.DAILY, village_section()), SIGNER, BASE, transaction)(slot)
    assert SIGNER.read(fresh.rpartition("/")[2]) == replace(old, version=2)


def test_pages_behind_a_sign_in_carry_no_token(database: Database) -> None:
    slots = [Slot(action, "p", "signs/thon-2") for action in DESK_ACTIONS]
    for found, action in zip(links(database, LetterKind.DIGEST, *slots), DESK_ACTIONS, strict=True):
        parts = urlsplit(found)
        assert parts.path == DESK_ACTIONS[action]
        assert parse_qs(parts.query) == {"plan": ["p"], "assignment": ["signs/thon-2"]}


def test_a_digest_s_button_names_its_section(database: Database) -> None:
    (found,) = links(database, LetterKind.DIGEST, Slot(Action.DESK, "p", section="overdue"))
    assert parse_qs(urlsplit(found).query) == {"plan": ["p"], "section": ["overdue"]}


def test_a_sign_in_link_names_the_request_it_was_asked_by(database: Database) -> None:
    publish_plan(database)
    asked = letter(LetterKind.SIGN_IN, SignIn(15, "request-7"))
    with database.read() as transaction:
        found = links_of(asked, SIGNER, BASE, transaction)(Slot(Action.SIGN_IN))
    assert SIGNER.read_sign_in(found.removeprefix(f"{BASE}/sign-in/")) == "request-7"


def test_a_text_to_read_out_carries_a_short_code_and_for_another_unit_the_whole_link(
    database: Database,
) -> None:
    publish_plan(database)
    with database.read() as transaction:
        address = short_links_of(letter(LetterKind.DAILY, village_section()), SIGNER, BASE, transaction)
        own = {address(Slot(Action.UNIT)), address(Slot(Action.SEE, "p", "signs/thon-2", "thon-2"))}
        other = address(Slot(Action.UNIT, unit="thon-3"))
    assert own == {f"{BASE}/v/{SIGNER.code(Link('kim-thanh', 'thon-2/head', 1, 'thon-2'))}"}
    said = SIGNER.read(other.rpartition("/")[2])
    assert said is not None
    assert (said.contact, said.unit) == ("thon-2/head", "thon-3")


def test_a_code_ends_with_the_links_of_its_contact() -> None:
    link = Link("kim-thanh", "thon-2/head", 1, "thon-2")
    others = (replace(link, version=2), replace(link, unit="thon-3"))
    codes = {SIGNER.code(one) for one in (link, *others)}
    assert len(codes) == 3
    assert all(len(code) == 9 and code[4] == "-" for code in codes)
