"""Short codes to type from paper or read out on the telephone: whose they are, and as a square to scan."""

import re
from collections.abc import Iterator, Mapping

import segno
from markupsafe import Markup

from plan_definitions.model import Office
from web.access import Guest
from web.drawings.svg import element, titled
from web.keys import Keys
from web.window import Window
from workflows.operations.mail.links import CODE_LENGTH, CODE_LETTERS, Link, code_letters

_MISTAKEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_RECORD_LENGTH = 4
_QUIET = 4
_DARK = re.compile(b"\x01+")


def unit_code(keys: Keys, guest: Guest) -> str:
    """The code on a unit's sheet: `7KQ2-9FDM`."""
    return keys.links.code(Link(guest.office, guest.contact, guest.version, guest.unit))


def record_code(chain_hash: str) -> str:
    """The code of a record, to be named on the telephone: `7KQ2`."""
    return code_letters(int(chain_hash[:5], 16), _RECORD_LENGTH)


def square(address: str, name: str) -> Markup:
    """An address as a QR code to be printed: SVG to stand in a page, called `name` for who cannot see it.

    Level M mends a fold or a stain; the quiet zone of four modules is part of the picture (ISO/IEC 18004).
    """
    rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=_QUIET)]
    # Each run of dark modules is a line one module wide, along the middle of its row.
    runs = "".join(
        f"M{run.start()} {y + 0.5}h{run.end() - run.start()}"
        for y, row in enumerate(rows)
        for run in _DARK.finditer(row)
    )
    size = len(rows)
    return element(
        "svg",
        titled(name),
        element("path", fill="#fff", d=f"M0 0h{size}v{size}H0z"),
        element("path", stroke="#000", d=runs),
        xmlns="http://www.w3.org/2000/svg", class_="qr", viewBox=f"0 0 {size} {size}",
    )  # fmt: skip


def is_code(typed: str) -> bool:
    """Whether a text may be a unit's code."""
    plain = _plain(typed)
    return len(plain) == CODE_LENGTH and all(c in CODE_LETTERS for c in plain)


def find_by_code(window: Window, typed: str) -> Guest | None:
    """Whose code was typed; None where it is nobody's. Two statements, however many might have typed it."""
    wanted = _plain(typed)
    with window.database.read() as transaction:
        raised = transaction.tokens.raised()
        guests = (guest for office in transaction.offices.each() for guest in _guests(office, raised))
        return next((guest for guest in guests if _plain(unit_code(window.keys, guest)) == wanted), None)


def _guests(office: Office, raised: Mapping[tuple[str, str], int]) -> Iterator[Guest]:
    """Everybody of an office who has a code."""
    for unit in office.units.values():
        for contact in unit.contacts:
            who = f"{unit.id}/{contact.id}"
            yield Guest(office.id, who, raised.get((office.id, who), 1), unit.id)


def _plain(typed: str) -> str:
    return typed.strip().upper().translate(_MISTAKEN)
