"""The frame of the window: headers, languages, forms, failures, the way in."""

import re
import socket
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from web_house import BASE_URL, PLAN, House, forms_of, send

from web.server import listen


def test_every_answer_carries_a_strict_policy_and_is_kept_nowhere(house: House) -> None:
    answer = house.browser().get("/sign-in")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_no_page_holds_inline_script_or_style(house: House) -> None:
    text = house.browser().get("/sign-in").text

    assert " style=" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count("<script src=") == 1


def test_vietnamese_is_the_default_and_english_stays_once_chosen(house: House) -> None:
    browser = house.browser()

    assert '<html lang="vi">' in browser.get("/sign-in").text
    assert "Sign in" in browser.get("/sign-in?lang=en").text
    assert '<html lang="en">' in browser.get("/sign-in").text


def test_style_and_script_may_be_kept_and_are_found_under_a_proxys_path(house: House) -> None:
    text = house.browser().get("/sign-in").text
    address = text.split('rel="stylesheet" href="')[1].split('"')[0]

    answer = house.browser().get(address)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_a_form_without_this_browsers_token_changes_nothing(house: House) -> None:
    other = house.browser()
    stolen = forms_of(other.get("/sign-in"))[0][2]

    answer = house.browser().post("/sign-in", data=stolen | {"address": "vhxh@kim-thanh.example"})

    assert answer.status_code == 403
    assert house.sign_in_letters() == []


def test_a_form_sent_by_another_site_is_refused(house: House) -> None:
    browser = house.browser()
    fields = forms_of(browser.get("/sign-in"))[0][2]

    answer = browser.post(
        "/sign-in",
        data=fields | {"address": "vhxh@kim-thanh.example"},
        headers={"sec-fetch-site": "cross-site"},
    )

    assert answer.status_code == 403
    assert house.sign_in_letters() == []


def test_an_address_that_does_not_exist_is_answered_in_words(house: House) -> None:
    answer = house.browser().get("/no/such/page")

    assert answer.status_code == 404
    assert "Không có trang này" in answer.text


def test_a_clerk_signs_in_by_mail(house: House) -> None:
    browser = house.browser()
    asked = send(browser, "/sign-in", browser.get("/sign-in"), address="VHXH@kim-thanh.example ")
    assert "Xin xem hộp thư" in asked.text

    button = house.sign_in_letters()[0]
    shown = browser.get(button)
    answer = send(browser, button, shown)

    assert answer.history[0].headers["location"] == "/"
    assert "dondoc_session" in browser.cookies


def test_looking_at_a_sign_in_link_uses_nothing_up(house: House) -> None:
    browser = house.browser()
    send(browser, "/sign-in", browser.get("/sign-in"), address="vhxh@kim-thanh.example")
    button = house.sign_in_letters()[0]

    for _ in range(3):
        house.browser().get(button)  # a scanner, in no browser of ours
        shown = browser.get(button)

    assert "dondoc_session" not in browser.cookies
    send(browser, button, shown)
    assert "dondoc_session" in browser.cookies


def test_a_sign_in_works_once_in_time_and_in_the_asking_browser_only(house: House) -> None:
    browser, thief = house.browser(), house.browser()
    send(browser, "/sign-in", browser.get("/sign-in"), address="vhxh@kim-thanh.example")
    button = house.sign_in_letters()[0]
    shown = browser.get(button)

    assert thief.get(button).status_code == 410
    fields = forms_of(thief.get("/sign-in"))[0][2]
    assert thief.post(button, data=fields).status_code == 410
    send(browser, button, shown)
    browser.cookies.delete("dondoc_session")
    assert send(browser, button, shown).status_code == 410
    assert "dondoc_session" not in browser.cookies


def test_a_sign_in_ends_after_a_quarter_of_an_hour(house: House) -> None:
    browser = house.browser()
    send(browser, "/sign-in", browser.get("/sign-in"), address="vhxh@kim-thanh.example")
    button = house.sign_in_letters()[0]
    shown = browser.get(button)

    house.now += timedelta(minutes=16)

    assert send(browser, button, shown).status_code == 410


def test_an_unknown_address_gets_the_same_answer(house: House) -> None:
    def answer(address: str) -> str:
        browser = house.browser()
        text = send(browser, "/sign-in", browser.get("/sign-in"), address=address).text
        # The token of the form at the foot is the browser's own.
        return "".join(part for part in text.split('"') if len(part) != 64)

    assert answer("vhxh@kim-thanh.example") == answer("nobody@elsewhere.example")
    assert len(house.sign_in_letters()) == 1


def test_signing_in_cannot_be_tried_without_end(house: House) -> None:
    browser = house.browser()
    shown = browser.get("/sign-in")

    codes = [send(browser, "/sign-in", shown, address=f"{n}@x.example").status_code for n in range(12)]

    assert codes == [200] * 10 + [429] * 2
    again = house.browser("10.9.9.9")
    assert send(again, "/sign-in", again.get("/sign-in"), address="a@x.example").status_code == 200


def test_one_address_gets_few_letters_however_often_they_are_asked_for(house: House) -> None:
    for number in range(5):
        browser = house.browser(f"10.0.0.{number}")
        send(browser, "/sign-in", browser.get("/sign-in"), address="vhxh@kim-thanh.example")

    assert len(house.sign_in_letters()) == 3


def test_after_signing_in_one_lands_on_the_page_that_was_asked_for_and_never_elsewhere(house: House) -> None:
    for wanted, reached in (("/outbox?state=dead", "/outbox?state=dead"), ("//evil.example/", "/")):
        browser = house.browser()
        shown = browser.get("/sign-in", params={"next": wanted})
        send(browser, "/sign-in", shown, address="deputy@kim-thanh.example")
        button = house.sign_in_letters()[-1]
        answer = send(browser, button, browser.get(button))
        assert answer.history[0].headers["location"] == reached


def test_a_page_asked_for_in_the_language_of_the_plan_is_reached(house: House) -> None:
    browser = house.browser()
    shown = browser.get("/sign-in", params={"next": "/board?text=biển"})
    send(browser, "/sign-in", shown, address="vhxh@kim-thanh.example")
    button = house.sign_in_letters()[-1]
    answer = send(browser, button, browser.get(button))

    assert answer.history[0].headers["location"] == "/board?text=bi%E1%BB%83n"
    assert answer.status_code == 200


def test_a_unit_that_signs_in_is_not_sent_to_a_page_it_may_not_see(house: House) -> None:
    browser = house.browser()
    send(browser, "/sign-in", browser.get("/board"), address="thon-2@kim-thanh.example")
    button = house.sign_in_letters()[-1]
    answer = send(browser, button, browser.get(button))

    assert answer.url.path == "/u/kim-thanh/thon-2"


def test_the_front_door_takes_any_question(house: House) -> None:
    answer = house.member("vhxh").get("/", params={"path": "x", "request": "y"})

    assert (answer.status_code, answer.url.path) == (200, "/today")


@pytest.mark.parametrize(
    ("section", "place"), [(None, ""), ("overdue", f"#overdue-{PLAN}"), ('"><script>', ""), ("own", "")]
)
def test_the_digest_s_buttons_lead_to_their_section(house: House, section: str | None, place: str) -> None:
    asked = {"plan": PLAN} | ({"section": section} if section else {})
    answer = house.member("vhxh").get("/", params=asked, follow_redirects=False)

    assert answer.headers["location"] == f"/today?plan={PLAN}{place}"


@pytest.mark.parametrize("before", ["nothing", "its unit's link"])
def test_whoever_must_sign_in_first_is_led_on_to_the_section(house: House, before: str) -> None:
    browser = house.browser() if before == "nothing" else house.guest("vhxh")
    send(browser, "/sign-in", browser.get(f"/?plan={PLAN}&section=overdue"), address="vhxh@kim-thanh.example")
    button = house.sign_in_letters()[-1]
    answer = send(browser, button, browser.get(button))

    assert answer.url.path == "/today"
    assert answer.url.fragment == f"overdue-{PLAN}"


def test_the_language_of_an_answered_form_changes_for_everybody(house: House) -> None:
    for browser in (house.browser(), house.guest("thon-2"), house.member("vhxh")):
        answered = send(browser, "/m", browser.get("/m"), code="nonsense")
        (link,) = re.findall(r'<a href="([^"]+)" lang="en"', answered.text)

        assert '<html lang="en">' in browser.get(link).text


def test_the_front_door_leads_to_the_link_opened_last(house: House) -> None:
    browser = house.browser()
    for unit in ("thon-2", "thon-1", "thon-2"):
        browser.get(house.link(unit))
        assert browser.get("/").url.path == f"/u/kim-thanh/{unit}"


def test_a_fault_is_answered_with_the_headers_of_every_page(house: House) -> None:
    async def broken() -> None:
        raise RuntimeError("a fault")

    house.app.add_api_route("/broken", broken)
    browser = TestClient(house.app, base_url=BASE_URL, raise_server_exceptions=False)
    fault, page = browser.get("/broken"), browser.get("/sign-in")
    own = {"content-length", "set-cookie"}

    assert fault.status_code == 500
    assert "RuntimeError" not in fault.text
    assert {k: v for k, v in fault.headers.items() if k not in own} == {
        k: v for k, v in page.headers.items() if k not in own
    }


def test_leaving_ends_the_session(house: House) -> None:
    browser = house.member("vhxh")

    send(browser, "/sign-out", browser.get("/sign-in"))

    assert "dondoc_session" not in browser.cookies


def test_a_contact_whose_links_were_revoked_is_out_at_once(house: House) -> None:
    browser = house.member("vhxh")
    with house.database.write() as transaction:
        transaction.tokens.bump("kim-thanh", "vhxh/head")

    assert browser.get("/", follow_redirects=False).headers["location"] == "/sign-in"


def test_cookies_are_for_this_site_alone_and_safe_behind_tls(house: House) -> None:
    plain = house.browser().get("/sign-in").headers["set-cookie"].lower()
    secure = (
        house.browser().get(BASE_URL.replace("http:", "https:") + "/sign-in").headers["set-cookie"].lower()
    )

    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "secure" not in plain
    assert "secure" in secure


def test_no_part_of_a_page_waits_for_the_browser_to_acknowledge_another() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
