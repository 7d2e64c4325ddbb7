"""Frigate's errors as Home Assistant errors that say what to do, in the user's language."""

from collections.abc import Iterator
from contextlib import contextmanager

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .const import DOMAIN
from .frigate.errors import (
    FrigateAnswerError,
    FrigateError,
    FrigateForbiddenError,
    FrigateLoginError,
    FrigateNotFoundError,
    FrigateRefusedError,
    FrigateTlsError,
    FrigateTooOldError,
    FrigateUnreachableError,
)

# First match wins: subclasses before their parents.
_KEYS: tuple[tuple[type[FrigateError], str], ...] = (
    (FrigateTlsError, "tls"),
    (FrigateUnreachableError, "unreachable"),
    (FrigateLoginError, "login_refused"),
    (FrigateForbiddenError, "forbidden"),
    (FrigateNotFoundError, "not_found"),
    (FrigateTooOldError, "too_old"),
    (FrigateRefusedError, "refused"),
    (FrigateAnswerError, "bad_answer"),
)


def error_key(error: FrigateError) -> str:
    """Translation key of an error, the same in exceptions, issues and the config flow."""
    return next((key for kind, key in _KEYS if isinstance(error, kind)), "bad_answer")


def as_home_assistant_error(error: FrigateError, server: str) -> HomeAssistantError:
    """Translate an error of Frigate's for the user of an action."""
    placeholders = {"server": server}
    if isinstance(error, FrigateRefusedError):
        placeholders["message"] = error.message
    if isinstance(error, FrigateTooOldError):
        placeholders |= {"found": error.found, "needed": error.needed}
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=error_key(error),
        translation_placeholders=placeholders,
    )


@contextmanager
def translated(server: str) -> Iterator[None]:
    """Turn errors of Frigate's into translated ones inside the block."""
    try:
        yield
    except FrigateError as err:
        raise as_home_assistant_error(err, server) from err


def needs_admin(server: str) -> ServiceValidationError:
    """Return the error for a control that the login may not use."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="needs_admin",
        translation_placeholders={"server": server},
    )


def command_refused(server: str, topic: str) -> HomeAssistantError:
    """Return the error for a command that Frigate did not carry out: it refuses without a word."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="command_refused",
        translation_placeholders={"server": server, "command": topic},
    )
