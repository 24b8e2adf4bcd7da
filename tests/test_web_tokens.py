"""The office's page of other systems: tokens made and shown once, listed, ended."""

import re
from datetime import timedelta
from typing import Any

import pytest
from api_calls import AT
from fastapi.testclient import TestClient
from web_house import OFFICE, House, send

from workflows.operations.api_tokens import tokens_of
from workflows.store.records import Scope


def make(browser: TestClient, **fields: Any) -> Any:
    known = {"name": "e-office", "may": "read", "days": "365"}
    return send(browser, "/tokens", browser.get("/tokens"), **(known | fields))


def token_on(answer: Any) -> str:
    (found,) = re.findall(r"dondoc_[\w-]{20,}", answer.text)
    return str(found)


def test_a_token_is_made_and_shown_once(house: House) -> None:
    clerk = house.member("vhxh")

    made = make(clerk)
    token = token_on(made)

    assert made.headers["cache-control"] == "no-store"
    called = house.browser().get(f"{AT}/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (called["name"], called["scopes"], called["units"]) == ("e-office", ["read"], [])
    listed = clerk.get("/tokens").text
    assert "e-office" in listed
    assert "dondoc_" not in listed
    (kept,) = tokens_of(house.database, OFFICE)
    assert (kept.made_by, kept.expires_at - kept.made_at) == ("vhxh/head", timedelta(days=365))


@pytest.mark.parametrize(
    ("fields", "scopes", "units"),
    [
        ({"may": "unit", "unit": ["thon-1", "thon-2"]}, {Scope.READ, Scope.MOVE_UNIT}, {"thon-1", "thon-2"}),
        ({"may": "office"}, {Scope.READ, Scope.MOVE_OFFICE}, set()),
        ({"notes": "1", "unit": "thon-1"}, {Scope.READ, Scope.READ_NOTES}, {"thon-1"}),
    ],
)
def test_what_it_may_do_is_chosen(
    fields: dict[str, Any], scopes: set[Scope], units: set[str], house: House
) -> None:
    make(house.member("vhxh"), **fields)

    (kept,) = tokens_of(house.database, OFFICE)
    assert (set(kept.scopes), set(kept.units)) == (scopes, units)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "Trục liên thông"}, "không dùng làm tên mã được"),
        ({"may": "everything"}, "xin chọn quyền của mã"),
        ({"may": "", "notes": "on"}, "xin chọn quyền của mã"),
        ({"may": "unit"}, "phải ghi rõ đơn vị nào"),
        ({"days": "9999"}, "từ 1 đến 730 ngày"),
        ({"unit": "thon-99"}, "thon-99"),
    ],
)
def test_a_form_that_does_not_go_comes_back_with_a_sentence(
    fields: dict[str, str], said: str, house: House
) -> None:
    answer = make(house.member("vhxh"), **fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert tokens_of(house.database, OFFICE) == []


def test_a_form_sent_twice_makes_one_token(house: House) -> None:
    clerk = house.member("vhxh")
    make(clerk)

    again = make(clerk)

    assert (again.status_code, len(tokens_of(house.database, OFFICE))) == (422, 1)
    assert "hãy đặt tên khác" in again.text


def test_a_revoked_token_is_over_at_once(house: House) -> None:
    clerk = house.member("vhxh")
    token = token_on(make(clerk))

    answer = send(clerk, "/tokens/e-office/revoke", clerk.get("/tokens"))

    assert answer.status_code == 200
    assert "Đã thu hồi" in answer.text
    called = house.browser().get(f"{AT}/me", headers={"Authorization": f"Bearer {token}"})
    assert called.status_code == 401


def test_the_page_of_the_api_holds_every_address_and_every_problem(house: House) -> None:
    described = house.browser().get(f"{AT}/openapi.json").json()
    answer = house.browser().get("/api?lang=en")

    for path in described["paths"]:
        assert f"{AT}{path}" in answer.text
    problem = house.browser().get(f"{AT}/me").json()
    assert f'id="{problem["type"].partition("#")[2]}"' in answer.text
    assert answer.text.count("<script") == answer.text.count("<script src=") == 1
