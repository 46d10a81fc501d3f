"""People who are filmed live for the fake engine, whose pictures are texts."""

from __future__ import annotations

import random
from typing import Any

from lab.fake_engine import MOVED, REST, picture
from lab.pictures.live_people import QUICK_S, Answers
from lab.pictures.rendering import Temper
from verification.domain.challenge import Move


class WrittenPerson:
    """Somebody who does what the phone shows, in pictures that the fake engine reads."""

    def __init__(
        self, who: str, rng: random.Random, *, reaction_s: tuple[float, float] = QUICK_S
    ) -> None:
        self._who, self._count = who, 0
        self._answers = Answers(Temper.draw(rng), reaction_s, rng)

    def sees(self, at_s: float, move: Move | None) -> None:
        """See Scene."""
        self._answers.sees(at_s, move)

    def picture(self, at_s: float) -> bytes:
        """See Scene."""
        self._count += 1
        shown: dict[str, Any] = dict(REST)
        for move, extent in self._answers.made(at_s):
            name, by = MOVED[move]
            shown[name] += by * extent
        return picture(self._who, shift=0.01 * (self._count % 9), grain=self._count, **shown)
