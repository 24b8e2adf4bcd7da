"""The way out: which account letters leave through, and the connection to its server."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

from notifications.addresses import Mailbox, MailInputError
from notifications.inbox import EmbeddedInbox
from notifications.outcomes import Transport
from notifications.servers import MailServer, MailServerError, Security, ServerFault
from notifications.transport import YagmailTransport
from plan_definitions.diagnostics import Phrase
from workflows.errors import EnvironmentRefused
from workflows.home import Home
from workflows.operations.mail.deliver import Lane
from workflows.operations.mail.links import LinkSigner
from workflows.settings import Settings

INBOX = "inbox"
"""The embedded inbox's folder in the home."""

_SENDER = "dondoc@localhost.localdomain"
"""Who letters to the embedded inbox come from while no sender is set."""

_FAULTS: Mapping[ServerFault, Phrase] = {
    ServerFault.HOST: Phrase("that is no name or address of a machine"),
    ServerFault.PORT: Phrase("that is no port"),
    ServerFault.TIME_LIMIT: Phrase("waiting for a mail server takes some time"),
    ServerFault.HALF_A_LOGIN: Phrase("a user needs a password, and a password its user"),
    ServerFault.LOGIN_NOT_ASCII: Phrase("a mail server is logged in to with printable ASCII characters"),
    ServerFault.UNPROTECTED_LOGIN: Phrase("the password would go over the network in clear"),
}


def lane_of(settings: Settings) -> Lane:
    """The account that the settings describe. Raises EnvironmentRefused for an address that is none."""
    home = Home.existing(settings.home)
    try:
        sender = Mailbox(settings.mail_from or _SENDER)
    except MailInputError as error:
        raise EnvironmentRefused(
            "DONDOC_MAIL_FROM is no mail address: `{address}`",
            Phrase("write one like office@commune.example, in plain Latin letters"),
            address=settings.mail_from,
        ) from error
    signer = LinkSigner(settings.signing_key(home))
    return Lane(sender, signer, settings.public_base_url, sender, settings.smtp_per_day)


def inbox_folder(settings: Settings) -> Path:
    """Where the embedded inbox keeps its letters."""
    return settings.home / INBOX


@contextmanager
def opened_transport(settings: Settings) -> Iterator[Transport]:
    """A connection to the configured server; without one, to an embedded inbox on loopback.

    Either way letters travel by SMTP. Raises EnvironmentRefused for settings that no letter may leave with.
    """
    inbox = EmbeddedInbox(inbox_folder(settings)) if settings.smtp_host is None else nullcontext(None)
    with inbox as embedded:
        server = _server(settings) if embedded is None else MailServer(*embedded.address, Security.NONE)
        with YagmailTransport(server) as transport:
            yield transport


def mail_refusal(settings: Settings) -> str | None:
    """Why the configured server turns us away, in its words; None where it lets us in. Sends nothing.

    Raises EnvironmentRefused for settings that no letter may leave with.
    """
    with YagmailTransport(_server(settings)) as transport:
        outcome = transport.refusal()
    return None if outcome is None else outcome.reply


def _server(settings: Settings) -> MailServer:
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    try:
        return MailServer(
            settings.smtp_host or "",
            settings.port,
            settings.smtp_security,
            settings.smtp_user,
            password,
        )
    except MailServerError as error:
        raise EnvironmentRefused(
            "the mail server's settings are refused: {why}",
            Phrase("look at DONDOC_SMTP_HOST, PORT, USER, PASSWORD and SECURITY"),
            why=_FAULTS[error.reason],
        ) from error
