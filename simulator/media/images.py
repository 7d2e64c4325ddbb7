"""Still pictures as files: latest frames, snapshots, thumbnails, with the options of Frigate's API."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from simulator.media.cache import BoundedCache
from simulator.media.frames import Box, DrawnFigure, FrameKey, FrameMaker, Size, no_frames
from simulator.media.overlays import (
    draw_box,
    draw_masks,
    draw_motion,
    draw_regions,
    draw_time,
    draw_zones,
    square,
)
from simulator.media.world import MediaWorld
from simulator.rows import EventRow

QUALITY = 70
THUMBNAIL = 175
CACHE_BYTES = 24 * 2**20
MAX_HEIGHT = 2160
SNAPSHOT_REACH = 1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """How a picture is asked for. `bbox` None: as the camera's configuration says."""

    fmt: str = "jpg"
    height: int | None = None
    quality: int = QUALITY
    bbox: bool | None = None
    timestamp: bool | None = None
    crop: bool | None = None
    zones: bool = False
    mask: bool = False
    motion: bool = False
    regions: bool = False

    @property
    def draws(self) -> bool:
        """Whether anything is to be drawn on a live frame."""
        wanted = (self.bbox, self.timestamp, self.zones, self.mask, self.motion, self.regions)
        return any(wanted)


def encode(picture: Image.Image, fmt: str, quality: int = QUALITY) -> bytes:
    """The picture as a file; `fmt` is jpg, jpeg, webp or png."""
    body = BytesIO()
    if fmt == "png":
        picture.save(body, "PNG", compress_level=1)
    elif fmt == "webp":
        picture.save(body, "WEBP", quality=min(100, quality), method=0)
    else:
        picture.save(body, "JPEG", quality=max(1, min(95, quality)))
    return body.getvalue()


def scaled(size: Size, height: int | None) -> Size:
    """`size` at another height, its shape kept."""
    if height is None:
        return size
    height = min(height, MAX_HEIGHT)
    return max(2, round(size[0] * height / size[1])), height


class ImageMaker:
    """Makes picture files. Thread-safe; files are kept as long as nobody could see a difference."""

    def __init__(self, world: MediaWorld, frames: FrameMaker) -> None:
        self._world = world
        self._frames = frames
        self._files: BoundedCache[tuple[FrameKey, Drawing], bytes] = BoundedCache(CACHE_BYTES, len)

    def latest(self, camera: str, drawing: Drawing, at: float | None) -> bytes:
        """The current frame, or that of epoch second `at`.

        Raises:
            UnknownCameraError: No such camera.
        """
        t = self._world.now() if at is None else at
        size = scaled(self._frames.size(camera), drawing.height)
        if at is None and self._frames.is_offline(camera):
            return encode(no_frames(size), drawing.fmt, drawing.quality)
        key = self._frames.key(camera, t, size)
        return self._files.get((key, drawing), lambda: self._latest(camera, t, size, drawing))

    def _latest(self, camera: str, t: float, size: Size, drawing: Drawing) -> bytes:
        picture = self._frames.frame(camera, t, size)
        if drawing.draws:
            picture = self._decorated(camera, picture, t, drawing)
        return encode(picture, drawing.fmt, drawing.quality)

    def _decorated(
        self, camera: str, picture: Image.Image, t: float, drawing: Drawing
    ) -> Image.Image:
        config: Mapping[str, Any] = self._world.camera_config(camera) or {}
        figures = self._world.figures_at(camera, t)
        picture = picture.copy()
        if drawing.mask:
            draw_masks(picture, config)
        if drawing.zones:
            draw_zones(picture, config)
        if drawing.regions:
            draw_regions(picture, (one.box for one in figures))
        if drawing.motion:
            draw_motion(picture, (one.box for one in figures))
        if drawing.bbox:
            for one in figures:
                draw_box(picture, one.box, one.label, one.sub_label or one.label)
        if drawing.timestamp:
            draw_time(picture, t, self._frames.zone(), config)
        return picture

    def snapshot(self, row: EventRow, drawing: Drawing) -> bytes:
        """The best picture of an object: as stored (its box drawn if configured so), or as asked for.

        Raises:
            UnknownCameraError: The object's camera is no longer configured.
        """
        picture, t, box = self._best(row)
        config = (self._world.camera_config(row.camera) or {}).get("snapshots") or {}
        stored = drawing.fmt in ("jpg", "jpeg")
        if _chosen(drawing.bbox, stored and bool(config.get("bounding_box", True))) and box:
            score = row.data.get("top_score") or row.data.get("score")
            share = f" {score:.0%}" if isinstance(score, (int, float)) else ""
            draw_box(picture, box, row.label, f"{row.sub_label or row.label}{share}")
        if _chosen(drawing.crop, stored and bool(config.get("crop", False))) and box:
            picture = picture.crop(square(box, picture.size, SNAPSHOT_REACH))
        height = drawing.height or (config.get("height") if stored else None)
        if height:
            picture = picture.resize(scaled(picture.size, int(height)), Image.Resampling.BILINEAR)
        if _chosen(drawing.timestamp, stored and bool(config.get("timestamp", False))):
            draw_time(picture, t, self._frames.zone(), self._world.camera_config(row.camera) or {})
        return encode(picture, drawing.fmt, drawing.quality)

    def thumbnail(self, row: EventRow, fmt: str, *, android: bool) -> bytes:
        """A square picture of the object, 175 pixels; for Android between black bars, twice as wide.

        Raises:
            UnknownCameraError: The object's camera is no longer configured.
        """
        picture, _, box = self._best(row)
        centre = box or (0.25, 0.25, 0.75, 0.75)
        cut = picture.crop(square(centre, picture.size, SNAPSHOT_REACH))
        small = cut.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BILINEAR)
        if android:
            wide = Image.new("RGB", (THUMBNAIL * 2, THUMBNAIL))
            wide.paste(small, (THUMBNAIL // 2, 0))
            small = wide
        return encode(small, fmt)

    def _best(self, row: EventRow) -> tuple[Image.Image, float, Box | None]:
        """Frame, time and box of an object's best moment. The frame may be drawn upon."""
        t = float(row.data.get("snapshot_frame_time") or row.start_time)
        box = _row_box(row)
        figures = list(self._world.figures_at(row.camera, t))
        same = [one for one in figures if one.label == row.label]
        if box is None and same:
            box = same[0].box
        elif box is not None and not any(_overlap(one.box, box) > 0.3 for one in same):
            # The world no longer knows what stood there: the database does.
            figures.append(DrawnFigure(row.label, box, None, row.sub_label))
        size = self._frames.size(row.camera)
        return self._frames.scene(row.camera, t, size, figures), t, box


def _chosen(asked: bool | None, otherwise: bool) -> bool:
    return otherwise if asked is None else asked


def _row_box(row: EventRow) -> Box | None:
    """The stored box `[x, y, w, h]` as `x1, y1, x2, y2`."""
    stored = row.data.get("box")
    if not isinstance(stored, (list, tuple)) or len(stored) != 4:
        return None
    x, y, width, height = (float(part) for part in stored)
    return (x, y, x + width, y + height) if width > 0 and height > 0 else None


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return wide * high / (both - wide * high)
