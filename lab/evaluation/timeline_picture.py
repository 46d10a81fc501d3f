"""The steps of a check-in as bars on a line of seconds, drawn by Pillow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from math import ceil
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from lab.evaluation.roc_picture import COLOURS, GRID, INK, PAPER

WIDTH_PX, BAR_PX, ROW_PX, LEFT_PX, RIGHT_PX, TOP_PX = 960, 28, 84, 24, 24, 56
FINER = 2
"""How many times larger the picture is drawn before it is reduced."""

Steps = Sequence[tuple[str, float]]
"""Each step with the second at which it is over, in their order."""


def draw_timelines(ways: Mapping[str, Steps], path: Path) -> None:
    """Write a PNG with a row of bars for each way. Raises OSError."""
    longest_s = ceil(max((at_s for steps in ways.values() for _, at_s in steps), default=1.0))
    height_px = TOP_PX + ROW_PX * len(ways) + 24
    image = Image.new("RGB", (WIDTH_PX * FINER, height_px * FINER), PAPER)
    pen = ImageDraw.Draw(image)
    per_s = (WIDTH_PX - LEFT_PX - RIGHT_PX) / longest_s
    for second in range(longest_s + 1):
        left = LEFT_PX + second * per_s
        _box(pen, (left, TOP_PX - 8, left + 1, height_px - 16), GRID)
        _text(pen, (left, TOP_PX - 24), f"{second} s", "mm")
    names = dict.fromkeys(step for steps in ways.values() for step, _ in steps)
    colours = dict(zip(names, cycle(COLOURS), strict=False))
    for row, (name, steps) in enumerate(ways.items()):
        _row(pen, TOP_PX + row * ROW_PX, name, steps, per_s, colours)
    image.resize((WIDTH_PX, height_px), Image.Resampling.LANCZOS).save(path, format="PNG")


def _row(
    pen: ImageDraw.ImageDraw,
    top: float,
    name: str,
    steps: Steps,
    per_s: float,
    colours: Mapping[str, str],
) -> None:
    _text(pen, (LEFT_PX, top + 10), f"{name}: {', '.join(step for step, _ in steps)}", "lm")
    before_s = 0.0
    for step, at_s in steps:
        left, right = LEFT_PX + before_s * per_s, LEFT_PX + at_s * per_s
        _box(pen, (left, top + 24, right, top + 24 + BAR_PX), colours[step])
        before_s = at_s


def _box(pen: ImageDraw.ImageDraw, corners: tuple[float, float, float, float], colour: str) -> None:
    pen.rectangle([FINER * value for value in corners], fill=colour)


def _text(pen: ImageDraw.ImageDraw, place: tuple[float, float], text: str, anchor: str) -> None:
    font = ImageFont.load_default(13 * FINER)
    pen.text((FINER * place[0], FINER * place[1]), text, fill=INK, font=font, anchor=anchor)
