"""Texts without secrets, and versions."""

import pytest

from custom_components.antt_camera.frigate.errors import (
    FrigateError,
    FrigateLoginError,
    FrigateRefusedError,
    FrigateTlsError,
    FrigateTooOldError,
    FrigateUnreachableError,
    redact,
)
from custom_components.antt_camera.frigate.version import MINIMUM_VERSION, FrigateVersion


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("No recordings found", "No recordings found"),
        ("rtsp://admin:secret@10.0.0.9/s1", "rtsp://*:*@10.0.0.9/s1"),
        ("rtsp://admin:sec@ret@10.0.0.9/s1", "rtsp://*:*@10.0.0.9/s1"),
        ("rtsp://admin:sec/ret@10.0.0.9/s1", "rtsp://*:*@10.0.0.9/s1"),
        ("rtsp://secret@10.0.0.9 and http://b:secret@c", "rtsp://*:*@10.0.0.9 and http://*:*@c"),
        ("rtsp://c/user=admin&password=secret&ch=1", "rtsp://c/user=admin&password=*&ch=1"),
        ("rtsp://c/user=admin_pwd=secret", "rtsp://c/user=admin_pwd=*"),
        ("Token: secret", "Token: *"),
        ('{"password": "secret"}', '{"password": "*"}'),
        ("mail to a@b", "mail to a@b"),
        ("Wrong password for the camera", "Wrong password for the camera"),
    ],
)
def test_redact(text: str, shown: str) -> None:
    """Cameras' logins stay out, the rest stays readable."""
    assert redact(text) == shown


@pytest.mark.parametrize("length", [0, 200, 250, 299, 1000])
def test_redact_is_not_cut_open(length: int) -> None:
    """Shortening comes after hiding: no half password is left."""
    shown = redact("x" * length + " rtsp://admin:" + "geheim" * 100 + "@host/" + "y" * 9000)
    assert "geheim" not in shown
    assert len(shown) <= 300


def test_texts() -> None:
    """What logs show."""
    assert str(FrigateRefusedError(400, "a://b:c@d")) == "HTTP 400: a://*:*@d"
    assert str(FrigateRefusedError(503, "")) == "HTTP 503: HTTP 503"
    assert (
        str(FrigateTooOldError("0.15.0", "0.16.0")) == "Frigate 0.15.0 is too old, 0.16.0 is needed"
    )
    assert not FrigateLoginError().rate_limited
    assert issubclass(FrigateTlsError, FrigateUnreachableError)
    assert issubclass(FrigateUnreachableError, FrigateError)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.18.0-e3fa70189", (0, 18, 0)),
        ("0.16.4", (0, 16, 4)),
        ("0.18-0", (0, 18, 0)),
        ("v1.2.3", (1, 2, 3)),
        ("0.17.0-beta2\n", (0, 17, 0)),
        ("0.18.0-dev+abc", (0, 18, 0)),
    ],
)
def test_version(text: str, version: tuple[int, int, int]) -> None:
    """Whatever is built, by number."""
    assert FrigateVersion.parse(text) == FrigateVersion(*version)


@pytest.mark.parametrize(
    "text", ["", "dev", "0", "0.", "<html>0.18.0", "-1.2.3", "0.99999.0", "1." * 5000]
)
def test_no_version(text: str) -> None:
    """Anything else is none."""
    with pytest.raises(ValueError, match="version"):
        FrigateVersion.parse(text)


def test_versions_are_ordered_by_number() -> None:
    """0.9 is before 0.16, which text would not say."""
    assert (
        FrigateVersion(0, 9, 0) < MINIMUM_VERSION <= FrigateVersion(0, 16) < FrigateVersion(0, 18)
    )
    assert str(FrigateVersion.parse("0.18.0-e3fa70189")) == "0.18.0"
