"""The animatic: the cut as a small H.264 film. Nothing in it is animated: every shot is a camera move on a still."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ...core.errors import MissingExtra
from ...core.plan import Plan, Shot
from ...core.take import Take
from ..pictures import open_picture
from .dossier import TaskDossier
from .moves import Layers, plate, see, see_layers, split_layers, view
from .palette import INK, MUTED, PAPER, fit, font
from .timeline import frames_of

try:
    import av
except ModuleNotFoundError:  # the extra `video` is not installed: `write_animatic` says so
    av = None

_WIDTH = 512
_STRIP = 32
_HANDS = 2
"""Threads that draw frames while another encodes; their number changes no byte."""
_BT709 = 1
"""The code of ITU-R BT.709 in H.264's colour description."""

Frame = Callable[[float], Image.Image]
"""Gives a shot's picture at a moment in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One shot with the pictures it is made of."""

    shot: Shot
    picture: Path | None
    """None when its task has no take at all."""
    composite: Path | None = None
    """For a parallax: the composite the picture is, or is a grade of."""
    ground: Path | None = None
    """For a parallax: the composite's bottom layer."""


def scenes(plan: Plan, dossiers: Sequence[TaskDossier], root: Path) -> tuple[Scene, ...]:
    """Find the pictures of every shot under the folder they lie in."""
    by_task = {dossier.task.name: dossier for dossier in dossiers}
    paths = {take.take.digest: root / take.path for dossier in dossiers for take in dossier.takes}
    takes = {take.take.digest: take.take for dossier in dossiers for take in dossier.takes}
    found = []
    for shot in plan.shots:
        shown = by_task[shot.from_task].shown
        composite = _composite(shown.take, takes) if shown else None
        ground = composite.recipe.ingredients[0].digest if composite and composite.recipe else ""
        found.append(
            Scene(
                shot=shot,
                picture=root / shown.path if shown else None,
                composite=paths.get(composite.digest) if composite else None,
                ground=paths.get(ground),
            )
        )
    return tuple(found)


def _composite(take: Take, takes: Mapping[str, Take]) -> Take | None:
    """Give the composite a take is, or is a grade of."""
    recipe = take.recipe
    if recipe is None or not recipe.ingredients:
        return None
    if recipe.make == "composite":
        return take
    source = takes.get(recipe.ingredients[0].digest)
    return _composite(source, takes) if recipe.make == "grade" and source else None


def write_animatic(path: Path, cut: Sequence[Scene], *, aspect: str, title: str) -> tuple[str, ...]:
    """Write the film; the same cut gives the same bytes.

    Args:
        path: where to; an MP4 whose index comes first, so that it plays while it loads.
        cut: at least one scene; the first one's frame rate is the film's.
        aspect: of the picture, `16:9`.
        title: goes into the file's metadata.

    Returns:
        What differs from what was asked, one sentence each.

    Raises:
        MissingExtra: PyAV is not installed.
    """
    if av is None:
        raise MissingExtra("the animatic", "video")
    size = frame_size(aspect)
    rate, notes = cut[0].shot.fps, []
    options = {"movflags": "+faststart"}
    with ThreadPoolExecutor(_HANDS) as crew, av.open(str(path), "w", format="mp4", options=options) as film:
        film.metadata["title"] = title
        film.metadata["comment"] = "AI-made stills; every movement is a camera move on a still"
        stream = film.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "veryfast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = size[0], size[1] + _STRIP, "yuv420p"
        context, to_film = stream.codec_context, av.video.reformatter.VideoReformatter()
        context.thread_count = 1
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        count = 0
        for scene in cut:
            shot, frame, note = _stage(scene, size)
            notes += [note] if note else []
            for picture in _shoot(shot, frame, size, crew):
                image = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
                image = to_film.reformat(image, format="yuv420p", dst_colorspace=_BT709)
                image.pts, image.time_base = count, Fraction(1, rate)
                count += 1
                film.mux(stream.encode(image))
        film.mux(stream.encode(None))
    return tuple(notes)


def frame_size(aspect: str) -> tuple[int, int]:
    """Give the picture's size in pixels, both sides even as H.264 wants them.

    >>> frame_size("16:9")
    (512, 288)
    """
    across, _, down = aspect.partition(":")
    return _WIDTH, max(2, 2 * round(_WIDTH * float(down) / float(across) / 2))


def _shoot(shot: Shot, frame: Frame, size: tuple[int, int], crew: Executor) -> Iterator[Image.Image]:
    """Give a shot's frames in order, drawn a second of film ahead of whoever takes them."""
    count, blank = frames_of(shot), _strip(shot, size)

    def draw(number: int) -> Image.Image:
        sheet = blank.copy()
        sheet.paste(frame(number / max(1, count - 1)), (0, 0))
        text, middle = f"frame {shot.first_frame + number}", size[1] + _STRIP // 2
        ImageDraw.Draw(sheet).text((size[0] - 10, middle), text, INK, font(14), anchor="rm")
        return sheet

    for start in range(0, count, shot.fps):
        yield from crew.map(draw, range(start, min(start + shot.fps, count)))


def _strip(shot: Shot, size: tuple[int, int]) -> Image.Image:
    sheet = Image.new("RGB", (size[0], size[1] + _STRIP), PAPER)
    pen, middle = ImageDraw.Draw(sheet), size[1] + _STRIP // 2
    code = fit(pen, shot.code, font(14), 150)
    pen.text((10, middle), code, INK, font(14), anchor="lm")
    said = fit(pen, f"{shot.move}: camera move on a still", font(13), 240)
    pen.text((size[0] // 2 + 4, middle), said, MUTED, font(13), anchor="mm")
    return sheet


def _stage(scene: Scene, size: tuple[int, int]) -> tuple[Shot, Frame, str]:
    """Give the shot as it will be taken, what the camera sees at each moment, and what differs from what was asked."""
    shot = scene.shot
    if scene.picture is None:
        blank, note = _missing(shot, size), f"shot {shot.code} has no picture: {shot.from_task} was not made"
        return replace(shot, move="hold"), lambda _moment: blank, note
    if shot.move != "parallax":
        return shot, _steady(scene.picture, size, shot), ""
    layers = _layers(scene, size)
    if layers:
        return shot, lambda moment: see_layers(layers, moment, size), ""
    pushed = replace(shot, move="slow push in")
    why = "its picture is no composite with something before its ground"
    return pushed, _steady(scene.picture, size, pushed), f"shot {shot.code} is a push in instead of a parallax: {why}"


def _steady(path: Path, size: tuple[int, int], shot: Shot) -> Frame:
    still = plate(_open(path), size)
    if shot.move == "hold":
        frame = see(still, view("hold", 0.0), size)
        return lambda _moment: frame
    return lambda moment: see(still, view(shot.move, moment), size)


def _layers(scene: Scene, size: tuple[int, int]) -> Layers | None:
    if scene.picture is None or scene.composite is None or scene.ground is None:
        return None
    split = split_layers(_open(scene.picture), _open(scene.composite), _open(scene.ground))
    if split is None:
        return None
    return Layers(ground=plate(split.ground, size), front=plate(split.front, size), mask=plate(split.mask, size))


def _open(path: Path) -> Image.Image:
    return open_picture(path.read_bytes(), str(path)).convert("RGB")


def _missing(shot: Shot, size: tuple[int, int]) -> Image.Image:
    sheet = Image.new("RGB", size, "#262a33")
    ImageDraw.Draw(sheet).text((size[0] // 2, size[1] // 2), f"{shot.code}: no picture", MUTED, font(20), anchor="mm")
    return sheet
