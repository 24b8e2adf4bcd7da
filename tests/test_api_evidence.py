"""Evidence that other systems hand in: the checks of the window, the same record, no file left behind."""

from io import BytesIO
from pathlib import Path

import pytest
from api_calls import AT, Caller
from PIL import Image
from web_house import OFFICE, PLAN, SIGNS_2, House

from web.forms import MOST_FILES
from workflows.operations.evidence.kept_files import FOLDER, LARGEST
from workflows.operations.reading.history import history_of
from workflows.store.records import Evidence, Scope

PDF = ("Biên bản.pdf", b"%PDF-1.7 one")
OTHER_PDF = ("Biên bản.pdf", b"%PDF-1.7 two")
SIGNS_1 = "hazard-signs/thon-1"


@pytest.fixture
def village(house: House) -> Caller:
    """The system of Thôn 2."""
    return Caller(house, Scope.MOVE_UNIT, units=["thon-2"], name="so-hoa")


def kept_in(house: House) -> list[Path]:
    return sorted((house.window.settings.home / FOLDER).glob("*"))


def noted(house: House) -> list[Evidence]:
    with house.database.read() as transaction:
        plan = transaction.plans.get(OFFICE, PLAN)
        return transaction.evidence.of_assignment(transaction.assignments.get(plan.number, SIGNS_2).number)


def photograph() -> bytes:
    """A JPEG that says on what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Máy ảnh"
    written = BytesIO()
    Image.new("RGB", (8, 8)).save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_files_are_kept_noted_and_enough_for_the_report(house: House, village: Caller) -> None:
    answer = village.hand_in(SIGNS_2, PDF, ("anh.jpg", photograph()), note="Hai điểm")
    reported = village.move("submit", SIGNS_2, figures={"signs": 2})

    assert (answer.status_code, reported.status_code) == (200, 200)
    assert answer.json()["assignment"]["id"] == SIGNS_2
    record = next(s for s in history_of(house.database, OFFICE, PLAN, SIGNS_2) if s.record.verb == "evidence")
    assert (record.sequence, record.record.by) == (answer.json()["sequence"], "api:so-hoa")
    assert (record.record.facts["files"], record.record.note) == (2, "Hai điểm")
    assert [(one.file_name, one.media_type, one.added_by) for one in noted(house)] == [
        ("Biên bản.pdf", "application/pdf", "api:so-hoa"),
        ("anh.jpg", "image/jpeg", "api:so-hoa"),
    ]
    assert sorted(one.stored_as or "" for one in noted(house)) == [file.name for file in kept_in(house)]
    assert not any("Máy ảnh".encode() in file.read_bytes() for file in kept_in(house))


def test_the_office_hands_in_what_a_unit_sent(house: House) -> None:
    caller = Caller(house, Scope.MOVE_OFFICE)

    answer = caller.hand_in(SIGNS_2, PDF, on_behalf_of="thon-2", via="zalo", said_by="Trưởng thôn")

    assert answer.status_code == 200
    record = history_of(house.database, OFFICE, PLAN, SIGNS_2)[-1].record
    assert (record.verb, record.on_behalf_of, record.via) == ("evidence", "thon-2", "zalo")


def test_the_same_call_is_answered_again_and_other_files_under_its_key_are_refused(
    house: House, village: Caller
) -> None:
    first = village.hand_in(SIGNS_2, PDF, once="a-key")
    again = village.hand_in(SIGNS_2, PDF, once="a-key")
    other = village.hand_in(SIGNS_2, OTHER_PDF, once="a-key")
    more = village.hand_in(SIGNS_2, PDF, OTHER_PDF, once="a-key")

    assert [one.status_code for one in (first, again, other, more)] == [200, 200, 422, 422]
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert "Idempotency-Key" in other.json()["detail"]
    assert len(kept_in(house)) == len(noted(house)) == 1


@pytest.mark.parametrize(
    ("assignment", "files", "fields", "status", "said"),
    [
        (SIGNS_2, [PDF, ("to.pdf", b"%PDF-" + bytes(LARGEST))], {}, 409, "25 MB"),
        (SIGNS_2, [PDF, ("rong.pdf", b"")], {}, 409, "rong.pdf"),
        (SIGNS_2, [PDF, ("bien-ban.pdf", b"MZ\x90\x00 a program")], {}, 409, "bien-ban.pdf"),
        (SIGNS_2, [PDF, ("anh.jpg", b"\xff\xd8\xff\xe1\xff\xff broken")], {}, 409, "anh.jpg"),
        (SIGNS_2, [PDF] * (MOST_FILES + 1), {}, 400, "6"),
        (SIGNS_2, [], {}, 422, ""),
        (SIGNS_2, [PDF], {"files": "no file"}, 422, ""),
        (SIGNS_2, [PDF], {"verb": "accept"}, 422, ""),
        (SIGNS_2, [PDF], {"until": "2026-06-12"}, 422, ""),
        (SIGNS_1, [PDF], {}, 404, ""),
        ("no-such-task/thon-2", [PDF], {}, 404, ""),
        ("weekly-news/thon-2/2", [PDF], {"on_behalf_of": "thon-1", "via": "phone"}, 409, ""),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    assignment: str,
    files: list[tuple[str, bytes]],
    fields: dict[str, str],
    status: int,
    said: str,
    house: House,
    village: Caller,
) -> None:
    before = house.records()

    answer = village.hand_in(assignment, *files, **fields)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]
    assert house.records() == before
    assert kept_in(house) == []


def test_more_than_a_form_may_weigh_is_refused_and_nobody_unknown_is_read(
    house: House, village: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy = [("a.pdf", b"%PDF-" + bytes(22 << 20))] * 3

    assert village.hand_in(SIGNS_2, *heavy).status_code == 413

    def unread(*_: object, **__: object) -> None:
        pytest.fail("the form of somebody unknown was read")

    monkeypatch.setattr("fastapi.Request.form", unread)
    files = [("files", PDF)]
    unknown = house.browser().post(
        f"{AT}/plans/{PLAN}/evidence", files=files, headers={"Idempotency-Key": "k"}
    )
    reader = house.browser().post(
        f"{AT}/plans/{PLAN}/evidence", files=files, headers=Caller(house).headers | {"Idempotency-Key": "k"}
    )
    assert (unknown.status_code, reader.status_code) == (401, 403)
