"""Fonts with Vietnamese glyphs, and lines of text as ready-made pictures."""

from functools import lru_cache
from pathlib import Path
from threading import Lock

from PIL import Image, ImageDraw, ImageFont

type Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
type Rgb = tuple[int, int, int]

_CANDIDATES = {
    False: (
        "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/noto/NotoSans-Regular.ttf",
        "/usr/share/fonts/TTF/DejaVuSans.ttf",
    ),
    True: (
        "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
        "/usr/share/fonts/noto/NotoSans-Bold.ttf",
        "/usr/share/fonts/TTF/DejaVuSans-Bold.ttf",
    ),
}

# A FreeType face is not safe to use from two threads at once.
_lock = Lock()


@lru_cache(maxsize=64)
def font(size: int, *, bold: bool = False) -> Font:
    """A font of `size` pixels: Noto Sans or DejaVu Sans, else the one Pillow brings along."""
    for path in _CANDIDATES[bold]:
        if Path(path).is_file():
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)


@lru_cache(maxsize=512)
def text_image(
    text: str, size: int, colour: Rgb = (255, 255, 255), *, bold: bool = False
) -> Image.Image:
    """`text` as an RGBA picture with a thin dark outline, as cameras burn it in. Do not change the result."""
    outline = max(1, round(size / 14))
    with _lock:
        face = font(size, bold=bold)
        left, top, right, bottom = face.getbbox(text, stroke_width=outline)
        picture = Image.new("RGBA", (max(1, int(right - left)), max(1, int(bottom - top))))
        ImageDraw.Draw(picture).text(
            (-left, -top),
            text,
            font=face,
            fill=colour,
            stroke_width=outline,
            stroke_fill=(20, 20, 20),
        )
    return picture


def draw_text(
    draw: ImageDraw.ImageDraw,
    position: tuple[float, float],
    text: str,
    size: int,
    colour: Rgb,
    *,
    anchor: str = "lt",
) -> None:
    """Draw plain bold `text` with its `anchor` point at `position`."""
    with _lock:
        face = font(size, bold=True)
        if isinstance(face, ImageFont.ImageFont):
            draw.text(position, text, font=face, fill=colour)
        else:
            draw.text(position, text, font=face, fill=colour, anchor=anchor)
