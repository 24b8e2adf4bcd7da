"""The demo's window: other eyes, and the embedded inbox with letters that can do nothing."""

import time
from pathlib import Path

import pytest
from web_house import OFFICE, PLAN, SIGNS_2, House, forms_of, open_house, send

from notifications.inbox import EmbeddedInbox, letters
from notifications.outcomes import Kind
from notifications.servers import MailServer, Security
from notifications.transport import YagmailTransport
from web.letters_shown import neutral_html
from workflows.cli.demo import ReadHere
from workflows.cli.window import delivering
from workflows.engine.states import Verb
from workflows.operations.mail.outbox import neutralised
from workflows.settings import Settings
from workflows.store.records import LetterState

LETTER = (
    b"From: dondoc@kim-thanh.example\r\nTo: Thon 2 <thon-2@kim-thanh.example>\r\nSubject: Viec cua Thon 2\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b'<p style="color:red">Xin chao</p><a href="https://x.example/v/SECRET?do=done">Xong</a>'
    b"<script>alert(1)</script><img src=//evil.example/pixel onerror=alert(2)>\r\n"
)


@pytest.fixture
def letter(demo_house: House, tmp_path: Path) -> str:
    """The address of a letter that came into the demo's inbox by SMTP."""
    with EmbeddedInbox(tmp_path / "inbox") as inbox:
        server = MailServer(*inbox.address, Security.NONE)
        with YagmailTransport(server) as lane:
            outcome = lane.deliver("dondoc@kim-thanh.example", "thon-2@kim-thanh.example", LETTER)
    assert outcome.kind is Kind.SENT
    page = demo_house.browser().get("/inbox").text
    name: str = page.split('href="/inbox/')[1].split('"')[0]
    return f"/inbox/{name}"


def test_every_page_says_that_it_is_a_trial(demo_house: House) -> None:
    assert "Bản chạy thử" in demo_house.browser().get("/sign-in").text


def test_whoever_comes_to_a_trial_is_asked_with_whose_eyes_to_look(demo_house: House) -> None:
    assert demo_house.browser().get("/").url.path == "/demo"


def test_one_may_look_as_the_office_a_leader_and_a_unit(demo_house: House) -> None:
    browser = demo_house.browser()

    for unit, reached in (("vhxh", "/today"), ("deputy", "/leadership"), ("thon-2", f"/u/{OFFICE}/thon-2")):
        token = forms_of(browser.get("/demo"))[0][2]["form_token"]
        fields = {"form_token": token, "who": f"{OFFICE}/{unit}"}
        browser.post("/demo", data=fields, follow_redirects=False)
        assert browser.get("/", follow_redirects=False).headers["location"] == reached


def test_looking_as_a_unit_ends_the_offices_session(demo_house: House) -> None:
    browser = demo_house.browser()
    for unit in ("vhxh", "thon-2"):
        token = forms_of(browser.get("/demo"))[0][2]["form_token"]
        browser.post("/demo", data={"form_token": token, "who": f"{OFFICE}/{unit}"}, follow_redirects=False)

    assert browser.get(f"/w/{OFFICE}/{PLAN}/{SIGNS_2}").status_code == 200
    assert "dondoc_session" not in browser.cookies


def test_a_letter_is_shown_in_a_frame_that_may_do_nothing(demo_house: House, letter: str) -> None:
    browser = demo_house.browser()
    shown, body = browser.get(letter), browser.get(f"{letter}/body")

    assert '<iframe class="letter" sandbox' in shown.text
    assert "sandbox" in body.headers["content-security-policy"]
    assert "Xin chao" in body.text
    for dangerous in ("SECRET", "script", "alert", "evil.example", "href", "onerror"):
        assert dangerous not in body.text
    assert "SECRET" not in shown.text


def test_from_a_letter_one_comes_to_what_its_reader_sees(demo_house: House, letter: str) -> None:
    browser = demo_house.browser()
    shown = browser.get(letter)
    assert "Xem Thôn 2 thấy gì" in shown.text
    fields = {"form_token": forms_of(shown)[0][2]["form_token"], "who": f"{OFFICE}/thon-2"}
    browser.post("/demo", data=fields, follow_redirects=False)
    assert browser.get("/", follow_redirects=False).headers["location"] == f"/u/{OFFICE}/thon-2"


def test_a_letter_of_another_folder_cannot_be_opened(demo_house: House, letter: str) -> None:
    assert demo_house.browser().get("/inbox/..%2F..%2Fhome%2Fdondoc.db").status_code == 404


def test_links_in_plain_letters_lose_their_tokens() -> None:
    text = neutralised("Xong: https://x.example/v/abc.def-1?do=done hoặc https://x.example/m")

    assert text == "Xong: https://x.example/v/[…]?do=done hoặc https://x.example/m"


def test_markup_that_is_no_markup_stays_text() -> None:
    html = neutral_html("<style>p{color:red}</style><p>1 &lt; 2 &amp; <b title='\"><script>'>x</b></p>")

    assert "1 &lt; 2 &amp; " in html
    assert "<script" not in html
    assert "p{color:red}" in html


def test_where_letters_carry_no_links_sign_ins_go_to_the_terminal(demo_house: House) -> None:
    browser = demo_house.browser()

    send(browser, "/sign-in", browser.get("/sign-in"), address="vhxh@kim-thanh.example")

    # Where the request came in, whatever port that is; not what its head claims.
    (link,) = demo_house.told
    path = link.removeprefix("http://dondoc.kim-thanh.example:80")
    send(browser, path, browser.get(path))
    assert "dondoc_session" in browser.cookies
    assert demo_house.sign_in_letters() == []


def test_without_a_mail_server_they_go_there_as_well(tmp_path: Path, played_season: Path) -> None:
    with open_house(tmp_path, played_season, smtp_host=None) as house:
        browser = house.browser()
        told = send(browser, "/sign-in", browser.get("/sign-in"), address="vhxh@kim-thanh.example")
        assert "Chưa đặt máy chủ thư" in told.text
        (link,) = house.told
        assert link.startswith("http://dondoc.kim-thanh.example/sign-in/")
        assert house.sign_in_letters() == []


def test_only_letters_of_a_trial_have_buttons_that_lead_to_this_machine(tmp_path: Path) -> None:
    here = "http://127.0.0.1:8123"
    assert ReadHere.model_construct(home=tmp_path, base_url=here).public_base_url == here
    assert Settings(home=tmp_path, base_url=here).public_base_url is None


def test_what_is_decided_in_a_trial_is_delivered_meanwhile(demo_house: House) -> None:
    settings = demo_house.window.settings
    with delivering(settings, lambda: demo_house.now):
        demo_house.move("thon-2", Verb.OBSTACLE, SIGNS_2, note="Thiếu biển")
        demo_house.move("vhxh", Verb.RESOLVE, SIGNS_2, note="Xã cấp biển")
        deadline = time.monotonic() + 30
        while not any("thon-2@" in letter.to for letter in letters(settings.home / "inbox")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    with demo_house.database.read() as transaction:
        assert transaction.letters.count_by_state(OFFICE)[LetterState.SENDING] == 0
