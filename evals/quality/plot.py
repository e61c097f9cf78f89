"""The quality experiment as a picture: how often a submitted take is all-correct against the seconds it took."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from .arms import DEPTHS, LARGE, SMALL, Chooser, Ended, Floats
from .tries import Try, picture_name

_ACROSS = 8
"""Pictures in a row."""

_COLOURS = {"random": "#8a8f98", "whole": "#4f86c6", "atoms": "#c78f2f", "panel": "#3f9b6c", "oracle": "#b3506e"}
_SAID = {"whole": "whole-prompt CLIP", "atoms": "CLIP atoms", "panel": "the panel", "oracle": "the judge itself"}


def draw(
    path: Path,
    curves: Mapping[str, Mapping[Chooser, Floats]],
    seconds: Mapping[str, float],
    loops: Mapping[str, Sequence[Ended]],
) -> None:
    """Draw best-of-N curves of both makers and a point per loop.

    Args:
        path: where the PNG goes.
        curves: by maker, then by who chooses: (prompts, N) rates.
        seconds: by maker, mean seconds of one take, made and looked at.
        loops: by name.
    """
    figure = Figure(figsize=(10, 6), dpi=130, layout="constrained")
    axes = figure.subplots()
    for maker, style in ((LARGE, "-"), (SMALL, "--")):
        for chooser, rates in curves[maker].items():
            spent = seconds[maker] * np.arange(1, rates.shape[1] + 1)
            label = f"best of N, {_SAID.get(chooser, 'a random choice')}" if maker == LARGE else None
            axes.plot(spent, rates.mean(axis=0), style, marker=".", color=_COLOURS[chooser], label=label)
    for (name, ended), mark in zip(loops.items(), "Ds*", strict=False):
        rate = float(np.mean([one.is_right for one in ended]))
        mean_seconds = float(np.mean([one.seconds for one in ended]))
        axes.plot(
            [mean_seconds],
            [rate],
            mark,
            color="gold" if mark == "*" else "black",
            mec="black",
            markersize=12,
            label=name,
            linestyle="none",
        )
    axes.set_xlabel("seconds of one core a prompt, making and looking")
    axes.set_ylabel("submitted takes all-correct, by the judge")
    axes.set_ylim(0, 1)
    lines = [f"{said}: {maker}, N = 1 to {DEPTHS[maker]}." for said, maker in (("Solid", LARGE), ("Dashed", SMALL))]
    axes.set_title("  ".join(lines), fontsize=10)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=3, frameon=False)
    figure.savefig(path)


def page(path: Path, takes: Sequence[Try], prompts: Sequence[str], pictures: Path) -> None:
    """Lay takes out by what panel and judge say of them, the same number of each, each under its prompt.

    Args:
        path: where the PNG goes.
        takes: one of each prompt at most is shown in a row.
        prompts: by number.
        pictures: the folder they lie in.
    """
    said = [(passed, right) for passed in (True, False) for right in (True, False)]
    rows = {pair: _first_of_each([one for one in takes if (one.passed, one.is_right) == pair]) for pair in said}
    figure = Figure(figsize=(2 * _ACROSS, 10.4), dpi=100, layout="constrained")
    grid = figure.subplots(len(rows), _ACROSS)
    for line, ((passed, right), shown) in zip(grid, rows.items(), strict=True):
        label = f"panel {'passes' if passed else 'refuses'},\njudge {'agrees' if passed == right else 'does not'}"
        line[0].set_ylabel(label, fontsize=9)
        for axes in line:
            axes.set_xticks([])
            axes.set_yticks([])
        for axes, one in zip(line, shown, strict=False):
            with Image.open(pictures / picture_name(one.key, one.weights)) as picture:
                axes.imshow(picture.convert("RGB"), interpolation="nearest")
            axes.set_title("\n".join(wrap(prompts[one.key.prompt], 26)), fontsize=7)
    figure.savefig(path)


def _first_of_each(takes: Sequence[Try]) -> list[Try]:
    return list({one.key.prompt: one for one in takes}.values())[:_ACROSS]
