"""What work may cost, as counts that hold on every machine: links signed, rows worded, statements, bytes.

How long it takes is for `benchmarks/`.
"""

import gc
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from builders import schedule, task
from letter_samples import SIGNS, letter, village_section, work
from letter_samples import links as sample_links
from operation_cases import KIM_THANH, at, june, publish_plan, round_on
from sqlalchemy import event
from store_builders import queued_letter
from web_house import OFFICE, PLAN, SIGNS_2, House, send

from notifications.letters import Action, LetterKind, Slot
from notifications.messages import headline, render
from notifications.wording.units import MOST_IN_FULL
from workflows.garbage import FOR_A_CALL, FOR_DAYS, few_collections
from workflows.operations.mail.links import Link, LinkSigner, links_of
from workflows.store.database import Database
from workflows.store.json_texts import dump
from workflows.store.records import LetterState

# Letters


def test_only_the_rows_a_letter_shows_are_put_into_words() -> None:
    asked: Counter[str | None] = Counter()

    def links(slot: Slot) -> str:
        asked[slot.assignment] += 1
        return sample_links(slot)

    rows = tuple(replace(SIGNS, assignment=f"w-{n}/thon-2") for n in range(5_000))
    render(letter(LetterKind.DAILY, village_section(attention=rows)), links)
    asked.pop(None)
    assert list(asked) == [f"w-{n}/thon-2" for n in range(MOST_IN_FULL)]


def test_a_subject_needs_no_row_in_words() -> None:
    unsayable = work(due="no date: whoever puts this row into words fails")
    subject, preview = headline(letter(LetterKind.DAILY, village_section(later=(unsayable,) * 3)))
    assert "Thôn 2" in subject
    assert preview


def test_the_buttons_of_one_piece_of_work_share_one_signature(database: Database) -> None:
    signed: list[int] = []

    class Counting(LinkSigner):
        def token(self, link: Link) -> str:
            signed.append(link.number)
            return super().token(link)

    with database.read() as transaction:
        address = links_of(
            letter(LetterKind.DAILY, village_section()), Counting("k" * 32), "https://x.example", transaction
        )
        shown = {
            address(Slot(action, "p", f"signs/thon-{n}", "thon-2", n))
            for n in (1, 2)
            for action in (Action.SEE, Action.DONE, Action.START, Action.OBSTACLE, Action.EXTEND)
        }
    assert len(shown) == 10
    assert signed == [1, 2]


def test_a_letter_of_ten_rows_stays_small() -> None:
    rows = tuple(replace(SIGNS, assignment=f"w-{n}/thon-2") for n in range(10))
    whole = render(letter(LetterKind.DAILY, village_section(attention=rows)), sample_links)
    listed = render(
        letter(LetterKind.WEEKLY, village_section(attention=rows[:3], later=rows[3:])), sample_links
    )
    assert len(listed.html.encode()) + len(listed.text.encode()) < 18_000
    assert len(whole.html.encode()) + len(whole.text.encode()) < 28_000


def test_a_day_s_announcements_do_not_count_its_own_summary(database: Database) -> None:
    publish_plan(database)
    monday = june(8)
    round_on(database, june(2))
    round_on(database, monday)
    with database.read() as transaction:
        letters, since = transaction.letters, at(monday, 0)
        weekly = LetterKind.WEEKLY.value
        told = letters.assignments_told(KIM_THANH, weekly, states=set(LetterState), since=since)
        before = letters.assignments_told(
            KIM_THANH, weekly, states=set(LetterState), since=since, before=at(monday, 0)
        )
    assert told
    assert before == set()


# Starts


@pytest.mark.parametrize("module", ["status", "check", "outbox", "round"])
def test_a_verb_brings_no_prefect_no_foreign_driver_and_no_table_before_it_is_needed(module: str) -> None:
    assert not {"prefect", "rich", "asyncpg", "psycopg", "fastapi"} & imported_by(
        f"workflows.cli.main, workflows.cli.{module}"
    )


def test_opening_a_home_brings_neither_the_migrations_nor_the_other_database(tmp_path: Path) -> None:
    """Each of these takes as long as a tenth of a whole call."""
    url = f"sqlite:///{tmp_path / 'dondoc.db'}"
    Database.open(url, create=True).close()
    opened = imported_by(
        "workflows.settings, workflows.store.database",
        f"workflows.store.database.Database.open({url!r}, create=False)",
    )
    assert not {"sqlalchemy.dialects.postgresql", "alembic"} & opened


def imported_by(modules: str, then: str = "pass") -> set[str]:
    """Every module that a process of its own has after importing some and doing something."""
    script = f"import sys, {modules}\n{then}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_call_that_ends_looks_through_nothing_and_still_runs_what_was_to_run_at_its_end() -> None:
    """Looking once more at all that a call has made takes a fifth of it."""
    program = (
        "import atexit, gc, sys\nfrom workflows.cli.entry import main\n"
        "atexit.register(lambda: print(len(gc.get_objects()) < gc.get_freeze_count()))\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[1:] == ["True"]


def test_what_gathers_in_the_flows_of_a_process_that_runs_for_days_is_collected() -> None:
    gc.collect()
    with few_collections(FOR_DAYS):
        before = sum(generation["collections"] for generation in gc.get_stats())
        for _ in range(20):
            with few_collections(FOR_A_CALL):
                for _ in range(FOR_DAYS // 10):
                    circle: list[object] = []
                    circle.append(circle)
        assert sum(generation["collections"] for generation in gc.get_stats()) > before


# Pages


def test_a_page_of_the_outbox_costs_the_same_however_many_letters_there_are(house: House) -> None:
    clerk, fields = house.member("vhxh"), {"created_at": house.now, "not_before": house.now}
    with house.database.write() as transaction:
        transaction.letters.queue(*(queued_letter(f"first:{n}", **fields) for n in range(200)))
    read = rows_read(house.window.database)
    spent = []
    for more in (0, 2_000):
        with house.database.write() as transaction:
            transaction.letters.queue(*(queued_letter(f"more:{n}", **fields) for n in range(more)))
        read.clear()
        for path in ("/outbox", "/outbox?state=queued", "/outbox?to=a@kim-thanh.example"):
            assert clerk.get(path).status_code == 200
        spent.append(sum(read))
    assert spent[0] == spent[1] < 3 * 200


def test_a_report_reads_nothing_that_only_its_page_shows(house: House) -> None:
    page, village, asked = f"/w/{OFFICE}/{PLAN}/{SIGNS_2}", house.guest("thon-2"), list[str]()
    shown = village.get(page)
    event.listen(
        house.window.database._engine, "before_cursor_execute", lambda _c, _k, sql, *_: asked.append(sql)
    )
    village.follow_redirects = False
    assert send(village, page, shown, marked={"act": "start"}).status_code == 303
    assert house.state(SIGNS_2) == "started"
    assert not [sql for sql in asked if "FROM evidence" in sql]


def rows_read(database: Database) -> list[int]:
    """A list that gets a 1 for each row that SQLite hands to this database from now on."""
    read: list[int] = []

    def counted(_cursor: object, row: tuple[object, ...]) -> tuple[object, ...]:
        read.append(1)
        return row

    @event.listens_for(database._engine, "checkout")
    def _count(connection: sqlite3.Connection, *_: object) -> None:
        connection.row_factory = counted

    return read


# Plans


def test_a_stored_schedule_grows_with_its_tasks_not_with_their_assignments() -> None:
    """Whoever opens a plan reads all of it: a date for each of forty units would be most of the text."""
    units = tuple(f"unit-{n}" for n in range(40))
    turns = tuple(june(day) for day in range(1, 21))
    one, many = (len(dump(schedule(task("news", leads, repeat=turns)))) for leads in (units[:1], units))
    assert many - one < 40 * len('"unit-39",') + 1
