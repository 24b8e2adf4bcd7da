"""The village head's journey in a real browser, from the link in the letter to the report taken back."""

import random
import re
import struct
import zlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect
from web_house import OFFICE, PLAN, SIGNS_2, House

pytestmark = pytest.mark.browser

PHONE_WIDTH = 320
WORK = f"/w/{OFFICE}/{PLAN}/{SIGNS_2}"


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[Page]:
    """A small telephone; whatever the page's policy blocks fails the test."""
    context = chromium.new_context(viewport={"width": PHONE_WIDTH, "height": 640}, base_url=address)
    page = context.new_page()
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [line for line in blocked if "Content Security Policy" in line] == []


def _fill_report(page: Page) -> None:
    page.get_by_label("Biển").fill("5")
    page.get_by_label("Số", exact=True).fill("15/BC")
    page.get_by_label("Ngày", exact=True).fill("2026-06-10")


def test_from_the_letter_to_the_report_and_back(house: House, phone: Page) -> None:
    phone.goto(house.link("thon-2", SIGNS_2) + "?do=done")
    assert "/v/" not in phone.url
    _fill_report(phone)
    phone.get_by_role("button", name="Gửi").locator("visible=true").click()

    expect(phone.get_by_role("heading", level=1)).to_contain_text("Cảm ơn Thôn 2")
    assert house.state(SIGNS_2) == "submitted"

    phone.get_by_role("link", name="Báo nhầm, rút lại").click()
    phone.get_by_role("button", name="Rút lại").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Cảm ơn Thôn 2")
    assert house.state(SIGNS_2) == "started"


def test_a_double_tap_reports_once(house: House, phone: Page) -> None:
    phone.goto(house.link("thon-2", SIGNS_2) + "?do=done")
    _fill_report(phone)
    before = house.records()

    phone.get_by_role("button", name="Gửi").locator("visible=true").dblclick(no_wait_after=True)

    expect(phone.get_by_role("heading", level=1)).to_contain_text("Cảm ơn Thôn 2")
    assert house.records() == before + 1


def test_the_back_button_shows_what_stands_and_reports_nothing(house: House, phone: Page) -> None:
    phone.goto(house.link("thon-2", SIGNS_2) + "?do=done")
    _fill_report(phone)
    phone.get_by_role("button", name="Gửi").locator("visible=true").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Cảm ơn Thôn 2")
    before = house.records()

    phone.go_back()

    expect(phone.locator(".badge").first).to_have_text("Chờ xác nhận")
    assert house.records() == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_everything_works_and_nothing_runs_off_the_side(
    house: House, chromium: Browser, address: str, scheme: str
) -> None:
    context: BrowserContext = chromium.new_context(
        viewport={"width": PHONE_WIDTH, "height": 640}, base_url=address, java_script_enabled=False,
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip
    page = context.new_page()
    page.goto(house.link("thon-2", SIGNS_2))
    page.locator("#stuck > summary").click()
    page.get_by_label("Khó khăn, vướng mắc gì").fill("Chưa có kinh phí mua biển")
    page.locator("#stuck button").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Cảm ơn Thôn 2")
    page.goto(WORK)
    expect(page.get_by_text("Chưa có kinh phí mua biển")).to_be_visible()
    for path in (WORK, f"/u/{OFFICE}/thon-2", f"/u/{OFFICE}/thon-2/history", "/m", "/sign-in", "/v/forged"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH, path
    context.close()


def test_a_scanner_that_opens_every_link_changes_nothing(
    house: House, chromium: Browser, address: str
) -> None:
    before = house.records()
    context = chromium.new_context(base_url=address)
    scanner = context.new_page()
    seen: set[str] = set()
    wanted = [house.link("thon-2", SIGNS_2) + f"?do={do}" for do in ("done", "start", "obstacle", "extend")]

    while wanted and len(seen) < 24:
        path = wanted.pop()
        seen.add(path)
        if path.partition("?")[0].endswith(".ics"):
            continue
        scanner.goto(path, wait_until="domcontentloaded")
        links = [link.get_attribute("href") or "" for link in scanner.locator("a").all()]
        wanted += [link for link in links if link.startswith("/") and link not in (*seen, *wanted)]

    assert len(seen) > 8
    assert house.records() == before
    context.close()


def _noise(width: int, height: int) -> bytes:
    """A PNG that cannot be compressed, as a photograph hardly can."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    chance = random.Random(1)
    lines = b"".join(b"\0" + chance.randbytes(3 * width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_photograph_is_made_smaller_before_it_travels(house: House, phone: Page) -> None:
    phone.goto(house.link("thon-2", SIGNS_2) + "?do=done")
    photo = _noise(1800, 120)
    chosen = phone.get_by_label("Ảnh hoặc giấy tờ")
    chosen.set_input_files(FilePayload(name="bien.png", mimeType="image/png", buffer=photo))
    expect(chosen).to_have_value(re.compile(r"bien\.jpg"))
    phone.get_by_role("button", name="Gửi").locator("visible=true").click()

    expect(phone.get_by_role("heading", level=1)).to_contain_text("Cảm ơn Thôn 2")
    (kept,) = (house.window.settings.home / "evidence").iterdir()
    assert kept.read_bytes().startswith(b"\xff\xd8")
    assert kept.stat().st_size < len(photo)
