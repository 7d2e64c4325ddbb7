"""Which area (hamlet) a camera belongs to, guessed from Frigate's camera groups and names."""

from collections.abc import Iterable, Mapping
import unicodedata

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar

from .frigate.config import FrigateConfig

# Words that say what kind of place it is, not which.
_KINDS = frozenset({"thon", "ap", "xom", "lang", "ban", "buon", "khom", "khu", "pho", "to", "doi"})


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name without accents, capitals and underscores: `Thôn_Đông` -> `thon`, `dong`."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    kept = "".join(
        sign if sign.isalnum() else " " for sign in plain if unicodedata.category(sign) != "Mn"
    )
    return tuple(kept.split())


def _core(text: str) -> tuple[str, ...]:
    """Return the words that tell a place from others."""
    found = words(text)
    return tuple(word for word in found if word not in _KINDS) or found


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    size = len(part)
    return size > 0 and any(
        whole[start : start + size] == part for start in range(len(whole) - size + 1)
    )


def group_name(key: str) -> str:
    """Return a name for a camera group, of which Frigate only has a key."""
    text = " ".join(key.replace("_", " ").split())
    return text[:1].upper() + text[1:]


def match_area(name: str, areas: Iterable[str]) -> str | None:
    """Return the area of this name: the same words, else the same but for the kind of place."""
    areas = tuple(areas)
    return next((area for area in areas if words(area) == words(name)), None) or next(
        (area for area in areas if _core(area) == _core(name)), None
    )


def _mentioned(name: str, areas: Iterable[str]) -> str | None:
    """Return the area whose name a camera's name has in it; the longest if there are several."""
    whole = words(name)
    found = [area for area in areas if _within(words(area), whole) or _within(_core(area), whole)]
    return max(found, key=lambda area: len(_core(area)), default=None)


def hamlet_groups(config: FrigateConfig) -> dict[str, tuple[str, ...]]:
    """Return the cameras of the groups that may be places: not the group of all of them, nor an empty one."""
    everything = set(config.cameras)
    return {
        group_name(key): tuple(camera for camera in cameras if camera in everything)
        for key, cameras in config.camera_groups.items()
        if 0 < len(everything & set(cameras)) < max(len(everything), 2)
    }


def suggest(config: FrigateConfig, areas: Iterable[str]) -> dict[str, str]:
    """Suggest an area's name for each camera that anything can be said about; it need not exist yet."""
    areas = tuple(areas)
    groups = hamlet_groups(config)
    suggested: dict[str, str] = {}
    for key, camera in config.cameras.items():
        own = [name for name, cameras in groups.items() if key in cameras]
        known = next((area for name in own if (area := match_area(name, areas))), None)
        place = known or _mentioned(camera.name, areas) or _mentioned(key, areas)
        if place or own:
            suggested[key] = place or own[0]
    return suggested


@callback
def async_area_ids(hass: HomeAssistant, names: Mapping[str, str]) -> dict[str, str]:
    """Return area ids for names (camera -> name); areas that are not there yet are created."""
    registry = ar.async_get(hass)
    ids: dict[str, str] = {}
    for camera, name in names.items():
        area = registry.async_get_area_by_name(name) or registry.async_create(name)
        ids[camera] = area.id
    return ids
