"""The clerk's and the deputy chair's journeys in a real browser, with scripts and without."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from builders import FIRST_OF_JUNE, edge, schedule, task
from playwright.sync_api import Browser, BrowserContext, Page, expect
from web_house import OFFICE, PLAN, SIGNS_2, House, commune

from workflows.engine.states import Verb
from workflows.operations.mail.queueing import morning
from workflows.operations.publish import publish
from workflows.operations.round import run_round

pytestmark = pytest.mark.browser

WIDTHS = (360, 768, 1440)
PAGES = (
    "/today", "/board", "/board/map", "/board/gantt", "/board/graph", "/board/progress", "/outbox",
    "/hand-over", "/board/task/hazard-signs", f"/work/{PLAN}/{SIGNS_2}",
)  # fmt: skip


def _signed_in(context: BrowserContext, house: House, unit: str) -> Page:
    """A page in which a contact has asked for a letter and pressed its button."""
    page = context.new_page()
    page.goto("/sign-in")
    page.locator("#address").fill(f"{unit}@kim-thanh.example")
    page.locator("main button.primary").click()
    page.goto(house.sign_in_letters()[-1])
    page.locator("main button.primary").click()
    return page


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def context(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser; whatever the pages' policy blocks fails the test."""
    opened = chromium.new_context(
        base_url=address, viewport={"width": 1024, "height": 768}, java_script_enabled=request.param
    )
    blocked: list[str] = []
    opened.on("console", lambda said: blocked.append(said.text) if said.type == "error" else None)
    yield opened
    opened.close()
    assert [line for line in blocked if "Content Security Policy" in line] == []


def test_the_clerks_morning(house: House, context: BrowserContext) -> None:
    page = _signed_in(context, house, "vhxh")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hôm nay")

    page.get_by_role("button", name="Xác nhận").first.click()
    expect(page.get_by_role("status")).to_contain_text("Đã xác nhận")
    assert house.state("hazard-signs/thon-1") == "done"

    page.get_by_text("Tạm giữ, ghi lý do").first.click()
    page.get_by_label("Vì sao nên chờ").locator("visible=true").fill("Thôn hẹn chiều nay")
    page.get_by_role("button", name="Tạm giữ", exact=True).locator("visible=true").click()
    expect(page.get_by_role("status")).to_contain_text("Đã tạm giữ")

    page.goto(f"/work/{PLAN}/{SIGNS_2}")
    page.locator("#submit summary").click()
    form = page.locator("#submit form")
    form.get_by_label("Biển").fill("4")
    form.get_by_label("Số", exact=True).fill("15/BC")
    form.get_by_label("Ngày", exact=True).fill("2026-06-10")
    form.get_by_role("button", name="Ghi lại").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi nhận")
    assert house.state(SIGNS_2) == "submitted"
    expect(page.locator(".story li").first).to_contain_text("qua điện thoại")


def test_the_clerk_confirms_several_results_after_looking(house: House, context: BrowserContext) -> None:
    house.move("thon-2", Verb.SUBMIT, SIGNS_2, document="7/BC, 2026-06-10")
    page = _signed_in(context, house, "vhxh")
    page.goto("/board?standing=awaiting_check")

    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Xác nhận kết quả").click()
    expect(page.get_by_text("Chưa có gì thay đổi")).to_be_visible()
    assert house.state(SIGNS_2) == "submitted"
    page.get_by_role("button", name="Xác nhận 02 kết quả").click()

    expect(page.get_by_role("status")).to_contain_text("Đã xác nhận")
    assert house.state(SIGNS_2) == house.state("hazard-signs/thon-1") == "done"


def test_the_deputy_chairs_two_minutes(house: House, context: BrowserContext) -> None:
    day = date(2026, 6, 11)
    house.now = morning(day) + timedelta(hours=1)
    run_round(house.database, OFFICE, as_of=day, now=morning(day))
    house.move("vhxh", Verb.PROPOSE, SIGNS_2, until=date(2026, 6, 12), note="Hỗ trợ kinh phí mua biển")
    page = _signed_in(context, house, "deputy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Xin ý kiến")
    expect(page.get_by_text("Hỗ trợ kinh phí mua biển")).to_be_visible()

    page.get_by_role("link", name="Đồng ý đề xuất").click()
    expect(page.get_by_label("Đồng ý đề xuất")).to_be_checked()
    page.get_by_role("button", name="Gửi ý kiến").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã ghi nhận ý kiến")
    page.get_by_role("link", name="Về danh sách").click()
    expect(page.get_by_text("Không có việc quá hạn nào chờ ý kiến")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(
    house: House,
    chromium: Browser,
    address: str,
    width: int,
) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 800})
    page = _signed_in(context, house, "vhxh")
    wider: dict[str, Any] = {}
    for path in PAGES:
        page.goto(path)
        room = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if room > 1:
            wider[path] = room
    context.close()

    assert wider == {}


def test_arrows_of_the_calendar_show_by_keyboard(house: House, chromium: Browser, address: str) -> None:
    context = chromium.new_context(base_url=address)
    page = _signed_in(context, house, "vhxh")
    page.goto("/board/gantt")
    arrow = page.locator(".gantt .task", has_text="Phúc tra").locator(".dependency").first

    hidden = arrow.evaluate("found => getComputedStyle(found).opacity")
    page.locator(".gantt .task", has_text="Phúc tra").focus()
    shown = arrow.evaluate("found => getComputedStyle(found).opacity")
    context.close()

    assert (hidden, shown) == ("0", "1")


def test_what_is_printed_from_a_dark_screen_is_dark_on_white(
    house: House, chromium: Browser, address: str
) -> None:
    context = chromium.new_context(base_url=address, color_scheme="dark")
    page = _signed_in(context, house, "vhxh")
    page.goto("/today")
    late = page.locator(".ink-late").first

    on_screen = late.evaluate("found => getComputedStyle(found).color")
    page.emulate_media(media="print")
    on_paper = late.evaluate("found => getComputedStyle(found).color")
    context.close()

    assert (on_screen, on_paper) == ("rgb(255, 154, 143)", "rgb(180, 35, 24)")


@pytest.mark.parametrize("view", ["gantt", "graph"])
def test_a_drawing_of_a_whole_season_is_printed_on_one_sheet(
    house: House, chromium: Browser, address: str, view: str
) -> None:
    named = [f"task-{n}" for n in range(60)]
    tasks = [
        task(
            name, ("vhxh",), start=FIRST_OF_JUNE, due=FIRST_OF_JUNE + timedelta(40 + n // 2),
            after=(edge(named[n - 5]),) if n >= 5 else (),
        )
        for n, name in enumerate(named)
    ]  # fmt: skip
    publish(
        house.database, schedule(*tasks, id="season", office=commune()), {},
        as_of=house.window.today(), now=house.now,
    )  # fmt: skip
    with chromium.new_context(base_url=address) as context:
        page = _signed_in(context, house, "vhxh")
        page.goto(f"/board/{view}?plan=season")
        for paper in ("A4", "A3"):
            printed = page.pdf(format=paper, prefer_css_page_size=True)
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.parametrize("width", WIDTHS)
def test_a_digest_s_button_lands_on_its_heading(
    house: House, chromium: Browser, address: str, width: int
) -> None:
    context = chromium.new_context(base_url=address, viewport={"width": width, "height": 500})
    page = _signed_in(context, house, "vhxh")
    for section in ("overdue", "waiting"):
        page.goto(f"/?plan={PLAN}&section={section}")
        heading = page.locator(f"#{section}-{PLAN}")
        expect(heading).to_be_in_viewport(ratio=1)
        on_top = heading.evaluate(
            "h => { const b = h.getBoundingClientRect();"
            " return h.contains(document.elementFromPoint(b.x + b.width / 4, b.y + b.height / 2)) }"
        )
        assert on_top
    context.close()
