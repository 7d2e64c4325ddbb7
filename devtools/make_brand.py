"""Draws the integration's pictures: `python -m devtools.make_brand` writes custom_components/antt_camera/brand/."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

BRAND = Path(__file__).parent.parent / "custom_components" / "antt_camera" / "brand"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
TEXT = "ANTT Camera"

RED = "#c8202f"
YELLOW = "#ffd34d"
WHITE = "#ffffff"
INK = "#1f2933"

# Drawn so many times larger, then made smaller: smooth edges.
OVERSAMPLING = 4
# Half of a shield's outline, in shares of its width and height from the top middle: shoulders, side, curve to the tip.
CURVE = [step / 24 for step in range(25)]
SHIELD = (
    (0.0, 0.0),
    (0.24, 0.075),
    (0.5, 0.11),
    *((0.5 * (1 - t**2.3), 0.42 + 0.58 * t) for t in CURVE),
)


def _shield(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: str) -> None:
    left, top, right, bottom = box
    middle, width, height = (left + right) / 2, right - left, bottom - top
    half = [(x * width, top + y * height) for x, y in SHIELD]
    outline = [(middle + x, y) for x, y in half] + [(middle - x, y) for x, y in reversed(half)]
    draw.polygon(outline, fill=colour)


def mark(size: int) -> Image.Image:
    """Return the mark, a camera's eye on a shield, `size` pixels high and wide."""
    full = size * OVERSAMPLING
    image = Image.new("RGBA", (full, full), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    unit = full / 100
    _shield(draw, (8 * unit, 0, 92 * unit, full - 1), RED)
    _shield(draw, (13.5 * unit, 6 * unit, 86.5 * unit, 94 * unit), WHITE)
    _shield(draw, (16.5 * unit, 9.5 * unit, 83.5 * unit, 90.5 * unit), RED)
    for x, y, radius, colour in (
        (50, 47, 23, WHITE),
        (50, 47, 18, INK),
        (50, 47, 9, YELLOW),
        (57, 40, 3, WHITE),
    ):
        draw.circle((x * unit, y * unit), radius * unit, fill=colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def logo(height: int, colour: str) -> Image.Image:
    """Return the mark with the name beside it in `colour`, `height` pixels high."""
    font = ImageFont.truetype(FONT, round(height * 0.44))
    left, top, right, bottom = font.getbbox(TEXT)
    gap = round(height * 0.12)
    image = Image.new("RGBA", (height + gap + round(right - left), height), (0, 0, 0, 0))
    image.alpha_composite(mark(height))
    at = (height + gap - left, (height - (bottom - top)) / 2 - top)
    ImageDraw.Draw(image).text(at, TEXT, font=font, fill=colour)
    return image.crop(image.getbbox())


def main() -> None:
    """Write all pictures."""
    BRAND.mkdir(exist_ok=True)
    pictures = {
        "icon.png": mark(256),
        "icon@2x.png": mark(512),
        "logo.png": logo(128, INK),
        "logo@2x.png": logo(256, INK),
        "dark_logo.png": logo(128, WHITE),
        "dark_logo@2x.png": logo(256, WHITE),
    }
    for name, picture in pictures.items():
        picture.save(BRAND / name, optimize=True)


if __name__ == "__main__":
    main()
