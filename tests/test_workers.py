"""Twenty offices, two workers, one killed in mid-round: every office has its round exactly once."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from conftest import PostgresDatabases
from operation_cases import at, commune, june, publish_plan, rows, small_plan, snapshot

from benchmarks.worker_farm import Farm, Worker, running_farm, wait_until
from workflows.operations.round import run_round
from workflows.operations.shards import offices_owing
from workflows.operations.tickets import LEASE, NoRound
from workflows.store.database import Database

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.postgres,
    pytest.mark.destructive,
    pytest.mark.timeout(600),  # six processes that import Prefect: a minute where nothing else runs
]

OFFICES = tuple(f"xa-{number:02}" for number in range(1, 21))
THURSDAY = june(11)
MORNING = at(THURSDAY)
PATIENCE = 200.0
DEPLOYMENTS = Path(__file__).parent.parent / "prefect.yaml"


@contextmanager
def offices(url: str) -> Iterator[Database]:
    with closing(Database.open(url, create=False)) as database:
        yield database


@pytest.fixture
def published(postgres: PostgresDatabases) -> str:
    """The address of a database with twenty offices, a small plan in each, and no round yet."""
    url = postgres.migrated()
    with offices(url) as database:
        for name in OFFICES:
            publish_plan(database, small_plan(office=commune(name)))
    return url


@pytest.fixture
def farm(tmp_path: Path, published: str, postgres: PostgresDatabases) -> Iterator[Farm]:
    with running_farm(tmp_path, published, postgres.empty()) as running:
        running.deploy(DEPLOYMENTS, tmp_path, "round-")
        yield running


@contextmanager
def stuck_on(url: str, office: str) -> Iterator[None]:
    """Whoever writes into the office's plan waits, inside its transaction, until the end of the block."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT number FROM plans WHERE office = %s FOR UPDATE", [office])
        yield


def somebody_waits(url: str) -> bool:
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(url) as connection:
        return connection.execute(waiting).fetchone() is not None


def killed_in_mid_round(farm: Farm, url: str, office: str) -> Worker:
    """Both shards begin; the worker that has come to the office is killed there. The one that is left."""
    farm.start_worker("worker-1")
    farm.start_worker("worker-2")
    flow_runs = [farm.run(f"round-{n}", shard=n, shards=2, now=MORNING.isoformat()) for n in (0, 1)]
    with stuck_on(url, office):
        wait_until(lambda: somebody_waits(url), PATIENCE)
        [victim] = [worker for worker in farm.workers if worker.runs(flow_runs[1])]
        victim.kill()
    assert farm.wait_for_end(flow_runs[0], PATIENCE) == "COMPLETED"
    assert farm.state(flow_runs[1]) == "RUNNING", "Prefect does not know"
    [survivor] = [worker for worker in farm.workers if worker is not victim]
    return survivor


def test_a_worker_killed_in_mid_round_leaves_every_office_with_one_round(
    farm: Farm, published: str, postgres: PostgresDatabases
) -> None:
    with offices(postgres.copied(published)) as undisturbed:
        for name in OFFICES:
            assert not isinstance(run_round(undisturbed, name, as_of=THURSDAY, now=MORNING), NoRound)
        expected = snapshot(undisturbed)
    with offices(published) as database:
        share = offices_owing(database, THURSDAY, 1, 2)
        middle = len(share) // 2
        survivor = killed_in_mid_round(farm, published, share[middle])
        assert offices_owing(database, THURSDAY, 0, 2) == []
        assert offices_owing(database, THURSDAY, 1, 2) == share[middle:], "done, at work, not yet begun"
        before = ends(database)
        # The schedule's next run but one: the lease of the office that was at work has run out.
        later = MORNING + LEASE + timedelta(minutes=5)
        again = farm.run("round-1", shard=1, shards=2, now=later.isoformat())
        wait_until(lambda: survivor.runs(again), PATIENCE)
        assert farm.wait_for_end(again, PATIENCE) == "COMPLETED"
        assert offices_owing(database, THURSDAY) == []
        assert snapshot(database) == expected
        after = ends(database)
        assert [name for name, _ in after] == list(OFFICES), "one round each"
        assert set(before) <= set(after), "those that were done were left alone"


def ends(database: Database) -> list[tuple[str, object]]:
    """Every round that came to its end, and when."""
    query = "SELECT office, finished_at FROM rounds WHERE finished_at IS NOT NULL ORDER BY office"
    return [(str(office), instant) for office, instant in rows(database, query)]
