"""A database that was damaged, or that lets nobody in: a sentence with its mend, and no password in it."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from cli_cases import Office, open_office
from conftest import PostgresDatabases
from psycopg import sql
from sqlalchemy import make_url

PAGE = 4096
SECRET = "geheim-4711"


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    """A plan under way, and no process that holds its database."""
    opened = open_office(tmp_path, capsys, monkeypatch)
    opened.publish()
    opened.open_work()
    return opened


def truncated(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def without_header(whole: bytes) -> bytes:
    return b"\0" * 100 + whole[100:]


def with_garbage(whole: bytes) -> bytes:
    """Every page but the first is noise, as after a disk that wrote elsewhere."""
    return whole[:PAGE] + random.Random(1).randbytes(len(whole) - PAGE)


@pytest.mark.parametrize("verb", [["status"], ["history", "guide/vhxh"], ["publish", "{plan}"], ["audit"]])
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (truncated, "the database {file} is damaged"),
        (without_header, "{file} is no database"),
        (with_garbage, "the database {file} is damaged"),
    ],
)
def test_a_damaged_file_is_told_with_the_way_back(
    office: Office, damage: Callable[[bytes], bytes], said: str, verb: list[str]
) -> None:
    file = office.home / "dondoc.db"
    file.write_bytes(damage(file.read_bytes()))
    code, out, err = office.call(*(word.format(plan=office.plan) for word in verb))
    sentence, mend = err.splitlines()
    assert (code, out, sentence) == (3, "", said.format(file=file))
    assert "restore" in mend


def test_doctor_finds_the_damage_too(office: Office) -> None:
    file = office.home / "dondoc.db"
    file.write_bytes(with_garbage(file.read_bytes()))
    code, out, _ = office.call("doctor", "--json")
    found = {row["check"]: row for row in json.loads(out)}
    assert (code, found["database"]["ok"]) == (1, False)
    assert "is damaged" in found["database"]["detail"]


@pytest.mark.postgres
@pytest.mark.parametrize("in_the_query", [False, True])
def test_a_wrong_password_is_told_and_not_repeated(
    office: Office, postgres: PostgresDatabases, monkeypatch: pytest.MonkeyPatch, in_the_query: bool
) -> None:
    """The server trusts whoever comes from this machine, so a line of its own makes it ask this role."""
    address = make_url(postgres.empty())
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        (rules,) = connection.execute("SHOW hba_file").fetchone() or ("",)
        before = Path(rules).read_text(encoding="utf-8")
        connection.execute(sql.SQL("CREATE ROLE clerk LOGIN PASSWORD {}").format(sql.Literal("another")))
        try:
            Path(rules).write_text(
                f"local all clerk scram-sha-256\nhost all clerk all scram-sha-256\n{before}"
            )
            connection.execute("SELECT pg_reload_conf()")
            asked = address.set(username="clerk")
            asked = (
                asked.update_query_dict({"password": SECRET}) if in_the_query else asked.set(password=SECRET)
            )
            monkeypatch.setenv("DONDOC_DATABASE_URL", asked.render_as_string(hide_password=False))
            code, out, err = office.call("status")
        finally:
            Path(rules).write_text(before, encoding="utf-8")
            connection.execute("DROP ROLE clerk")
            connection.execute("SELECT pg_reload_conf()")
    assert (code, out) == (3, "")
    assert err.startswith("PostgreSQL does not let us in at postgresql+psycopg://clerk:***@")
    assert "password authentication failed" in err
    assert "look at the host, name, user and password in DONDOC_DATABASE_URL" in err
    assert SECRET not in err


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql:/clerk:{SECRET}@db.example/dondoc",
        f"clerk:{SECRET}@db.example/dondoc",
        f"postgresql://clerk:{SECRET}@db.example:port/dondoc",
        f"postgresql://clerk:an@{SECRET}@db.example/dondoc",
    ],
)
def test_an_address_that_is_none_is_told_and_not_repeated(
    office: Office, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DONDOC_DATABASE_URL", address)
    code, out, err = office.call("status")
    assert (code, out) == (3, "")
    assert err.startswith("what DONDOC_DATABASE_URL holds is not a database address\n")
    assert SECRET not in err


@pytest.mark.parametrize("option", ["pasword", "connect_timeout"])
def test_an_option_that_postgresql_does_not_know_is_told_and_not_repeated(
    office: Office, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setenv("DONDOC_DATABASE_URL", f"postgresql://clerk@127.0.0.1:9/dondoc?{option}={SECRET}")
    code, out, err = office.call("status")
    assert (code, out) == (3, "")
    assert err == (
        "PostgreSQL does not know what DONDOC_DATABASE_URL says after the question mark\n"
        "Write options there as NAME=VALUE, with & between them, or none.\n"
    )
