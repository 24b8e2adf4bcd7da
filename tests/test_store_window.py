"""What the window keeps: forms that were carried out, sign-ins that were asked for."""

from datetime import timedelta

import pytest
from builders import MORNING, assignment
from store_builders import published

from workflows.errors import MoveRefused
from workflows.operations.upkeep.tidy_up import tidy_up
from workflows.store.database import Database
from workflows.store.records import SignInRequest
from workflows.store.submissions import KEPT


def test_a_form_is_claimed_once(database: Database) -> None:
    plan = published(database, assignment())
    with database.write() as transaction:
        assert transaction.submissions.claim("form", plan, MORNING)
        transaction.submissions.settle("form", 7)

    with database.write() as transaction:
        assert not transaction.submissions.claim("form", plan, MORNING)
        assert transaction.submissions.sequence("form") == 7


def test_a_key_belongs_to_what_was_asked_under_it(database: Database) -> None:
    plan = published(database)
    with database.write() as transaction:
        assert transaction.submissions.claim("call", plan, MORNING, "one thing")
        assert not transaction.submissions.claim("call", plan, MORNING, "another")
        assert transaction.submissions.is_same("call", "one thing")
        assert not transaction.submissions.is_same("call", "another")
        # Calls of before the column, and forms, are known by their key alone.
        assert transaction.submissions.claim("form", plan, MORNING)
        assert transaction.submissions.is_same("form", "another")


def test_a_form_whose_move_was_refused_may_be_sent_again(database: Database) -> None:
    plan = published(database, assignment())

    def refused() -> None:
        with database.write() as transaction:
            transaction.submissions.claim("form", plan, MORNING)
            raise MoveRefused("no")

    with pytest.raises(MoveRefused):
        refused()

    with database.write() as transaction:
        assert transaction.submissions.claim("form", plan, MORNING)


def test_forms_are_forgotten_when_no_browser_keeps_them(database: Database) -> None:
    plan = published(database, assignment())
    with database.write() as transaction:
        transaction.submissions.claim("old", plan, MORNING)
        transaction.submissions.claim("new", plan, MORNING + KEPT)

        assert transaction.submissions.forget(MORNING + KEPT + timedelta(seconds=1)) == 1
        assert not transaction.submissions.claim("new", plan, MORNING)


def asked(id: str = "request", browser: str | None = "browser") -> SignInRequest:  # noqa: A002
    return SignInRequest(id, "kim-thanh", "vhxh/head", browser, MORNING, MORNING + timedelta(minutes=15))


def test_a_sign_in_is_used_once_in_time_by_the_asking_browser(database: Database) -> None:
    published(database)
    soon, late = MORNING + timedelta(minutes=1), MORNING + timedelta(minutes=15)
    with database.write() as transaction:
        transaction.sign_ins.ask(asked())

        assert transaction.sign_ins.find("request", "browser", soon) == asked()
        assert not transaction.sign_ins.use("request", "another", soon)
        assert not transaction.sign_ins.use("request", "browser", late)
        assert transaction.sign_ins.use("request", "browser", soon)
        assert not transaction.sign_ins.use("request", "browser", soon)
        assert transaction.sign_ins.find("request", "browser", soon) is None


def test_the_operators_link_opens_in_any_browser(database: Database) -> None:
    published(database)
    with database.write() as transaction:
        transaction.sign_ins.ask(asked(browser=None))

        assert transaction.sign_ins.use("request", "whichever", MORNING)


def test_the_daily_upkeep_forgets_old_forms(database: Database) -> None:
    plan = published(database)
    with database.write() as transaction:
        transaction.submissions.claim("old", plan, MORNING)
    tidy_up(database, now=MORNING + KEPT + timedelta(seconds=1))
    with database.write() as transaction:
        assert transaction.submissions.claim("old", plan, MORNING)


def test_sign_ins_that_ended_a_day_ago_are_forgotten(database: Database) -> None:
    published(database)
    tomorrow = MORNING + timedelta(days=1, hours=1)
    later = SignInRequest("later", "kim-thanh", "vhxh/head", None, tomorrow, tomorrow + timedelta(minutes=15))
    with database.write() as transaction:
        transaction.sign_ins.ask(asked())
        transaction.sign_ins.ask(later)

        assert transaction.sign_ins.find("request", "browser", MORNING) is None
        assert transaction.sign_ins.find("later", "any", tomorrow) == later
