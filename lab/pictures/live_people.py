"""People who are filmed live: each answers what the film tells, in a time that is simulated.

For the simulated class and for tests only; nothing that judges imports this.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, inf
from typing import Protocol

from lab.pictures import rendering
from lab.pictures.rendering import Sway, Temper
from verification.api.live_messages import EVERY_MS, IN_FLIGHT
from verification.domain.challenge import Move, Prompt
from verification.domain.live_film import LiveFilm, Shown
from verification.engines.base import BurstMeasurement, FilmMeasuring
from verification.engines.head import Pose
from verification.engines.images import Pixels

WIDE = 360
"""The columns of a picture that the page sends: 360x480."""
QUICK_S, SLOW_S = (0.25, 0.8), (0.8, 1.2)
"""The shortest and the longest time in seconds in which most people react to a prompt, and in which
slow people do."""
BLINK_EVERY_S, BLINK_S = 4.0, (0.1, 0.3)
"""How often people blink by themselves, and how long their eyes are shut then."""
FARTHER_AFTER_S, FARTHER_BY = 1.8, 0.35
"""When somebody whose move was not seen begins to go farther, and how much within a second."""
JITTER_S = 0.02
"""How much later than it could a phone sends a picture."""
MOST_S = 60.0
"""A film that is not over by then is over (verification/api/live_film.py)."""


class Scene(Protocol):
    """What stands before the camera, or in its place."""

    def sees(self, at_s: float, move: Move | None) -> None:
        """The phone shows this move from now on, or None where it shows none."""
        ...

    def picture(self, at_s: float) -> bytes:
        """The JPEG that the phone sends of that moment."""
        ...


@dataclass(frozen=True)
class Line:
    """A phone's camera and its network.

    every_s     the least time between two pictures that are sent
    fps         pictures a second that the camera takes
    way_s       bounds of the seconds that a message takes, to the server or back
    measuring_s how long the server measures a picture
    in_flight   how many pictures may be unanswered
    """

    every_s: float = EVERY_MS / 1000
    fps: float = 30.0
    way_s: tuple[float, float] = (0.03, 0.1)
    measuring_s: float = 0.02
    in_flight: int = IN_FLIGHT

    def gap_s(self, way_s: float) -> float:
        """The time between two pictures that are sent: the camera's first after the least. They are
        spread evenly over the time that one takes there and back."""
        return ceil(max(self.every_s, way_s / self.in_flight) * self.fps) / self.fps


def film_live(
    scene: Scene,
    film: LiveFilm,
    measuring: FilmMeasuring,
    *,
    rng: random.Random,
    line: Line | None = None,
) -> BurstMeasurement | None:
    """Film the scene until the film is over. None where it never began."""
    line = line or Line()
    answers: deque[tuple[float, float, Move | None]] = deque()
    at_s = received_s = free_s = way_s = 0.0
    while not film.is_over and at_s < MOST_S:
        while answers and (answers[0][0] <= at_s or len(answers) >= line.in_flight):
            told_s, sent_s, move = answers.popleft()
            way_s = told_s - sent_s
            scene.sees(told_s, move)
            at_s = max(at_s, told_s)
        jpeg = scene.picture(at_s)
        received_s = max(at_s + rng.uniform(*line.way_s), received_s + 0.001)
        free_s = max(free_s, received_s) + line.measuring_s
        shown = _measured(film, measuring, jpeg, round(received_s, 3), free_s)
        told_s = max(free_s + rng.uniform(*line.way_s), answers[-1][0] if answers else 0.0)
        answers.append((told_s, at_s, shown.move))
        at_s += line.gap_s(way_s) + rng.uniform(0.0, JITTER_S)
    return measuring.finish(film.challenge) if film.has_begun else None


def _measured(
    film: LiveFilm, measuring: FilmMeasuring, jpeg: bytes, at_s: float, now_s: float
) -> Shown:
    """Go on by one picture, as the server does."""
    before = film.shown.move
    shown = film.take(measuring.look(jpeg, at_s, eyes=film.reads_eyes), now_s=now_s)
    if shown.rest_frames:
        measuring.rest(shown.rest_frames)
    if shown.move is not None and before is None:
        measuring.recognise_ahead(film.challenge_so_far)
    return shown


class Answers:
    """How somebody has answered the prompts so far."""

    def __init__(self, temper: Temper, reaction_s: tuple[float, float], rng: random.Random) -> None:
        """``reaction_s``: between which seconds the reaction to each prompt is drawn."""
        self._temper, self._reaction_s, self._rng = temper, reaction_s, rng
        self._told: list[tuple[Temper, Prompt]] = []

    def sees(self, at_s: float, move: Move | None) -> None:
        """Begin to answer a move that is new, and to undo the last one when it is not shown."""
        last = self._told[-1][1] if self._told else None
        is_shown = last is not None and last.end_s == inf
        if last is not None and is_shown and move is not last.move:
            self._told[-1] = (self._told[-1][0], replace(last, end_s=at_s))
        if move is not None and not (is_shown and last is not None and move is last.move):
            temper = replace(self._temper, reaction_s=self._rng.uniform(*self._reaction_s))
            self._told.append((temper, Prompt(move, at_s, inf)))

    def made(self, at_s: float) -> list[tuple[Move, float]]:
        """How far each move has come at that moment: 0 at rest, 1 held, more for who waits long
        for the tick."""
        return [
            (prompt.move, _farther(at_s, prompt) * temper.extent(at_s, prompt))
            for temper, prompt in self._told
        ]

    def pose(self, at_s: float) -> Pose:
        """How the head stands at that moment."""
        return self._temper.pose(self.made(at_s))


def _farther(at_s: float, prompt: Prompt) -> float:
    """How much farther than at first somebody goes whose move was not seen for a while."""
    if prompt.move is Move.BLINK:
        return 1.0
    waited_s = min(at_s, prompt.end_s) - prompt.start_s - FARTHER_AFTER_S
    return 1.0 + FARTHER_BY * min(max(waited_s, 0.0), 1.0)


class Blinks:
    """Eyes that shut by themselves now and then."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._next = self._drawn(0.0)

    def shut(self, at_s: float) -> float:
        """How far the eyes are shut, 0 or 1. Moments come in their order."""
        began_s, ends_s = self._next
        if at_s > ends_s:
            self._next = self._drawn(at_s)
        return float(began_s <= at_s <= ends_s)

    def _drawn(self, after_s: float) -> tuple[float, float]:
        began_s = after_s + self._rng.expovariate(1 / BLINK_EVERY_S)
        return began_s, began_s + self._rng.uniform(*BLINK_S)


class LivePerson:
    """The person in the photograph, who does what the phone shows."""

    def __init__(
        self,
        photo: bytes,
        rng: random.Random,
        *,
        reaction_s: tuple[float, float] = QUICK_S,
        late_s: float = 0.0,
    ) -> None:
        """``late_s``: how much later the person sees the prompts, as over a call."""
        self._head, self._straight = rendering.head_of(photo)
        self._sway, self._blinks, self._rng = Sway(rng), Blinks(rng), rng
        self._answers = Answers(Temper.draw(rng), reaction_s, rng)
        self._late_s = late_s

    def sees(self, at_s: float, move: Move | None) -> None:
        """See Scene."""
        self._answers.sees(at_s + self._late_s, move)

    def frame(self, at_s: float) -> Pixels:
        """What the camera's sensor gets."""
        pose = self._answers.pose(at_s)
        shut = max(pose.eyes_closed, self._blinks.shut(at_s))
        return self._head.draw(
            self._sway.pose(at_s, self._straight, replace(pose, eyes_closed=shut))
        )

    def picture(self, at_s: float) -> bytes:
        """See Scene."""
        return sent(self.frame(at_s), self._rng)


def sent(frame: Pixels, rng: random.Random | None) -> bytes:
    """The JPEG that the page sends of a drawn frame. Without ``rng`` no sensor took it."""
    seen = frame if rng is None else rendering.through_sensor(frame, rng)
    left = (seen.shape[1] - WIDE) // 2
    return rendering.to_jpeg(seen[:, left : left + WIDE])


def acted_film(
    scene: Scene,
    moves: Sequence[Move],
    rng: random.Random,
    *,
    fps: float = 10.0,
    first_s: float = 0.7,
    held_s: tuple[float, float] = (0.9, 1.5),
    back_s: tuple[float, float] = (0.9, 1.4),
) -> list[tuple[float, bytes]]:
    """A film made before: the scene acts these moves one after another, at times of its own."""
    told: list[tuple[float, Move | None]] = []
    at_s = first_s
    for move in moves:
        told.append((at_s, move))
        at_s += rng.uniform(*held_s)
        told.append((at_s, None))
        at_s += rng.uniform(*back_s)
    film = []
    for n in range(int(at_s * fps)):
        while told and told[0][0] <= n / fps:
            scene.sees(*told.pop(0))
        film.append((n / fps, scene.picture(n / fps)))
    return film
