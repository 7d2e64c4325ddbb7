"""Identifiers as the server makes them: `<start time>-<six characters>`."""

from collections.abc import Callable
from random import Random
import string

ALPHABET = string.ascii_lowercase + string.digits


def id_maker(random: Random) -> Callable[[float], str]:
    """A function from a start time, UTC epoch seconds, to a new id."""

    def make(start: float) -> str:
        return f"{start}-{''.join(random.choices(ALPHABET, k=6))}"

    return make
