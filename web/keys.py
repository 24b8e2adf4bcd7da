"""What the window signs with the installation's key: links, cookies, and the tokens of forms.

Each purpose has a salt of its own, so that nothing signed for one passes for another. Ends are instants in
the signed text and are judged by the window's clock, as everything else is.
"""

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from workflows.operations.mail.links import LinkSigner


class Keys:
    """The signers of one installation."""

    def __init__(self, key: str) -> None:
        self.links = LinkSigner(key)
        self._cookies = {
            name: URLSafeSerializer(key, salt=f"dondoc.{name}.1")
            for name in ("grants", "session", "reporter", "next")
        }
        self._forms = hashlib.sha256(b"dondoc.form.1:" + key.encode()).digest()

    def seal(self, purpose: str, value: object, until: datetime) -> str:
        """A cookie's text that holds `value` until an instant."""
        return str(self._cookies[purpose].dumps([int(until.timestamp()), value]))

    def unseal(self, purpose: str, text: str | None, now: datetime) -> Any | None:
        """The value of a cookie; None where it is missing, over, or none of ours."""
        if not text:
            return None
        try:
            until, value = self._cookies[purpose].loads(text)
        except (BadSignature, TypeError, ValueError):
            return None
        return value if until > now.timestamp() else None

    def form_token(self, browser: str) -> str:
        """What a form must carry to be taken from this browser (against cross-site requests)."""
        return hmac.new(self._forms, browser.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, token: str, browser: str) -> bool:
        """Whether a form's token is this browser's."""
        return hmac.compare_digest(token.encode(), self.form_token(browser).encode())


def new_secret() -> str:
    """A random text that nobody guesses: a browser's secret, the one-time key of a form."""
    return secrets.token_urlsafe(18)


def secret_hash(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
