"""Schemathesis against the API: no fault, no answer that is not described, no way around tokens."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from web_house import OFFICE, PLAN, House, open_house

from web.api import acting, reading
from workflows.operations.api_tokens import make_token
from workflows.store.records import Scope

CALLS = sorted(
    (route.path, method)
    for router in (reading.router, acting.router)
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
)


WORK = (
    "gifts/vhxh",
    "hazard-check/police",
    "hazard-signs/thon-1",
    "hazard-signs/thon-2",
    "summer-handover/youth",
)

EXAMPLES = int(os.environ.get("DONDOC_FUZZ_EXAMPLES", "6"))
"""Calls tried for each address, valid ones and invalid ones; some thousands for a long run by hand."""

MOVES_TIMES = 4
"""How many times as many are tried where there are as many kinds of bodies as moves."""

_keys = itertools.count(1)


@pytest.fixture(scope="module")
def asked(played_season: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for the whole run; it gets every move that is found."""
    with open_house(tmp_path_factory.mktemp("asked"), played_season) as opened:
        yield opened


@pytest.fixture(scope="module")
def token(asked: House) -> str:
    """A token that may do everything."""
    scopes = [Scope.READ, Scope.READ_NOTES, Scope.MOVE_OFFICE]
    return make_token(asked.database, OFFICE, "fuzz", scopes=scopes, by="vhxh", now=asked.now).text


@pytest.fixture(scope="module")
def described(asked: House) -> Any:
    """The description that the API gives of itself."""
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", asked.app)


def aimed(case: Case[Any], name: str) -> Case[Any]:
    """The call about work that exists: names that are made up find nothing to judge."""
    task, unit = name.split("/")
    there = {"plan": PLAN, "task": task, "unit": unit, "turn": 1}
    case.path_parameters = {known: there[known] for known in case.path_parameters or {}}
    if isinstance(case.body, dict) and "assignment" in case.body:
        case.body["assignment"] = name
        case.headers["Idempotency-Key"] = f"fuzz-{next(_keys)}"
    return case


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), CALLS)
def test_no_call_finds_a_fault(
    path: str, method: str, mode: GenerationMode, described: Any, token: str, asked: House
) -> None:
    @settings(
        max_examples=EXAMPLES * (MOVES_TIMES if method == "POST" else 1), deadline=None, derandomize=True,
        database=None, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=described[path][method].as_strategy(generation_mode=mode), name=st.sampled_from(WORK))
    def call(case: Case[Any], name: str) -> None:
        asked.window.limits._buckets.clear()
        if mode.is_positive:
            case = aimed(case, name)
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

    call()
