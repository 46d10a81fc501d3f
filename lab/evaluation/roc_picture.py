"""The ROC curves of several engines as one picture, drawn by Pillow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from math import ceil, log10
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from lab.evaluation.error_rates import Roc

WIDTH_PX, HEIGHT_PX = 960, 720
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 96, 32, 56, 80
"""Margins around the plot."""
FINER = 2
"""How many times larger the picture is drawn before it is reduced: Pillow's lines have steps."""
INK, GRID, PAPER = "#222222", "#dddddd", "#ffffff"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Colours that people who see few colours can tell apart as well (Okabe and Ito, 2008)."""
FLOORS = (0.99, 0.98, 0.95, 0.9, 0.8, 0.5, 0.0)
"""Values at which the upright axis may begin. The highest that every curve allows is taken."""
DEEPEST_DECADE = 6

Place = tuple[float, float]


def draw_roc(curves: Mapping[str, Roc], path: Path) -> None:
    """Write a PNG with one curve for each name, and its EER in the legend. Raises OSError."""
    plot = _Plot(curves)
    plot.axes()
    for number, (name, roc) in enumerate(curves.items()):
        plot.curve(number, f"{name}, EER {100 * roc.eer():.2f} %", roc)
    size = (WIDTH_PX, HEIGHT_PX)
    plot.image.resize(size, Image.Resampling.LANCZOS).save(path, format="PNG")


class _Plot:
    def __init__(self, curves: Mapping[str, Roc]) -> None:
        self.image = Image.new("RGB", (WIDTH_PX * FINER, HEIGHT_PX * FINER), PAPER)
        self._draw = ImageDraw.Draw(self.image)
        self._last = len(curves) - 1
        # The least FAR that a curve can show is one impostor pair of all of them.
        fewest = max(roc.false_matches[-1] for roc in curves.values())
        self._decades = min(max(ceil(log10(max(fewest, 1.0))), 1), DEEPEST_DECADE)
        lowest = min(roc.at_fmr(10.0**-self._decades).tar for roc in curves.values())
        self._floor = next(floor for floor in FLOORS if floor <= lowest)

    def _place(self, far: float, tar: float) -> Place:
        """The pixel in the larger drawing. What lies outside the plot is moved to its edge."""
        across = 1 + log10(max(far, 10.0**-self._decades)) / self._decades
        up = (max(tar, self._floor) - self._floor) / (1 - self._floor)
        width, height = WIDTH_PX - LEFT_PX - RIGHT_PX, HEIGHT_PX - TOP_PX - BOTTOM_PX
        return (
            (LEFT_PX + across * width) * FINER,
            (TOP_PX + (1 - up) * height) * FINER,
        )

    def axes(self) -> None:
        """Draw the grid, and the numbers and names of both axes."""
        for decade in range(self._decades + 1):
            far = 10.0**-decade
            foot = self._place(far, self._floor)
            self._line([self._place(far, 1.0), foot], GRID, 1)
            self._text((foot[0], foot[1] + 10 * FINER), f"{far:g}", "mt", 16)
        for step in range(6):
            tar = self._floor + (1 - self._floor) * step / 5
            start = self._place(0.0, tar)
            self._line([start, self._place(1.0, tar)], GRID, 1)
            self._text((start[0] - 8 * FINER, start[1]), f"{tar:.4g}", "rm", 16)
        self._names()

    def _names(self) -> None:
        middle = (LEFT_PX + WIDTH_PX - RIGHT_PX) / 2 * FINER
        bottom = (HEIGHT_PX - 18) * FINER
        self._text((middle, bottom), "False-accept rate (FAR), logarithmic", "mb", 18)
        self._text((16 * FINER, 16 * FINER), "True-accept rate (TAR)", "lt", 18)

    def curve(self, number: int, label: str, roc: Roc) -> None:
        """Draw the line, and its row in the legend."""
        colour = COLOURS[number % len(COLOURS)]
        self._line(list(self._corners(roc)), colour, 3)
        right, bottom = self._place(1.0, self._floor)
        row = bottom - (24 + 28 * (self._last - number)) * FINER
        start = right - 380 * FINER
        self._line([(start, row), (start + 40 * FINER, row)], colour, 3)
        self._text((start + 52 * FINER, row), label, "lm", 18)

    def _corners(self, roc: Roc) -> Iterator[Place]:
        """The points to draw. Of points that share a pixel the first is enough."""
        places = (self._place(point.fmr, point.tar) for point in roc.points())
        for _, group in groupby(places, key=lambda place: (round(place[0]), round(place[1]))):
            yield next(group)

    def _line(self, places: list[Place], colour: str, width: int) -> None:
        self._draw.line(places, fill=colour, width=width * FINER, joint="curve")

    def _text(self, place: Place, text: str, anchor: str, size: int) -> None:
        font = ImageFont.load_default(size * FINER)
        self._draw.text(place, text, fill=INK, font=font, anchor=anchor)
