"""Photographs lose what a camera writes beside the picture, and nothing of the picture."""

import hashlib
import struct
import tracemalloc
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from workflows.errors import MoveRefused
from workflows.operations.evidence.kept_files import keep_file
from workflows.operations.evidence.photographs import BrokenPicture, without_metadata
from workflows.operations.evidence.uploads import keep_upload, safe_name
from workflows.texts import Language, translator

PLACE = b"GPS 20.9N 106.5E"
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34picture" + b"\xff\xd9"
QUANTISATION = b"\xff\xdb\x00\x05\x00\x01\x02"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(orientation: int, order: str = ">") -> bytes:
    head = b"MM\0*" if order == ">" else b"II*\0"
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = head + struct.pack(f"{order}IH", 8, 1) + entry + struct.pack(f"{order}I", 0)
    return segment(0xE1, b"Exif\0\0" + tiff + PLACE)


def test_place_and_comments_leave_a_jpeg_and_the_picture_stays() -> None:
    jfif = segment(0xE0, b"JFIF\0\x01\x01")
    comment = segment(0xFE, PLACE)
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE)
    iptc = segment(0xED, b"Photoshop 3.0\0" + PLACE)
    photo = b"\xff\xd8" + jfif + exif(1) + xmp + iptc + comment + QUANTISATION + SCAN

    assert without_metadata(photo, "image/jpeg") == b"\xff\xd8" + jfif + QUANTISATION + SCAN


def test_a_second_picture_behind_the_first_goes_too() -> None:
    photo = b"\xff\xd8" + QUANTISATION + SCAN + b"\xff\xd8" + exif(1) + SCAN

    assert PLACE not in without_metadata(photo, "image/jpeg")


@pytest.mark.parametrize("order", ["<", ">"])
def test_which_way_up_a_jpeg_stands_is_kept(order: str) -> None:
    photo = b"\xff\xd8" + exif(6, order) + QUANTISATION + SCAN

    cleaned = without_metadata(photo, "image/jpeg")

    assert PLACE not in cleaned
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in cleaned
    assert cleaned.endswith(QUANTISATION + SCAN)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_texts_leave_a_png() -> None:
    head, picture, end = chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b"picture"), chunk(b"IEND", b"")
    said = chunk(b"tEXt", b"Comment\0" + PLACE) + chunk(b"eXIf", PLACE) + chunk(b"tIME", bytes(7))
    signature = b"\x89PNG\r\n\x1a\n"

    cleaned = without_metadata(signature + head + said + picture + end + PLACE, "image/png")

    assert cleaned == signature + head + picture + end


def test_exif_leaves_a_webp_and_its_flag_with_it() -> None:
    def part(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    def webp(*parts: bytes) -> bytes:
        body = b"WEBP" + b"".join(parts)
        return b"RIFF" + struct.pack("<I", len(body)) + body

    photo = webp(part(b"VP8X", b"\x1c" + bytes(9)), part(b"VP8 ", b"picture"), part(b"EXIF", PLACE + b"."))

    cleaned = without_metadata(photo, "image/webp")

    assert cleaned == webp(part(b"VP8X", b"\x10" + bytes(9)), part(b"VP8 ", b"picture"))


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"MM\0*" + struct.pack(">I", 60_000),
        b"MM\0*" + struct.pack(">IH", 8, 500) + PLACE,
    ],
)
def test_a_malformed_exif_directory_goes_and_the_picture_stays(tiff: bytes) -> None:
    photo = b"\xff\xd8" + segment(0xE1, b"Exif\0\0" + tiff) + segment(0xFE, PLACE) + QUANTISATION + SCAN

    assert without_metadata(photo, "image/jpeg") == b"\xff\xd8" + QUANTISATION + SCAN


def photographed(**how: Any) -> bytes:
    """A real picture by a real encoder, with place, device, time, colour profile and captions in it."""
    picture = Image.effect_noise((64, 48), 60).convert("RGB")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.Make] = 6, "Camera of Thon 2"
    exif[ExifTags.Base.DateTime] = "2026:06:10 08:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (20.0, 58.0, 30.5)}
    )
    written = BytesIO()
    picture.save(written, exif=exif, icc_profile=b"a colour profile", **how)
    return written.getvalue()


CAPTIONED = PngInfo()
CAPTIONED.add_text("Comment", "Thon 2")
CAPTIONED.add_itxt("XML:com.adobe.xmp", "<x>20.9N</x>")

REAL: dict[str, dict[str, Any]] = {
    "jpeg": {"format": "JPEG", "comment": PLACE},
    "progressive jpeg": {"format": "JPEG", "progressive": True},
    "png": {"format": "PNG", "pnginfo": CAPTIONED},
    "webp": {"format": "WEBP", "lossless": True, "xmp": b"<x>20.9N</x>"},
}


@pytest.mark.parametrize("kind", REAL)
def test_a_real_photograph_loses_its_place_and_no_pixel(tmp_path: Path, kind: str) -> None:
    photo = photographed(**REAL[kind])
    assert Image.open(BytesIO(photo)).getexif().get_ifd(ExifTags.IFD.GPSInfo)

    kept = keep_upload(tmp_path, "bien.jpg", photo).path.read_bytes()

    before, after = Image.open(BytesIO(photo)), Image.open(BytesIO(kept))
    assert after.tobytes() == before.tobytes()
    assert dict(after.getexif()) in ({}, {ExifTags.Base.Orientation: 6})
    assert not after.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert {"comment", "Comment", "xmp", "XML:com.adobe.xmp", "exif"} & set(after.info) <= {"exif"}
    assert b"Camera of Thon 2" not in kept


def test_a_picture_that_claims_to_be_endless_costs_no_more_than_its_bytes(tmp_path: Path) -> None:
    size = struct.pack(">IIBBBBB", 200_000, 200_000, 8, 2, 0, 0, 0)
    picture = zlib.compress(bytes(1_000_000))
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", picture) + chunk(b"IEND", b"")

    tracemalloc.start()
    keep_upload(tmp_path, "bien.png", bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1_000_000


@pytest.mark.parametrize(
    ("brand", "said"),
    [(b"heic", "ảnh HEIC"), (b"mif1", "Tương thích nhất"), (b"mp42", "phim"), (b"qt  ", "phim")],
)
def test_what_telephones_send_and_computers_cannot_open_is_refused_with_what_to_do(
    tmp_path: Path, brand: bytes, said: str
) -> None:
    with pytest.raises(MoveRefused) as refused:
        keep_upload(tmp_path, "IMG_0001", b"\0\0\0\x18ftyp" + brand + bytes(100))

    assert said in refused.value.say(translator(Language.VI))


BROKEN = {
    "image/jpeg": b"\xff\xd8" + exif(1) + b"no marker here" + SCAN,
    "image/png": b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 9_999) + b"IDAT" + chunk(b"eXIf", PLACE),
    "image/webp": b"RIFF\0\0\0\0WEBPVP8 " + struct.pack("<I", 9_999) + b"EXIF" + PLACE,
}


@pytest.mark.parametrize("media_type", BROKEN)
def test_a_photograph_that_cannot_be_cleaned_is_refused_and_not_kept(tmp_path: Path, media_type: str) -> None:
    file = tmp_path / "bien.jpg"
    file.write_bytes(BROKEN[media_type])

    with pytest.raises(MoveRefused, match="please take the photograph anew") as refused:
        keep_file(tmp_path / "home", file)

    assert "bien.jpg bị hỏng" in refused.value.say(translator(Language.VI))
    assert not list(tmp_path.glob("home/evidence/*"))


def test_a_file_from_the_disk_loses_its_place_like_one_from_the_window(tmp_path: Path) -> None:
    photo = b"\xff\xd8" + exif(6) + QUANTISATION + SCAN
    file = tmp_path / "bien.jpg"
    file.write_bytes(photo)

    from_disk = keep_file(tmp_path / "home", file)
    from_window = keep_upload(tmp_path / "home", "bien.jpg", photo)

    kept = from_disk.path.read_bytes()
    assert PLACE not in kept
    assert kept == from_window.path.read_bytes()
    assert from_disk.sha256 == from_window.sha256 == hashlib.sha256(kept).hexdigest()
    assert from_disk.size == len(kept)
    assert from_disk.path.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == photo


@given(st.binary(max_size=200), st.sampled_from(["image/jpeg", "image/png", "image/webp"]))
def test_whatever_comes_is_cleaned_or_refused(data: bytes, media_type: str) -> None:
    with suppress(BrokenPicture):
        assert isinstance(without_metadata(data, media_type), bytes)


@given(st.text(max_size=300))
def test_a_file_name_is_one(name: str) -> None:
    safe = safe_name(name)

    assert safe
    assert "/" not in safe
    assert "\\" not in safe
    assert safe not in (".", "..")
    assert len(safe.encode()) <= 140
