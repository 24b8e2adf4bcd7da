"""`dondoc token`: made and printed once, listed without its text, revoked."""

from pathlib import Path

import pytest
from cli_cases import NOW, Office, open_office

from workflows.operations.api_tokens import find_token
from workflows.store.database import Database
from workflows.store.records import ApiToken, Scope


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Office:
    opened = open_office(tmp_path, capsys, monkeypatch)
    opened.publish()
    return opened


def found(office: Office, text: str) -> ApiToken | None:
    database = Database.open(f"sqlite:///{office.home / 'dondoc.db'}", create=False)
    try:
        return find_token(database, text, now=NOW)
    finally:
        database.close()


def test_a_token_is_printed_once_alone_on_stdout(office: Office) -> None:
    code, out, err = office.call("token", "create", "e-office", "--days", "30")

    assert code == 0
    assert err.startswith("Keep it now: it is shown this once. It holds until")
    token = found(office, out.strip())
    assert token is not None
    assert (token.name, sorted(token.scopes), sorted(token.units)) == ("e-office", [Scope.READ], [])
    _, listed, _ = office.call("token", "list")
    assert "e-office" in listed
    assert out.strip() not in listed


def test_scopes_and_units_as_json(office: Office) -> None:
    made = office.document(
        "token", "create", "school", "--scope", "read", "--scope", "move:unit", "--unit", "thon-1",
        "--unit", "thon-2",
    )  # fmt: skip

    assert (made["scopes"], made["units"]) == (["move:unit", "read"], ["thon-1", "thon-2"])
    assert found(office, made["token"]) is not None
    (listed,) = office.document("token", "list")
    assert "token" not in listed
    assert listed["made_by"] == "standing_office"
    assert (listed["last_used_at"] is None, listed["revoked_at"]) == (False, None)


def test_a_revoked_token_lets_nobody_in(office: Office) -> None:
    made = office.document("token", "create", "e-office")
    code, out, _ = office.call("token", "revoke", "e-office", "--by", "vhxh/a")

    assert (code, out) == (0, "Revoked: e-office\n")
    assert found(office, made["token"]) is None
    (listed,) = office.document("token", "list")
    assert listed["revoked_by"] == "vhxh/a"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("create", "e-office", "--scope", "rea"), 2, "there is no scope `rea`"),
        (("create", "E Office"), 2, "no name for a token"),
        (("create", "e-office", "--unit", "thon-9"), 1, "there is no unit `thon-9`"),
        (("create", "e-office", "--by", "thon-1"), 1, "for the standing office to decide"),
        (("revoke", "e-office"), 1, "there is no token `e-office`"),
    ],
)
def test_what_does_not_go_is_said_in_a_sentence(
    arguments: tuple[str, ...], code: int, said: str, office: Office
) -> None:
    found_code, out, err = office.call("token", *arguments)

    assert (found_code, out) == (code, "")
    assert said in err
    assert office.document("token", "list") == []
    assert office.call("token", "list")[1] == "There are no tokens.\n"
