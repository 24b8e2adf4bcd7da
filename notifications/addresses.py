"""Addresses, names and header texts: refused or normalised once, where they come in.

A `Mailbox` that exists is safe to print into a header and to say to a server; nothing further down
escapes, strips or guesses.
"""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

LONGEST_HEADER_TEXT: Final = 1_000
"""Characters; a longer subject or name is a mistake, and folding it would cost more than the letter."""

# C0 and C1 controls (U+0085 among them) and the Unicode line separators end a line for some reader on the
# way; the directional overrides reorder whatever a mail list shows next to the text.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}|localhost")


class Unfit(StrEnum):
    """Why a value cannot go into a letter."""

    UNPRINTABLE = "unprintable"
    SURROGATE = "surrogate"
    TOO_LONG = "too-long"
    NOT_ONE_AT = "not-one-at"
    SPACE = "space"
    INTERNATIONAL_LOCAL_PART = "international-local-part"
    LOCAL_PART = "local-part"
    DOMAIN = "domain"
    NAME = "name"  # a message id, list id, language or file name out of its grammar
    NAIVE_DATE = "naive-date"


class MailInputError(ValueError):
    """A value that cannot go into a letter: `reason` for programs, the text for the log."""

    def __init__(self, reason: Unfit, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One sender or recipient: an ASCII address and the name shown beside it.

    Both are normalised as the record is made (`normalise_address`, `header_text`); raises MailInputError.
    """

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "address", normalise_address(self.address))
        object.__setattr__(self, "name", header_text(self.name))


def header_text(text: str) -> str:
    """The text in NFC, fit for one header; its spaces are kept as they are.

    Raises MailInputError for control characters, line separators, directional overrides, lone surrogates
    and texts beyond LONGEST_HEADER_TEXT.
    """
    if found := _SURROGATE.search(text):
        raise MailInputError(Unfit.SURROGATE, f"half a character at {found.start()} in {_quoted(text)}")
    if found := _UNPRINTABLE.search(text):
        raise MailInputError(
            Unfit.UNPRINTABLE, f"character U+{ord(found[0]):04X} at {found.start()} in {_quoted(text)}"
        )
    if len(text) > LONGEST_HEADER_TEXT:
        raise MailInputError(Unfit.TOO_LONG, f"{len(text)} characters in {_quoted(text)}")
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=4_096)
def normalise_address(text: str) -> str:
    """`local@domain` in ASCII: the domain lower-cased and, where it is international, in punycode.

    The local part keeps its case (RFC 5321, 2.4) and must be a dot-atom: an address that needs quoting is
    a typing mistake here. Local parts outside ASCII need SMTPUTF8 at every server on the way and are
    refused. Raises MailInputError.
    """
    header_text(text)
    if any(character.isspace() for character in text):
        raise MailInputError(Unfit.SPACE, f"a space in the address {_quoted(text)}")
    if text.count("@") != 1:
        raise MailInputError(Unfit.NOT_ONE_AT, f"an address has exactly one @: {_quoted(text)}")
    local_part, domain = text.split("@")
    if not local_part.isascii():
        raise MailInputError(
            Unfit.INTERNATIONAL_LOCAL_PART, f"letters outside ASCII before the @: {_quoted(text)}"
        )
    if len(local_part) > 64 or not _LOCAL_PART.fullmatch(local_part):  # noqa: PLR2004  RFC 5321, 4.5.3.1.1
        raise MailInputError(Unfit.LOCAL_PART, f"no usable name before the @: {_quoted(text)}")
    address = f"{local_part}@{_ascii_domain(domain)}"
    if len(address) > 254:  # noqa: PLR2004  RFC 5321, 4.5.3.1.3, less the angle brackets
        raise MailInputError(Unfit.TOO_LONG, f"an address of {len(address)} characters: {_quoted(text)}")
    return address


def _ascii_domain(domain: str) -> str:
    # Bounded before encoding: the codec is quadratic in the length of a label.
    ascii_domain = ""
    if len(domain) <= 253:  # noqa: PLR2004  RFC 1035, 2.3.4
        with suppress(UnicodeError):
            ascii_domain = domain.encode("idna").decode("ascii").lower()
    # Checked after encoding, because the codec folds look-alikes such as a full-width @ into ASCII.
    if not _DOMAIN.fullmatch(ascii_domain):
        raise MailInputError(Unfit.DOMAIN, f"no usable domain after the @: {_quoted(domain)}")
    return ascii_domain


def _quoted(text: str) -> str:
    """The text for an error message: ASCII only, and short."""
    return ascii(text if len(text) <= 60 else text[:60] + "...")  # noqa: PLR2004
