"""Calls of the API in tests: a token's holder, and what it asks for."""

import itertools
from collections.abc import Collection
from typing import Any

import httpx
from fastapi.testclient import TestClient
from web_house import OFFICE, PLAN, House

from workflows.operations.api_tokens import make_token
from workflows.store.records import Scope

AT = "/api/v1"
_numbers = itertools.count(1)


class Caller:
    """Another system with a token of its own: it may read, and whatever else it is given."""

    def __init__(self, house: House, *scopes: Scope, units: Collection[str] = (), name: str = "") -> None:
        self.name = name or f"system-{next(_numbers)}"
        made = make_token(
            house.database, OFFICE, self.name,
            scopes={Scope.READ, *scopes}, units=units, by="vhxh", now=house.now,
        )  # fmt: skip
        self.token = made.text
        self.headers = {"Authorization": f"Bearer {made.text}"}
        self._client: TestClient = house.browser()

    def get(self, path: str, **query: Any) -> httpx.Response:
        """What an address answers."""
        answer: httpx.Response = self._client.get(f"{AT}{path}", params=query, headers=self.headers)
        return answer

    def document(self, path: str, **query: Any) -> Any:
        """What a call that succeeds gives."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def move(self, verb: str, assignment: str, once: str | None = None, **fields: Any) -> httpx.Response:
        """Ask for a move; `once` repeats an earlier call."""
        answer: httpx.Response = self._client.post(
            f"{AT}/plans/{PLAN}/moves",
            json={"verb": verb, "assignment": assignment} | fields,
            headers=self.headers | {"Idempotency-Key": once or f"key-{next(_numbers)}"},
        )
        return answer

    def hand_in(
        self, assignment: str, *files: tuple[str, bytes], once: str | None = None, **fields: str
    ) -> httpx.Response:
        """Hand in files, each with its name, as evidence."""
        answer: httpx.Response = self._client.post(
            f"{AT}/plans/{PLAN}/evidence",
            data={"assignment": assignment} | fields,
            files=[("files", file) for file in files],
            headers=self.headers | {"Idempotency-Key": once or f"key-{next(_numbers)}"},
        )
        return answer
