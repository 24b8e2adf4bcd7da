"""Tasks that seem to have got another name."""

from datetime import date

import pytest
from builders import schedule, task

from plan_definitions.schedule import ScheduledTask
from workflows.engine.renames import LikelyRename, likely_renames, with_renames

SURVEY = task("survey", title="Rà soát điểm nguy hiểm", clauses=("V.6",))
LATER = date(2026, 6, 24)


def test_the_same_title_under_another_id() -> None:
    new = task("hazard-mapping", title="Rà soát điểm nguy hiểm", leads=["police"], due=LATER)
    assert likely_renames(schedule(SURVEY), schedule(new)) == (
        LikelyRename("survey", "hazard-mapping", "Rà soát điểm nguy hiểm"),
    )


def test_another_title_for_the_same_people_and_clause() -> None:
    new = task("survey-2", title="Rà soát điểm nguy hiểm ven sông", due=LATER, clauses=("V.6",))
    assert [found.new for found in likely_renames(schedule(SURVEY), schedule(new))] == ["survey-2"]


@pytest.mark.parametrize(
    "new",
    [
        task("banners", title="Treo băng rôn, khẩu hiệu"),
        task("survey-of-pools", title="Kiểm tra bể bơi", leads=["police"], due=LATER),
        task("mapping", title="Rà soát điểm nguy hiểm", was="survey"),
    ],
    ids=["other work on the same day", "a like id only", "declared"],
)
def test_nothing_to_ask(new: ScheduledTask) -> None:
    assert likely_renames(schedule(SURVEY), schedule(new)) == ()


def test_a_task_that_stays_was_not_renamed() -> None:
    copy = task("survey-2", title="Rà soát điểm nguy hiểm", clauses=("V.6",))
    assert likely_renames(schedule(SURVEY), schedule(SURVEY, copy)) == ()


def test_each_task_is_asked_about_once_with_the_most_alike() -> None:
    old = [SURVEY, task("signs", title="Cắm biển cảnh báo")]
    new = [
        task("signs-up", title="Cắm biển cảnh báo, rào chắn"),
        task("survey-all", title="Rà soát mọi điểm nguy hiểm", clauses=("V.6",)),
    ]
    found = likely_renames(schedule(*old), schedule(*new))
    assert {(each.old, each.new) for each in found} == {("survey", "survey-all"), ("signs", "signs-up")}


def test_a_yes_declares_the_rename() -> None:
    new = schedule(task("mapping"), task("signs"))
    renamed = with_renames(new, {"mapping": "survey"})
    assert (renamed.tasks["mapping"].was, renamed.tasks["signs"].was) == ("survey", None)
