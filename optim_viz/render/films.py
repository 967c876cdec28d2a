# pyright: basic
"""Writes films: MP4 and WebM by ffmpeg, which takes raw frames on its input, GIF by Pillow."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

import matplotlib
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from optim_viz.render.board import own_settings
from optim_viz.render.look import Look
from optim_viz.render.painting import Painting
from optim_viz.render.scene import Scene

Tick = Callable[[int, int], None]
_CODECS: dict[str, list[str]] = {
    "mp4": [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-tune", "animation"),
        *("-pix_fmt", "yuv420p", "-movflags", "+faststart"),
    ],
    "webm": [
        *("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1"),
        *("-crf", "30", "-b:v", "0", "-pix_fmt", "yuv420p"),
    ],
}
_CLEAR = 255  # the place in a GIF's palette that stands for "as before"
_REST = 1.5  # seconds for which a GIF that begins again shows its last frame


def save_film(
    scene: Scene, path: Path, kind: str, look: Look, times: Sequence[int], *, fps: float, loop: bool, tick: Tick
) -> None:
    """Write one film.

    Args:
        scene: what it shows.
        path: the file, which is there and empty.
        kind: "mp4", "webm" or "gif".
        look: how it looks; its sides become even numbers of pixels.
        times: the step of each frame.
        fps: frames a second.
        loop: a GIF begins again at its end.
        tick: called with the frames that are done and all, after each; what it raises ends the work.
    """
    with own_settings():
        matplotlib.rcParams["path.simplify"] = True  # points that no pixel shows are left out
        painting = Painting(scene, look, vector=False)
        frames = _ticking(painting.frames(times), len(times), tick)
        if kind == "gif":
            _gif(frames, path, fps, loop, painting.colours())
        else:
            _encoded(frames, path, kind, fps, (look.measures.width, look.measures.height))


def _ticking(frames: Iterator[NDArray[np.uint8]], count: int, tick: Tick) -> Iterator[NDArray[np.uint8]]:
    for done, frame in enumerate(frames):
        yield frame
        tick(done + 1, count)


def _encoded(frames: Iterator[NDArray[np.uint8]], path: Path, kind: str, fps: float, size: tuple[int, int]) -> None:
    import imageio_ffmpeg

    width, height = (side - side % 2 for side in size)
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"),
        *("-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{width}x{height}", "-r", f"{fps:g}", "-i", "pipe:0"),
        # the colours of high-definition video, named in the file, so that players show the picture's own
        *("-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709", "-color_primaries", "bt709"),
        *("-color_trc", "bt709", "-color_range", "tv", "-an", *_CODECS[kind], "-f", kind, str(path)),
    ]
    with tempfile.TemporaryFile() as said:
        # Ctrl-C reaches ffmpeg's own group of processes only through this one, which removes what is half done.
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True
        )
        try:
            _feed(cast("IO[bytes]", process.stdin), frames, width, height)
        except BrokenPipeError:
            pass  # ffmpeg has ended: what it said is told below
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        if process.returncode:
            raise OSError(f"ffmpeg could not write the film: {_last_line(said) or f'exit code {process.returncode}'}")


def _feed(pipe: IO[bytes], frames: Iterator[NDArray[np.uint8]], width: int, height: int) -> None:
    with pipe:
        for frame in frames:
            pipe.write(np.ascontiguousarray(frame[:height, :width]).data)


def _last_line(said: IO[Any]) -> str:
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""


def _gif(
    frames: Iterator[NDArray[np.uint8]], path: Path, fps: float, loop: bool, colours: Sequence[tuple[int, int, int]]
) -> None:
    """Write a GIF whose frames share 255 colours, and where each is see-through but for what has changed."""
    images = _changes(frames, colours)
    first = next(images)
    rest = list(images)
    duration: list[int] = [max(20, round(100 / fps) * 10)] * (1 + len(rest))  # in hundredths of a second, as GIFs count
    if loop:
        duration[-1] = max(duration[-1], round(1000 * _REST))
    more: dict[str, Any] = {"loop": 0} if loop else {}
    more |= {"duration": duration, "disposal": 1, "transparency": _CLEAR, "optimize": False}
    first.save(path, "GIF", save_all=True, append_images=rest, **more)


def _changes(frames: Iterator[NDArray[np.uint8]], colours: Sequence[tuple[int, int, int]]) -> Iterator[Image.Image]:
    """Yield each frame in 255 colours, `_CLEAR` where a pixel is as before.

    Args:
        frames: as they are painted.
        colours: those of what moves; the first frame gives the others.
    """
    palette = Image.new("P", (1, 1))
    before: NDArray[np.uint8] | None = None
    for frame in frames:
        image = Image.fromarray(frame[..., :3])
        if before is None:
            rest = image.quantize(_CLEAR - len(colours), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            entries = [*np.ravel(colours).tolist(), *(rest.getpalette() or [])]
            palette.putpalette((entries + entries[:3] * 256)[: 3 * 256])
        now = np.asarray(image.quantize(palette=palette, dither=Image.Dither.NONE))
        shown = Image.fromarray(now if before is None else np.where(now == before, np.uint8(_CLEAR), now), "P")
        shown.putpalette(palette.getpalette() or [])
        before = now
        yield shown
