"""Where each camera stands in the birdseye view."""

from collections.abc import Sequence
import math

from simulator.rows import Json


def layout(cameras: Sequence[str], width: int, height: int) -> Json:
    """`birdseye_layout`: a grid of equal tiles, in pixels of the birdseye picture; empty without cameras."""
    if not cameras:
        return {}
    columns = math.ceil(math.sqrt(len(cameras)))
    rows = math.ceil(len(cameras) / columns)
    tile_width, tile_height = width // columns, height // rows
    return {
        camera: {
            "x": index % columns * tile_width,
            "y": index // columns * tile_height,
            "width": tile_width,
            "height": tile_height,
        }
        for index, camera in enumerate(cameras)
    }
