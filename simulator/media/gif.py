"""Animated previews."""

from io import BytesIO

from PIL import Image

from simulator.media.frames import FrameMaker

HEIGHT = 180
MOST_FRAMES = 16
FRAME_MS = 160
COLOURS = 96


def preview(frames: FrameMaker, camera: str, start: float, end: float) -> bytes:
    """A GIF that shows a stretch of time in under three seconds.

    Raises:
        UnknownCameraError: No such camera.
    """
    width, height = frames.size(camera)
    size = (round(HEIGHT * width / height), HEIGHT)
    count = max(2, min(MOST_FRAMES, round((end - start) * 2)))
    step = max(0.0, end - start) / count
    pictures = [frames.frame(camera, start + index * step, size) for index in range(count)]
    # One palette for all: nothing flickers, and it is worked out only once.
    palette = pictures[0].quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    drawn = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in pictures]
    body = BytesIO()
    drawn[0].save(
        body,
        "GIF",
        save_all=True,
        append_images=drawn[1:],
        duration=FRAME_MS,
        loop=0,
        optimize=False,
    )
    return body.getvalue()
