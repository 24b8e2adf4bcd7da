"""Contacts that came with a later plan: they act in every plan of the office, older ones too."""

from dataclasses import replace
from datetime import date

import pytest
from builders import TENTH_OF_JUNE, contact, schedule, task
from web_house import OFFICE, PLAN, SIGNS_2, House, commune, send

from workflows.engine.states import Verb
from workflows.operations.mail.queueing import morning
from workflows.operations.publish import publish

PAGE = f"/w/{OFFICE}/{PLAN}/{SIGNS_2}"
SIGNS_1 = "hazard-signs/thon-1"


@pytest.fixture
def grown(house: House) -> House:
    """The house after a second plan, whose units.yaml knows a new clerk and a new village contact."""
    known = commune()
    units = dict(known.units)
    for unit, title in (("vhxh", "Chuyên viên mới"), ("thon-2", "Phó Trưởng thôn")):
        new = contact("new", title=title, email=f"new-{unit}@kim-thanh.example")
        units[unit] = replace(units[unit], contacts=(*units[unit].contacts, new))
    plan = schedule(
        task("autumn", ("vhxh",), due=date(2026, 9, 10)), id="autumn-2026", office=replace(known, units=units)
    )
    publish(house.database, plan, {}, as_of=TENTH_OF_JUNE, now=morning(TENTH_OF_JUNE))
    return house


def test_a_new_clerk_works_on_the_older_plan(grown: House) -> None:
    clerk = grown.member("new-vhxh")
    page = f"/work/{PLAN}/{SIGNS_1}"
    preview = send(clerk, "/board/preview", clerk.get(f"/board?plan={PLAN}"), act="accept", pick=[SIGNS_1])
    answer = send(clerk, page, clerk.get(page), marked={"act": "accept"})

    assert "Sẽ xác nhận 01 kết quả" in preview.text
    assert answer.status_code == 200
    assert grown.state(SIGNS_1) == "done"


def test_a_new_village_contact_answers_for_the_older_plan_under_the_title_of_today(grown: House) -> None:
    browser = grown.browser()
    browser.get(grown.link("thon-2", contact="thon-2/new"))
    answer = send(browser, PAGE, browser.get(PAGE), marked={"act": "start"}, reporter="")

    assert answer.status_code == 200
    assert grown.state(SIGNS_2) == "started"
    with grown.database.read() as transaction:
        plan = transaction.plans.get(OFFICE, PLAN)
        number = transaction.assignments.get(plan.number, SIGNS_2).number
        record = transaction.history.of_assignment(number)[-1].record
    assert (record.verb, record.by, record.facts["said_by"]) == (Verb.START, "thon-2/new", "Phó Trưởng thôn")
