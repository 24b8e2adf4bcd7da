"""The pictures of a plan: where bars, arrows and curves stand, and that no title breaks out of them."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from builders import FIRST_OF_JUNE, MORNING, TENTH_OF_JUNE, edge, schedule, task
from hypothesis import given
from hypothesis import strategies as st

from notifications.speech import speech
from plan_definitions.model import Kind
from plan_definitions.schedule import Schedule
from plan_definitions.working_days import WorkingCalendar
from web.board_rows import heat_map, turns
from web.drawings.burn_up import Progress, burn_up, progress
from web.drawings.gantt import DAY, LABELS, Bar, bars, gantt
from web.drawings.graph import graph
from web.drawings.svg import element, shortened, titled
from workflows.engine import board
from workflows.engine.board import Row
from workflows.engine.pressing import MOST_PRESSING_FIRST
from workflows.engine.publication import publish
from workflows.engine.situation import Situation
from workflows.engine.states import Standing
from workflows.texts import Language

SAID = speech(Language.EN)
SVG = "{http://www.w3.org/2000/svg}"


def _situation(plan: Schedule) -> Situation:
    """The plan as it stands right after publication on its first day."""
    published = publish(plan, {}, revision=1, as_of=FIRST_OF_JUNE, now=MORNING)
    assignments = {change.after.id: change.after for change in published.changes}
    return Situation(plan, WorkingCalendar(plan.calendar), assignments)


def _worst(rows: Sequence[Row]) -> Standing:
    return min((row.standing for row in rows), key=MOST_PRESSING_FIRST.index)


def _bar(id: str, first: int, last: int, *after: str, title: str = "Work", **fields: object) -> Bar:  # noqa: A002
    values: dict[str, object] = {
        "slack_until": None, "event": False, "critical": False, "tone": "going",
        "standing": Standing.IN_PROGRESS, "members": 1, "done": 0,
    }  # fmt: skip
    days = (FIRST_OF_JUNE + timedelta(first), FIRST_OF_JUNE + timedelta(last))
    return Bar(id=id, title=title, first=days[0], last=days[1], after=after, **(values | fields))  # type: ignore[arg-type]


def _gantt(*shown: Bar, as_of: date = TENTH_OF_JUNE) -> ET.Element:
    return ET.fromstring(gantt(shown, as_of, SAID, "Plan", lambda name: f"/t/{name}"))  # noqa: S314


def _by_class(tree: ET.Element, name: str) -> list[ET.Element]:
    return [found for found in tree.iter() if name in (found.get("class") or "").split()]


def test_a_bar_reaches_from_its_first_day_to_the_end_of_its_last() -> None:
    tree = _gantt(_bar("a", 0, 4))
    (bar,) = _by_class(tree, "bar")

    assert float(bar.get("x", "")) == LABELS
    assert float(bar.get("width", "")) == 5 * DAY


def test_the_share_that_is_done_fills_the_bar() -> None:
    tree = _gantt(_bar("a", 0, 9, members=4, done=1))

    assert float(_by_class(tree, "part-done")[0].get("width", "")) == pytest.approx(10 * DAY / 4, abs=0.1)


def test_todays_line_stands_on_today_and_is_left_out_where_today_is_not_drawn() -> None:
    inside, outside = _gantt(_bar("a", 0, 20)), _gantt(_bar("a", 0, 20), as_of=date(2027, 1, 1))
    (line,) = _by_class(inside, "today")

    assert float(line.get("x1", "")) == LABELS + 9 * DAY
    assert _by_class(outside, "today") == []


def test_an_event_is_a_diamond_and_slack_a_thin_line_behind_the_bar() -> None:
    tree = _gantt(_bar("a", 0, 4, slack_until=FIRST_OF_JUNE + timedelta(7)), _bar("b", 9, 9, event=True))
    (slack,) = _by_class(tree, "slack")

    assert [found.tag for found in _by_class(tree, "bar")] == [f"{SVG}rect", f"{SVG}polygon"]
    assert float(slack.get("x", "")) == LABELS + 5 * DAY
    assert float(slack.get("width", "")) == 3 * DAY


def test_a_task_carries_the_arrows_of_what_it_waits_for_and_what_waits_for_it() -> None:
    tree = _gantt(_bar("a", 0, 1), _bar("b", 3, 4, "a"), _bar("c", 6, 7, "b", "not-shown"))
    arrows = {link.get("href"): len(_by_class(link, "dependency")) for link in _by_class(tree, "task")}

    assert arrows == {"/t/a": 1, "/t/b": 2, "/t/c": 1}


def test_every_task_can_be_reached_by_the_keyboard_and_tells_itself() -> None:
    tree = _gantt(_bar("a", 0, 1, title="Cắm biển"), _bar("b", 3, 4, "a", title="Phúc tra", critical=True))
    hint = _by_class(tree, "task")[1].findtext(f"{SVG}title") or ""

    assert all(link.tag == f"{SVG}a" and link.get("href") for link in _by_class(tree, "task"))
    assert "after: Cắm biển" in hint
    assert "no slack" in hint


def test_a_long_plan_is_drawn_narrower_not_without_end() -> None:
    assert float(_gantt(_bar("a", 0, 3000)).get("width", "")) < 3200


@pytest.mark.parametrize(("tasks", "one"), [(3, False), (60, True), (120, False)])
def test_what_is_still_legible_on_one_sheet_is_printed_on_one(tasks: int, one: bool) -> None:
    drawn = _gantt(*(_bar(f"t{n}", 0, 60) for n in range(tasks)))
    assert ("one-sheet" in drawn.attrib["class"].split()) is one


@given(st.text(max_size=60))
def test_no_title_breaks_out_of_a_picture(title: str) -> None:
    visible = "".join(c for c in title if c.isprintable())
    bars_shown = (_bar("a", 0, 4, title=visible), _bar("b", 6, 8, "a", title=f"{visible}<script>\"'&"))

    tree = _gantt(*bars_shown)
    drawn = ET.fromstring(graph(bars_shown, SAID, visible, lambda name: f"/t/{name}"))  # noqa: S314

    for picture in (tree, drawn):
        assert not [found for found in picture.iter() if "script" in found.tag]
        assert len(_by_class(picture, "task")) == 2


def test_the_graph_draws_predecessors_above_and_only_arrows_between_shown_tasks() -> None:
    shown = (_bar("a", 0, 1), _bar("b", 3, 4, "a"), _bar("c", 6, 7, "a", "b", "gone"))
    tree = ET.fromstring(graph(shown, SAID, "Plan", lambda name: f"/t/{name}"))  # noqa: S314
    tops = [float(found.get("y", "")) for found in _by_class(tree, "box")]

    assert tops == sorted(tops)
    assert len(set(tops)) == 3
    assert len(_by_class(tree, "dependency")) == 3


def test_an_empty_picture_is_a_picture() -> None:
    assert _by_class(_gantt(), "bar") == []
    assert _by_class(ET.fromstring(graph((), SAID, "Plan", str)), "box") == []  # noqa: S314
    assert "<svg" in burn_up(Progress((), ()), TENTH_OF_JUNE, SAID, "Plan")


def test_progress_counts_what_is_planned_and_what_is_done_by_a_day() -> None:
    days = [FIRST_OF_JUNE + timedelta(n) for n in range(4)]
    found = Progress(due=(days[0], days[1], days[1], days[3]), done=(days[1], days[2]))

    assert [found.due_by(day) for day in days] == [1, 3, 3, 4]
    assert [found.done_by(day) for day in days] == [0, 1, 2, 2]
    assert found.total == 4


def test_the_curve_of_what_is_done_ends_today() -> None:
    days = [FIRST_OF_JUNE + timedelta(n) for n in range(30)]
    tree = ET.fromstring(  # noqa: S314
        burn_up(Progress(tuple(days), tuple(days[:5])), TENTH_OF_JUNE, SAID, "Plan")
    )
    (dot,), (line,) = _by_class(tree, "done-dot"), _by_class(tree, "today")

    assert dot.get("cx") == line.get("x1")
    assert "5 done, 10 planned" in "".join(tree.itertext())


def test_bars_are_made_of_the_boards_rows() -> None:
    plan = schedule(
        task("signs", ("thon-1", "thon-2"), due=date(2026, 6, 8), start=FIRST_OF_JUNE, each="villages"),
        task("party", ("vhxh",), due=date(2026, 6, 12), kind=Kind.EVENT, after=(edge("signs"),)),
    )
    rows = board.rows(_situation(plan), TENTH_OF_JUNE)
    shown = bars(plan, rows, _worst)

    assert [(bar.id, bar.first, bar.last, bar.members) for bar in shown if bar.id == "signs"] == [
        ("signs", FIRST_OF_JUNE, date(2026, 6, 8), 2)
    ]
    assert next(bar for bar in shown if bar.id == "party").event
    assert progress(rows).total == 3


def test_the_map_shows_for_each_cell_what_asks_for_most() -> None:
    plan = schedule(
        task("signs", ("thon-1", "thon-2"), due=date(2026, 6, 8), start=FIRST_OF_JUNE, each="villages"),
        task("gifts", ("vhxh",), due=date(2026, 6, 20)),
    )
    found = heat_map(
        board.rows(_situation(plan), TENTH_OF_JUNE), plan.tasks.values(),
        [(unit.id, unit.name) for unit in plan.office.units.values()],
    )  # fmt: skip

    assert [task.id for task in found.tasks] == ["signs", "gifts"]
    assert {unit for unit, _, _ in found.lines} == {"thon-1", "thon-2", "vhxh"}
    cells = {unit: line for unit, _, line in found.lines}
    assert cells["vhxh"][0] is None
    assert cells["thon-1"][1] is None


def test_several_turns_speak_with_the_one_voice_of_the_board() -> None:
    plan = schedule(task("gifts", ("vhxh",), due=date(2026, 6, 20)))
    (row,) = board.rows(_situation(plan), TENTH_OF_JUNE)
    turns = [row._replace(standing=standing) for standing in (Standing.DUE_SOON, Standing.AWAITING_CHECK)]
    found = heat_map(turns, plan.tasks.values(), [("vhxh", "Phòng")])
    (cell,) = (cell for _, _, line in found.lines for cell in line if cell is not None)

    assert (cell.standing, cell.count, cell.asks) == (Standing.AWAITING_CHECK, 2, True)


def test_a_threshold_counts_those_that_are_not_cancelled() -> None:
    plan = schedule(
        task("signs", ("thon-1", "thon-2"), due=date(2026, 6, 8), start=FIRST_OF_JUNE, each="villages")
    )
    (turn,) = turns(board.rows(_situation(plan), TENTH_OF_JUNE), plan.tasks["signs"])

    assert (turn.members, turn.done, turn.needed, turn.complete) == (2, 0, 2, False)


def test_attributes_are_escaped_and_names_written_as_svg_writes_them() -> None:
    made = element("a", href='/x?a=1&b="', class_="task", aria_label="x", missing=None)

    assert made == '<a href="/x?a=1&amp;b=&#34;" class="task" aria-label="x"/>'


def test_words_inside_an_element_are_escaped_and_elements_stay() -> None:
    made = element("g", titled("Sơn & vẽ"), "<script>")

    assert made == "<g><title>Sơn &amp; vẽ</title>&lt;script&gt;</g>"


@given(st.text(min_size=1, max_size=200), st.floats(40, 400))
def test_a_shortened_title_fits(words: str, room: float) -> None:
    assert len(shortened(words, 12.0, room)) <= max(int(room / (12.0 * 0.57)), 2)
