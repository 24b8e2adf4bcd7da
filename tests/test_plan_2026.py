"""The shipped plan of 2026: its dates, people, money and clauses, as worked out from the signed document."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import plan_definitions
from plan_definitions.graph import Graph
from plan_definitions.load import LoadedPlan, load_plan
from plan_definitions.model import Kind
from plan_definitions.schedule import Schedule
from plan_definitions.scheduling import moved_dates
from plan_definitions.working_days import WorkingCalendar

PLAN = Path(plan_definitions.__file__).parent / "kim_thanh" / "thang_hanh_dong_vi_tre_em_2026.yaml"

DUE_DATES = """
plan-distribution  12/5
unit-confirm       18/5
guide              13/5
briefing           18/5
front-directive    18/5
budget-proposals   14/5
budget-plan        18/5
budget-approval    20/5
gift-nominations   18/5
gift-list          21/5
gift-notice        26/5
gift-prepare       28/5
gift-invite        28/5
gift-handover      01/6
gift-settlement    12/6
launch-plan        15/5
hall               19/5
guest-list         20/5
emulation-plan     20/5
script             22/5
backdrop           19/5
invitations        26/5
hall-setup         28/5
logistics          28/5
rehearsal          29/5
ceremony           01/6
media-kit          22/5
banners            28/5
broadcasts         03/6 10/6 17/6 24/6
village-talks      18/6
health-talks       18/6
school-talks       29/5
school-safety      25/5
school-safety-fix  12/6
pupil-voice        29/5
summer-plan        22/5
pupil-lists        27/5
pupil-receive      03/6
summer-handover    08/6
village-summer     26/6
branch-summer      25/6
youth-skills       18/6
swim-classes       26/6
volunteers         25/6
youth-police-talks 22/6
pupil-forum        18/6
forum-reply        30/6
hazard-survey      27/5
hazard-signs       08/6
hazard-check       15/6
police-talks       16/6
police-watch       05/6 12/6 19/6 26/6
law-inspection     22/6
child-health       23/6
patient-support    29/6
front-mobilise     12/6
support-appeal     22/5
donations          26/6
donation-ledger    05/6 12/6 19/6 26/6
donation-notice    02/7
village-visits     23/6
front-supervision  25/6
weekly-report      05/6 12/6 19/6 26/6
midterm            16/6
unit-report        02/7
report-draft       06/7
report-city        08/7
commendation       13/7
archive            15/7
"""
"""Every task and the days on which it is due, day/month of 2026; a repeated task has one for each turn."""

LONGEST_CHAIN_TO_THE_CEREMONY = (
    "plan-distribution",
    "launch-plan",
    "emulation-plan",
    "script",
    "hall-setup",
    "rehearsal",
    "ceremony",
)


@pytest.fixture(scope="module")
def loaded() -> LoadedPlan:
    return load_plan(PLAN)


@pytest.fixture(scope="module")
def scheduled(loaded: LoadedPlan) -> Schedule:
    assert loaded.schedule is not None
    return loaded.schedule


def expected_dates() -> dict[str, list[date]]:
    table: dict[str, list[date]] = {}
    for line in DUE_DATES.strip().splitlines():
        name, *days = line.split()
        table[name] = [date(2026, int(month), int(day)) for day, month in (d.split("/") for d in days)]
    return table


def test_it_has_no_mistake_and_no_warning(loaded: LoadedPlan) -> None:
    assert loaded.diagnostics == ()


def test_every_task_is_due_on_its_days(scheduled: Schedule) -> None:
    found: dict[str, list[date]] = {}
    for name, task in scheduled.tasks.items():
        found[name] = sorted({a.due for a in task.assignments if a.due is not None})
    assert found == expected_dates()


def test_it_is_as_large_as_the_model(scheduled: Schedule) -> None:
    tasks = scheduled.tasks.values()
    assert len(scheduled.tasks) == 69
    assert sum(len(task.after) for task in tasks) == 96
    assert sum(len(task.assignments) for task in tasks) == 218


def test_assignments_have_names_of_their_own(scheduled: Schedule) -> None:
    names = [a.id for task in scheduled.tasks.values() for a in task.assignments]
    assert len(set(names)) == len(names)


def test_the_money_is_that_of_the_document(scheduled: Schedule) -> None:
    lines = [line for task in scheduled.tasks.values() for line in task.budget]
    assert sum(line.amount for line in lines) == 31_500_000
    assert {line.source for line in lines} == {"commune"}


def test_every_duty_of_the_document_is_carried(scheduled: Schedule) -> None:
    carried = {clause for task in scheduled.tasks.values() for clause in task.clauses}
    duties = {clause.id for clause in scheduled.clauses.values() if clause.form != "fact"}
    assert duties <= carried
    assert carried <= set(scheduled.clauses)


def test_no_due_date_had_to_move(scheduled: Schedule) -> None:
    assert moved_dates(scheduled, WorkingCalendar(scheduled.calendar)) == ()


def test_nothing_is_due_on_a_day_off(scheduled: Schedule) -> None:
    calendar = WorkingCalendar(scheduled.calendar)
    days = {a.due for task in scheduled.tasks.values() for a in task.assignments if a.due}
    assert [day for day in days if not calendar.is_working_day(day)] == []


def test_the_way_to_the_ceremony_has_no_day_to_spare(scheduled: Schedule) -> None:
    before = {name: [e.task for e in task.after if not e.soft] for name, task in scheduled.tasks.items()}
    graph = Graph.of(before)
    towards = {n for n in before if n == "ceremony" or "ceremony" in graph.downstream(n)}
    longest = Graph.of({n: before[n] for n in before if n in towards}).longest_path()
    assert longest == LONGEST_CHAIN_TO_THE_CEREMONY
    assert all(scheduled.tasks[name].critical for name in longest)


def test_the_launch_has_the_fifteen_working_days_after_issue(scheduled: Schedule) -> None:
    calendar = WorkingCalendar(scheduled.calendar)
    assert calendar.before(scheduled.anchors["launch"], 15) == scheduled.anchors["issued"]


def test_the_ceremony_keeps_its_date(scheduled: Schedule) -> None:
    ceremony = scheduled.tasks["ceremony"]
    assert (ceremony.kind, ceremony.due) == (Kind.EVENT, date(2026, 6, 1))
