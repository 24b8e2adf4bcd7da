"""Settings that no letter may leave with are refused before one does, in the reader's language."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from workflows.errors import EnvironmentRefused
from workflows.home import Home
from workflows.operations.mail.lanes import lane_of, mail_refusal
from workflows.settings import Security, Settings
from workflows.texts import Language, translator

SECRET = SecretStr("mật-khẩu")


@pytest.mark.parametrize("address", ["van-phong", "văn-phòng@xa.example", "a b@xa.example", "a@b@xa.example"])
def test_a_sender_that_is_no_address_is_named_with_what_to_write(tmp_path: Path, address: str) -> None:
    Home.create(tmp_path / "home")
    with pytest.raises(EnvironmentRefused) as caught:
        lane_of(Settings(home=tmp_path / "home", mail_from=address))
    said = caught.value.say(translator(Language.VI))
    assert f"không phải là địa chỉ thư: `{address}`" in said
    assert "vanphong@xa.example" in said


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"smtp_host": "không có"}, "tên hay địa chỉ của một máy"),
        ({"smtp_user": "van-phong"}, "có tên đăng nhập thì phải có mật khẩu"),
        ({"smtp_user": "van-phong", "smtp_password": SECRET}, "ký tự ASCII"),
        (
            {"smtp_user": "u", "smtp_password": SecretStr("p"), "smtp_security": Security.NONE},
            "không được mã hóa",
        ),
    ],
)
def test_why_a_mail_servers_settings_are_refused_is_said_in_vietnamese(
    settings: dict[str, Any], why: str
) -> None:
    with pytest.raises(EnvironmentRefused) as caught:
        mail_refusal(Settings(**({"smtp_host": "mail.example"} | settings)))
    said = caught.value.say(translator(Language.VI))
    assert why in said
    assert SECRET.get_secret_value() not in said
