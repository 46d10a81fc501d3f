"""Templates of a folder of pictures, and their scores against each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from verification.engines.base import FaceEngine, Template, UnreadableImage

Scores = NDArray[np.float32]
Tick = Callable[[], object]


@dataclass(frozen=True)
class Gallery:
    """What an engine found in pictures. It looked at each once.

    faceless    pictures in which it found no face
    unreadable  pictures that are not complete JPEG or PNG files of acceptable size
    """

    templates: dict[str, Template]
    faceless: tuple[str, ...]
    unreadable: tuple[str, ...]

    @property
    def pictures(self) -> int:
        """How many pictures the engine looked at."""
        return len(self.templates) + len(self.faceless) + len(self.unreadable)

    def of(self, names: Collection[str]) -> Gallery:
        """The part of the gallery that holds the pictures of these names."""
        return Gallery(
            {name: template for name, template in self.templates.items() if name in names},
            tuple(name for name in self.faceless if name in names),
            tuple(name for name in self.unreadable if name in names),
        )


def describe_all(engine: FaceEngine, folder: Path, names: Iterable[str], tick: Tick) -> Gallery:
    """Describe the widest face of each picture. Calls `tick` after each. Raises OSError."""
    templates: dict[str, Template] = {}
    faceless, unreadable = [], []
    for name in names:
        try:
            template = engine.describe((folder / name).read_bytes())
        except UnreadableImage:
            unreadable.append(name)
        else:
            if template is None:
                faceless.append(name)
            else:
                templates[name] = template
        tick()
    return Gallery(templates, tuple(faceless), tuple(unreadable))


def score_matrix(engine: FaceEngine, templates: Sequence[Template], tick: Tick) -> Scores:
    """Compare every template with every other: shape (n, n), symmetric, NaN on the diagonal.

    Calls `tick` after each row.
    """
    matrix = np.empty((len(templates), len(templates)), np.float32)
    for row, template in enumerate(templates):
        matrix[row] = engine.compare_all([template], templates)[0]
        tick()
    np.fill_diagonal(matrix, np.nan)
    return matrix
