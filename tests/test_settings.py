"""Settings come from a file and the environment, and say plainly what is wrong with them."""

import stat
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from workflows.errors import EnvironmentRefused, WrongUse
from workflows.home import Home, readable_by_others
from workflows.settings import Security, Settings, read_settings
from workflows.texts import Language

pytestmark = pytest.mark.usefixtures("no_settings_from_outside")


def write(folder: Path, text: str) -> None:
    (folder / "dondoc.toml").write_text(text, encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(WrongUse) as caught:
        read_settings(folder)
    return caught.value.say(lambda text: text)


def test_nothing_set_works_on_one_machine(tmp_path: Path) -> None:
    settings = read_settings(tmp_path)
    assert settings.home == tmp_path / ".dondoc"
    assert settings.database == f"sqlite:///{tmp_path}/.dondoc/dondoc.db"
    assert settings.smtp_host is None
    assert settings.lang is Language.VI


def test_a_home_begins_in_the_working_folder_or_with_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/van-phong")
    for written, meant in (("dd", tmp_path / "dd"), ("/srv/dd", "/srv/dd"), ("~/dd", "/home/van-phong/dd")):
        write(tmp_path, f'home = "{written}"\n')
        assert read_settings(tmp_path).home == Path(meant)


@pytest.mark.parametrize("home", ["5", '"~nobody-of-that-name/dd"', "true"])
def test_what_is_no_folder_is_no_home(tmp_path: Path, home: str) -> None:
    write(tmp_path, f"home = {home}\n")
    assert refusal(tmp_path) == "the setting DONDOC_HOME must be a folder"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 'smtp_host = "mail.file.example"\nsmtp_port = 2525\nmail_from = "office@xa.example"\n')
    monkeypatch.setenv("DONDOC_SMTP_HOST", "mail.env.example")
    settings = read_settings(tmp_path)
    assert (settings.smtp_host, settings.port) == ("mail.env.example", 2525)


def test_an_empty_variable_counts_as_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_SMTP_HOST", "")
    assert read_settings(tmp_path).smtp_host is None


@pytest.mark.parametrize(("security", "port"), [("tls", 465), ("starttls", 587), ("none", 25)])
def test_the_port_follows_the_protection(tmp_path: Path, security: str, port: int) -> None:
    write(tmp_path, f'smtp_security = "{security}"\n')
    settings = read_settings(tmp_path)
    assert settings.smtp_security is Security(security)
    assert settings.port == port


def test_a_relative_home_belongs_to_the_working_folder(tmp_path: Path) -> None:
    write(tmp_path, 'home = "data"\n')
    assert read_settings(tmp_path).home == tmp_path / "data"


def test_a_misspelt_key_is_refused_with_the_one_meant(tmp_path: Path) -> None:
    write(tmp_path, 'smpt_host = "mail.example"\n')
    assert refusal(tmp_path) == "dondoc.toml sets smpt_host, which does not exist\ndid you mean `smtp_host`?"


def test_a_misspelt_variable_is_refused_with_the_one_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONDOC_SMPT_HOST", "mail.example")
    assert "did you mean `DONDOC_SMTP_HOST`?" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("smtp_port = 70000", "the setting DONDOC_SMTP_PORT must be a whole number from 1 to 65535"),
        ("smtp_per_day = 0", "the setting DONDOC_SMTP_PER_DAY must be a whole number from 1 on"),
        ('smtp_security = "ssl"', "the setting DONDOC_SMTP_SECURITY must be tls, starttls or none"),
        ('lang = "fr"', "the setting DONDOC_LANG must be vi or en"),
        ('base_url = "dondoc.example"', "the setting DONDOC_BASE_URL must be an address such as"),
        ('secret_key = "hunter2"', "the setting DONDOC_SECRET_KEY must be at least 32 characters long"),
        ("smtp_host = 5", "the setting DONDOC_SMTP_HOST must be a text"),
        ('smtp_host = "mail.example"', "DONDOC_MAIL_FROM is not: letters need a sender"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    write(tmp_path, text + "\n")
    assert sentence in refusal(tmp_path)


ONE_A_LINE = 'Write one setting a line, a text between straight quotes: smtp_host = "mail.xa.example"'
KEEP_ONE = "Keep one of the two."
BACKSLASH = "a backslash between double quotes has a meaning of its own"
WRITE_TWO = r"Write \\ for each \, or put the text between single quotes."


@pytest.mark.parametrize(
    ("text", "place", "said", "mend"),
    [
        ("lang = 'vi'\nsmtp_host = mail.xa\n", "2:13", "this is not how a setting is written", ONE_A_LINE),
        ('smtp_password "hunter2"\n', "1:15", "this is not how a setting is written", ONE_A_LINE),
        ("smtp_password: hunter2\n", "1:14", "this is not how a setting is written", ONE_A_LINE),
        ("smtp_password = “hunter2”\n", "1:17", "this is not how a setting is written", ONE_A_LINE),
        ("smtp_password = '''hunter2\n\n", "1:27", "this is not how a setting is written", ONE_A_LINE),
        ("lang = 'vi'\nlang = 'en'\n", "2:12", "this setting stands there twice", KEEP_ONE),
        (r'home = "C:\Users\hunter2"', "1:13", BACKSLASH, WRITE_TWO),
        (r'home = "D:\dondoc"', "1:13", BACKSLASH, WRITE_TWO),
    ],
)
def test_a_file_that_is_no_toml_says_where_and_what_to_write(
    tmp_path: Path, text: str, place: str, said: str, mend: str
) -> None:
    write(tmp_path, text)
    assert refusal(tmp_path) == f"{tmp_path / 'dondoc.toml'}:{place}: {said}\n{mend}"


def test_a_file_in_another_encoding_wants_to_be_saved_again(tmp_path: Path) -> None:
    (tmp_path / "dondoc.toml").write_bytes("mail_from = 'Phòng <vp@xa.example>'".encode("utf-16"))
    assert refusal(tmp_path) == f"{tmp_path / 'dondoc.toml'} is not UTF-8 text\nsave it as UTF-8"


def test_a_mark_at_the_beginning_of_the_file_is_no_mistake(tmp_path: Path) -> None:
    write(tmp_path, '\ufefflang = "en"\n')
    assert read_settings(tmp_path).lang is Language.EN


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "dondoc.toml").mkdir()
    assert refusal(tmp_path) == f"{tmp_path / 'dondoc.toml'} cannot be read: it is a folder"


def test_no_secret_is_ever_repeated(tmp_path: Path) -> None:
    write(tmp_path, 'secret_key = "hunter2"\n')
    with pytest.raises(WrongUse) as caught:
        read_settings(tmp_path)
    assert "hunter2" not in f"{caught.value!r} {caught.value.__cause__!r}"
    write(tmp_path, 'smtp_password = "hunter2"\ndatabase_url = "postgresql://u:hunter2@db/x"\n')
    assert "hunter2" not in repr(read_settings(tmp_path))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("http://127.0.0.1:8000", None),
        ("http://localhost:8000", None),
        ("http://[::1]:8000/", None),
        ("https://dondoc.kimthanh.example/", "https://dondoc.kimthanh.example"),
    ],
)
def test_links_leave_the_machine_only_with_a_public_address(address: str, public: str | None) -> None:
    assert Settings(base_url=address).public_base_url == public


def test_a_missing_home_is_the_environments_refusal(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentRefused, match="there is no home at"):
        Home.existing(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


def test_a_home_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentRefused, match="cannot be made"):
        Home.create(tmp_path / "file" / "home")


def test_only_the_owner_sees_the_home_and_its_secrets(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    secret = home.secret("secret_key")
    assert len(secret) >= 32
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.path / "secret_key").stat().st_mode) == 0o600
    assert not readable_by_others(home.path / "secret_key")
    assert [entry.name for entry in home.path.iterdir()] == ["secret_key"]


def test_a_secret_stays_once_made(tmp_path: Path) -> None:
    home = Home.create(tmp_path)
    assert home.secret("secret_key") == home.secret("secret_key")
    assert home.secret("secret_key") != home.secret("another")


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    home = Home.create(tmp_path)
    seen: set[str] = set()
    threads = [Thread(target=lambda: seen.add(home.secret("secret_key"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 1


def test_a_given_key_signs_and_nothing_is_written(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, secret_key=SecretStr("k" * 32))
    assert settings.signing_key(Home.create(tmp_path)) == "k" * 32
    assert list(tmp_path.iterdir()) == []
