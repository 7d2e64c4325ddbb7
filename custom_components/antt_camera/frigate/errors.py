"""What can go wrong with a Frigate server, told apart by what the user can do about it."""

import re
from typing import Final, override

MAX_MESSAGE: Final = 300
# Long enough that no login can begin in what is shown and end behind what is searched.
_SEARCHED: Final = 4096
# Up to the last @ of the word: cameras' passwords hold @ and / too.
_LOGIN: Final = re.compile(r"(?<=//)\S+@")
# Addresses of cameras that take the login as parameters, as `?user=admin_password=...`.
_PARAMETER: Final = re.compile(
    r"""(?i)(passw(?:or)?d|pwd|token|secret)(["']?\s?[:=]\s?["']?)[^\s&"']+"""
)


def redact(text: str) -> str:
    """Return a text of Frigate's without credentials, of bounded length."""
    text = _LOGIN.sub("*:*@", text[:_SEARCHED])
    return _PARAMETER.sub(r"\1\2*", text)[:MAX_MESSAGE]


class FrigateError(Exception):
    """Base of all errors. Their texts hold no secrets and are for logs; users read translations."""


class FrigateUnreachableError(FrigateError):
    """Nothing answers, or a proxy says that Frigate does not."""


class FrigateTlsError(FrigateUnreachableError):
    """The certificate is not trusted, or not the pinned one."""


class FrigateLoginError(FrigateError):
    """The login was refused, or is missing. `rate_limited`: there were too many attempts."""

    def __init__(self, text: str = "login refused", *, rate_limited: bool = False) -> None:
        """Say why."""
        super().__init__(text)
        self.rate_limited = rate_limited


class FrigateForbiddenError(FrigateError):
    """The login may not do this."""


class FrigateNotFoundError(FrigateError):
    """There is no such thing, or the release has no such endpoint."""


class FrigateTooOldError(FrigateError):
    """The release is not supported."""

    def __init__(self, found: str, needed: str) -> None:
        """Name both releases."""
        super().__init__(f"Frigate {found} is too old, {needed} is needed")
        self.found = found
        self.needed = needed


class FrigateAnswerError(FrigateError):
    """The answer is not what Frigate would say: something else may live at the address."""


class FrigateRefusedError(FrigateError):
    """Frigate understood and declined (400, 409, 422, 429, 503); `message` is its reason."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the reason, without credentials."""
        self.status = status
        self.message = redact(message) or f"HTTP {status}"
        super().__init__(self.message)

    @override
    def __str__(self) -> str:
        """Return status and reason."""
        return f"HTTP {self.status}: {self.message}"
