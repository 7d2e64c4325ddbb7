"""What the shapes of Frigate's messages have in common."""

from .parse import Fields, as_number

VERIFIED = "-verified"


def plain_label(label: str) -> str:
    """Return a label without the mark by which Frigate says that it recognised the object."""
    return label.removesuffix(VERIFIED)


def scored(fields: Fields, key: str) -> tuple[str | None, float | None]:
    """Read a name with or without score: `"x"`, `["x", 0.9]`, `[null, null]` or null."""
    value = fields.wire.get(key)
    if value is None:
        return None, None
    if isinstance(value, str):
        return value or None, None
    if isinstance(value, list) and value and (value[0] is None or isinstance(value[0], str)):
        return value[0] or None, as_number(value[1]) if len(value) > 1 else None
    fields.wrong(key)
    return None, None
