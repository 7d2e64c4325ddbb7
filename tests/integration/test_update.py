"""The update of a server, from the wire to the state."""

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest

from custom_components.antt_camera.update import release

from .live_frigate import LiveFrigate, full_stats, living

RELEASES = "https://github.com/blakeblackshear/frigate/releases/tag/"


def stats(version: str | None, latest: str | None) -> dict[str, object]:
    """Statistics with these versions."""
    found = full_stats()
    found["service"] |= {"version": version, "latest_version": latest}
    return found


@pytest.mark.parametrize(
    ("version", "latest", "state", "shown", "newest", "url"),
    [
        ("0.18.0-e3fa70189", "0.18.1", STATE_ON, "0.18.0", "0.18.1", f"{RELEASES}v0.18.1"),
        ("0.18.0-e3fa70189", "0.18.0", STATE_OFF, "0.18.0", "0.18.0", f"{RELEASES}v0.18.0"),
        ("0.9.4-abc", "0.18.0", STATE_ON, "0.9.4", "0.18.0", f"{RELEASES}v0.18.0"),
        ("0.18.0-beta2", "0.18.0", STATE_ON, "0.18.0-beta2", "0.18.0", f"{RELEASES}v0.18.0"),
        ("0.18.1-abc", "0.18.0", STATE_OFF, "0.18.1", "0.18.0", f"{RELEASES}v0.18.0"),
        ("0.18.0-abc", "unknown", STATE_UNKNOWN, "0.18.0", None, None),
        ("0.18.0-abc", "disabled", STATE_UNKNOWN, "0.18.0", None, None),
        ("0.18.0-abc", None, STATE_UNKNOWN, "0.18.0", None, None),
        # What the statistics do not name, the server was asked for.
        ("dev", "0.18.1", STATE_ON, "0.18.0", "0.18.1", f"{RELEASES}v0.18.1"),
    ],
)
async def test_versions(
    hass: HomeAssistant,
    version: str,
    latest: str | None,
    state: str,
    shown: str,
    newest: str | None,
    url: str | None,
) -> None:
    """Newer, same, older, unknown."""
    async with living(hass, LiveFrigate(stats=stats(version, latest))) as scene:
        assert scene.state("update", "update") == state
        found = scene.attributes("update", "update")
        assert found["installed_version"] == shown
        assert found["latest_version"] == newest
        assert found["release_url"] == url
        assert found["title"] == "Frigate"
        # Frigate is updated where it runs: no button for it.
        assert found["supported_features"] == 0


async def test_follows_the_statistics(hass: HomeAssistant) -> None:
    """A release that comes out is noticed, and one that was installed."""
    async with living(hass, LiveFrigate(stats=stats("0.18.0-abc", "0.18.0"))) as scene:
        assert scene.state("update", "update") == STATE_OFF
        await scene.say("stats", stats("0.18.0-abc", "0.18.2"))
        assert scene.state("update", "update") == STATE_ON
        await scene.say("stats", stats("0.18.2-def", "0.18.2"))
        assert scene.state("update", "update") == STATE_OFF


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, None),
        ("", None),
        ("0.18", None),
        ("0.18.0.1", None),
        ("v0.18.0", "0.18.0"),
        (" 0.18.0-rc1 ", "0.18.0-rc1"),
        ("0.18.0-rc1x", "0.18.0"),
    ],
)
def test_release(text: str | None, found: str | None) -> None:
    """Only what is a release, without the commit it was built from."""
    assert release(text) == found
