"""Short codes to type from paper: eight letters and digits that lead to a unit's page.

A code is cut from a keyed hash of the contact and the version of its links, so it ends when they do, and
nothing has to be stored. 40 bits, with few attempts allowed: guessing one takes longer than a plan lasts.
"""

from web.access import Guest
from web.keys import Keys
from web.window import Window

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U, which a hand mistakes for others."""

_MISTAKEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_LENGTH = 8
_RECORD_LENGTH = 4


def unit_code(keys: Keys, guest: Guest) -> str:
    """The code on a unit's sheet: `7KQ2-9FDM`."""
    digest = keys.code_digest(guest.office, guest.contact, str(guest.version), guest.unit)
    code = _letters(int.from_bytes(digest[:5], "big"), _LENGTH)
    return f"{code[:4]}-{code[4:]}"


def record_code(chain_hash: str) -> str:
    """The code of a record, to be named on the telephone: `7KQ2`."""
    return _letters(int(chain_hash[:5], 16), _RECORD_LENGTH)


def is_code(typed: str) -> bool:
    """Whether a text may be a unit's code."""
    plain = _plain(typed)
    return len(plain) == _LENGTH and all(c in _ALPHABET for c in plain)


def find_by_code(window: Window, typed: str) -> Guest | None:
    """Whose code was typed; None where it is nobody's."""
    wanted = _plain(typed)
    with window.database.read() as transaction:
        for name in transaction.offices.ids():
            for unit in transaction.offices.get(name).units.values():
                for contact in unit.contacts:
                    who = f"{unit.id}/{contact.id}"
                    guest = Guest(name, who, transaction.tokens.version(name, who), unit.id)
                    if _plain(unit_code(window.keys, guest)) == wanted:
                        return guest
    return None


def _letters(number: int, length: int) -> str:
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(length)))


def _plain(typed: str) -> str:
    return typed.strip().upper().translate(_MISTAKEN)
