"""What became of a letter that was handed to a mail server, and whose doing it was.

One rule decides most of it: up to MAIL the server does not know the recipient, so a refusal concerns the
lane; from RCPT on it concerns the address or the letter, unless its code names the lane.
"""

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from notifications.addresses import MailInputError

LONGEST_REPLY: Final = 300
"""Characters of a server's answer that are kept."""

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")

# Login required or refused, and the sender's quota, whatever stage they are said at.
_LANE_CODES: Final = frozenset({454, 530, 534, 535, 538})
# Sender's address refused (RFC 3463: 7 syntax, 8 system); quota as Gmail words it.
_LANE_SUBJECTS: Final = frozenset({"1.7", "1.8", "4.5"})
_QUOTA: Final = "4.5"
_TOO_BIG_SUBJECTS: Final = frozenset({"2.3", "3.4"})
_TOO_BIG: Final = 552
CLOSING: Final = 421
"""The server is about to close the connection, whatever it was asked."""


class Kind(StrEnum):
    """The five ends of one attempt."""

    SENT = "sent"
    """The server took the letter."""
    REJECTED = "rejected"
    """The server refused this letter or this address for good."""
    DEFERRED = "deferred"
    """Not now: try the same bytes again later."""
    NOT_SENT = "not_sent"
    """The connection broke before the letter was offered: try again."""
    IN_DOUBT = "in_doubt"
    """The connection broke while or after the letter went over; it may have arrived. Wait longer."""


class Stage(StrEnum):
    """How far an attempt came."""

    LOGIN = "login"
    """Connecting, encrypting, greeting, logging in."""
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt.

    `code` is the server's answer, `status` its enhanced status ("5.1.1"), `reply` its words: one bounded
    line without secrets. `condemns_address`: the mailbox does not exist. `breaks_circuit`: the lane is at
    fault, so rest it, put the letter back and count no attempt. `alarms`: waiting alone will not mend it.
    """

    kind: Kind
    stage: Stage
    code: int | None = None
    status: str | None = None
    reply: str = ""
    condemns_address: bool = False
    breaks_circuit: bool = False
    alarms: bool = False

    @property
    def is_policy(self) -> bool:
        """Whether a policy refused it for good (RFC 3463, X.7): this letter's, or this account's."""
        return self.kind is Kind.REJECTED and (self.status or "").startswith("5.7.")


class Transport(Protocol):
    """What a delivering operation needs; tests may bring their own."""

    def deliver(self, envelope_from: str, recipient: str, data: bytes) -> Outcome:
        """Hand one letter to the server once, and say what became of it."""

    def close(self) -> None:
        """Say goodbye, if there is anybody left to say it to."""


def judge_reply(stage: Stage, code: int, reply: bytes | str, *, secrets: Sequence[str] = ()) -> Outcome:
    """The outcome of a server's answer at MAIL, at RCPT, or to DATA and the letter after it."""
    text = clean_reply(reply, secrets)
    status = enhanced_status(text)
    if is_positive(code):
        return Outcome(Kind.SENT, stage, code, status, text)
    if not is_refusal(code):  # no answer to a mail transaction
        return Outcome(_broken(stage), stage, None, status, text, breaks_circuit=stage is Stage.MAIL)
    permanent = code >= 500  # noqa: PLR2004
    subject = status.partition(".")[2] if status else ""
    if _blames_lane(stage, code, subject):
        # Deferred even where the server says 5xx: the letter is good, and goes once the lane is mended.
        mends_itself = not permanent or subject == _QUOTA
        return Outcome(Kind.DEFERRED, stage, code, status, text, breaks_circuit=True, alarms=not mends_itself)
    if not permanent:
        return Outcome(Kind.DEFERRED, stage, code, status, text)
    condemns = stage is Stage.RCPT and subject.startswith("1.")
    return Outcome(Kind.REJECTED, stage, code, status, text, condemns_address=condemns)


def judge_break(stage: Stage, error: OSError, *, secrets: Sequence[str] = ()) -> Outcome:
    """The outcome of a connection that broke, or fell silent, during a mail transaction."""
    reply = clean_reply(_words_of(error), secrets)
    return Outcome(_broken(stage), stage, reply=reply, breaks_circuit=stage is Stage.MAIL)


def judge_login_failure(
    error: OSError | ValueError, *, still_open: bool, secrets: Sequence[str] = ()
) -> Outcome:
    """The outcome when no connection came about; always deferred, always the lane's doing.

    It alarms where a person must act: the login or the greeting is refused for good, the certificate is
    wrong, or, with the connection `still_open`, the server lacks the encryption or login that is asked for.
    """
    code: int | None = getattr(error, "smtp_code", None)
    reply = clean_reply(getattr(error, "smtp_error", None) or _words_of(error), secrets)
    if code is not None:
        alarms = code >= 500  # noqa: PLR2004
    elif isinstance(error, ssl.SSLError):
        alarms = not isinstance(error, ssl.SSLEOFError)
    else:
        alarms = still_open and not isinstance(error, ConnectionError | TimeoutError)
    status = enhanced_status(reply) if code is not None else None
    return Outcome(Kind.DEFERRED, Stage.LOGIN, code, status, reply, breaks_circuit=True, alarms=alarms)


def is_positive(code: int) -> bool:
    """Whether the server did as it was asked (RFC 5321, 4.2.1)."""
    return 200 <= code < 300  # noqa: PLR2004


def is_refusal(code: int) -> bool:
    """Whether the server said no, for now or for good."""
    return 400 <= code < 600  # noqa: PLR2004


def refuse(error: MailInputError, *, recipient_at_fault: bool) -> Outcome:
    """The outcome of an address that no server was asked about, because it is none."""
    reply = clean_reply(str(error), ())
    if recipient_at_fault:
        return Outcome(Kind.REJECTED, Stage.RCPT, reply=reply, condemns_address=True)
    return Outcome(Kind.DEFERRED, Stage.MAIL, reply=reply, breaks_circuit=True, alarms=True)


def enhanced_status(reply: str) -> str | None:
    """The RFC 3463 status a reply begins with."""
    found = _ENHANCED.match(reply)
    return found[0] if found else None


def clean_reply(reply: bytes | str, secrets: Sequence[str]) -> str:
    """A server's words as one bounded line, an echoed secret blotted out."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    for secret in secrets:
        text = text.replace(secret, "***")
    text = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return text if len(text) <= LONGEST_REPLY else text[: LONGEST_REPLY - 1] + "…"


def _blames_lane(stage: Stage, code: int, subject: str) -> bool:
    if code in _LANE_CODES or subject in _LANE_SUBJECTS:
        return True
    if stage is not Stage.MAIL or code == _TOO_BIG or subject in _TOO_BIG_SUBJECTS:
        return False
    return code >= 500 or code == CLOSING  # noqa: PLR2004


def _broken(stage: Stage) -> Kind:
    return Kind.IN_DOUBT if stage is Stage.DATA else Kind.NOT_SENT


def _words_of(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
