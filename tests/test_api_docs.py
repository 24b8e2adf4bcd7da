"""What docs/api.md shows is what the API answers, and every address and scope stands there."""

import argparse
import json
import shlex
from pathlib import Path

import httpx
from api_calls import AT, Caller
from test_docs import ROOT, plain, shown_in
from web_house import House

from web.api.problems import KINDS
from workflows.store.records import Scope

PDF = b"%PDF-1.7"
DOCUMENT = Path(ROOT / "docs" / "api.md")

curl = argparse.ArgumentParser("curl")
curl.add_argument("-H", dest="headers", action="append", default=[])
curl.add_argument("-d", dest="data")
curl.add_argument("-F", dest="form", action="append", default=[])
curl.add_argument("address")


def called(house: House, command: str, token: str) -> httpx.Response:
    """The answer to a `curl` command."""
    words = shlex.split(command)
    assert words[0] == "curl"
    asked = curl.parse_args([word.replace("$TOKEN", token).replace("$DONDOC", "") for word in words[1:]])
    fields = [field.split("=", 1) for field in asked.form]
    answer: httpx.Response = house.browser().request(
        "GET" if asked.data is None and not fields else "POST",
        asked.address,
        content=asked.data,
        data={name: value for name, value in fields if not value.startswith("@")},
        files=[(name, (value[1:], PDF)) for name, value in fields if value.startswith("@")],
        headers=dict(header.split(": ", 1) for header in asked.headers),
    )
    return answer


def test_the_commands_answer_what_is_shown(house: House) -> None:
    token = Caller(house, Scope.MOVE_OFFICE, name="e-office").token
    commands = list(shown_in(DOCUMENT))
    assert len(commands) >= 7
    for shown in commands:
        answer = called(house, shown.command, token)
        assert answer.is_success or "Accept-Language" in shown.command, answer.text
        told = plain(json.dumps(answer.json(), ensure_ascii=False, indent=1))
        for line in shown.output:
            for piece in line.split("..."):
                assert plain(piece) in told, f"{shown.command}: {piece}"


def test_every_address_scope_and_status_stands_there(house: House) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for path in house.browser().get(f"{AT}/openapi.json").json()["paths"]:
        last = path.rpartition("/")[2]
        assert f"/{last}" in text, path
    for scope in Scope:
        assert f"| `{scope.value}` |" in text
    stated = {described.status.value for described in KINDS.values()} - {405, 500}
    assert [status for status in stated if str(status) not in text] == []
