"""Photographs without what a camera writes beside the picture: place, time, device, captions.

The picture itself is neither touched nor unpacked: no photograph loses quality, and one that claims to be
larger than any memory is bytes like any other. Of EXIF only the orientation is kept, else pictures would lie
on their side. Formats: JPEG (JFIF, ITU-T T.81 annex B; EXIF 2.3), PNG (RFC 2083), WebP (RIFF).
"""

import struct
from collections.abc import Iterator

_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN = 0xDA
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_COMMENT = 0xFE
_KEPT_APPS = frozenset({_APP0, _APP2, _APP14})
"""JFIF, colour profile, Adobe's colour transform: without them a picture may look wrong."""

_ORIENTATION = 0x0112
_SIDEWAYS = range(2, 9)

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_DROPPED = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_DROPPED = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0x08 | 0x04
"""Bits of the extended header that announce EXIF and XMP."""


class BrokenPicture(Exception):
    """The picture is not built as its format says: what stands beside it cannot be told from it."""


def without_metadata(data: bytes, media_type: str) -> bytes:
    """The picture without metadata; anything that is no photograph comes back as it is.

    Raises BrokenPicture.
    """
    try:
        match media_type:
            case "image/jpeg":
                return _clean_jpeg(data)
            case "image/png":
                return b"".join([_PNG_HEAD, *_png_chunks(data)])
            case "image/webp":
                return _clean_webp(data)
            case _:
                return data
    except (struct.error, IndexError) as error:
        raise BrokenPicture from error


def _clean_jpeg(data: bytes) -> bytes:
    kept, orientation, position = [data[:2]], 1, 2
    while position < len(data):
        start = position
        while data[position] == 0xFF:  # noqa: PLR2004 - fill bytes may stand before a marker
            position += 1
        marker = data[position]
        position += 1
        if marker in _STANDALONE:
            kept.append(data[start:position])
            continue
        if start == position - 1:  # no marker where one must be
            raise BrokenPicture
        (length,) = struct.unpack_from(">H", data, position)
        body = data[position + 2 : position + length]
        if marker == _SCAN:
            return b"".join([*kept[:1], _oriented(orientation), *kept[1:], _until_end(data, start)])
        if marker == _APP1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation_in(body[6:])
        is_app = _APP0 <= marker <= _APP0 + 15
        if marker != _COMMENT and (not is_app or marker in _KEPT_APPS):
            kept.append(data[start : position + length])
        position += length
    raise BrokenPicture


def _until_end(data: bytes, scan: int) -> bytes:
    """The scans up to the end of the image; phones append films and second pictures with their own EXIF."""
    end = data.find(b"\xff\xd9", scan)
    return data[scan:] if end < 0 else data[scan : end + 2]


def _oriented(orientation: int) -> bytes:
    if orientation not in _SIDEWAYS:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    body = b"Exif\0\0" + tiff
    return struct.pack(">BBH", 0xFF, _APP1, len(body) + 2) + body


def _orientation_in(tiff: bytes) -> int:
    """As `_orientation`; 1, upright, where the directory is broken: it is dropped and the picture stays."""
    try:
        return _orientation(tiff)
    except struct.error:
        return 1


def _orientation(tiff: bytes) -> int:
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    (entries,) = struct.unpack_from(f"{order}H", tiff, first)
    for number in range(entries):
        tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * number)
        if tag == _ORIENTATION:
            return int(value)
    return 1


def _png_chunks(data: bytes) -> Iterator[bytes]:
    position = len(_PNG_HEAD)
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if end > len(data):
            raise BrokenPicture
        if kind not in _PNG_DROPPED:
            yield data[position:end]
        if kind == b"IEND":
            return
        position = end


def _clean_webp(data: bytes) -> bytes:
    kept, position = [], 12
    while position + 8 <= len(data):
        kind = data[position : position + 4]
        (length,) = struct.unpack_from("<I", data, position + 4)
        if position + 8 + length > len(data):
            raise BrokenPicture
        end = position + 8 + length + length % 2
        if kind == b"VP8X":
            flags = data[position + 8] & ~_WEBP_FLAGS
            kept.append(data[position : position + 8] + bytes([flags]) + data[position + 9 : end])
        elif kind not in _WEBP_DROPPED:
            kept.append(data[position:end])
        position = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
