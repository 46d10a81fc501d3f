"""Scenes of a live film that are not what they claim, for simulations and tests only."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import cv2
import numpy as np

from lab.pictures import attacks, rendering
from lab.pictures.live_people import (
    QUICK_S,
    Answers,
    LivePerson,
    Scene,
    acted_film,
    sent,
)
from lab.pictures.rendering import Sway, Temper
from verification.domain.challenge import Move
from verification.domain.live_moves import draw_moves
from verification.engines.head import Head, Pose
from verification.engines.images import Pixels, read_image

TILT_DEGREES, BEND_DEGREES = 45.0, 35.0
PROGRAM_S = (0.3, 0.35)
"""How soon after a prompt a program plays a clip: later than anybody calls no reaction."""
BY_HAND_FPS = 1.4
"""How many pictures a second are sent by hand."""
CLIP_FPS = 30.0
"""How many pictures a second a clip of the rest has."""


class Prop:
    """Something that is moved by hand as the prompts say, and drawn from the pose."""

    def __init__(
        self,
        draw: Callable[[Pose, Temper, float], Pixels],
        rng: random.Random,
        *,
        noisy: bool = True,
    ) -> None:
        """``noisy``: whether a sensor takes the picture."""
        self._draw, self._rng, self._noisy = draw, rng, noisy
        self._temper = Temper.draw(rng)
        self._answers = Answers(self._temper, QUICK_S, rng)

    def sees(self, at_s: float, move: Move | None) -> None:
        """See Scene."""
        self._answers.sees(at_s, move)

    def picture(self, at_s: float) -> bytes:
        """See Scene."""
        frame = self._draw(self._answers.pose(at_s), self._temper, at_s)
        return sent(frame, self._rng if self._noisy else None)


def still(photo: bytes, rng: random.Random) -> Scene:
    """A photograph before the camera that nobody moves."""
    picture = rendering.picture_of(photo)
    return Prop(lambda _pose, _temper, _at_s: picture, rng)


def tilted_print(photo: bytes, rng: random.Random) -> Scene:
    """A print that is tilted and leant with the prompts."""
    picture = rendering.picture_of(photo)

    def draw(pose: Pose, temper: Temper, _at_s: float) -> Pixels:
        aside = TILT_DEGREES * pose.yaw_degrees / temper.turn_degrees
        back = TILT_DEGREES * pose.pitch_degrees / temper.up_degrees
        moved = rendering.tilted(picture, aside, back, rng.uniform(-4, 4))
        return leant(moved, pose.roll_degrees)

    return Prop(draw, rng)


def leant(picture: Pixels, degrees: float) -> Pixels:
    """The picture turned in its plane, above 0 to the right of the frame."""
    if not degrees:
        return picture
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = cv2.warpAffine(picture, matrix, (width, height), borderValue=(attacks.WALL_GREY,) * 3)
    return np.asarray(turned, np.uint8)


def bent_print(photo: bytes, rng: random.Random) -> Scene:
    """A print that is bent round a cylinder, turned and leant with the prompts."""
    picture = rendering.picture_of(photo)

    def draw(pose: Pose, temper: Temper, _at_s: float) -> Pixels:
        bent = attacks.bent(picture, BEND_DEGREES * pose.yaw_degrees / temper.turn_degrees)
        return leant(bent, pose.roll_degrees)

    return Prop(draw, rng)


def print_with_eyes(photo: bytes, other_photo: bytes, rng: random.Random) -> Scene:
    """A print with holes, which is tilted with the prompts. Somebody's living eyes are behind."""
    picture, behind = rendering.picture_of(photo), rendering.head_of(other_photo)[0]
    holes = attacks.eye_mask(attacks.mesh_of(photo), picture)

    def draw(pose: Pose, temper: Temper, _at_s: float) -> Pixels:
        aside = TILT_DEGREES * pose.yaw_degrees / temper.turn_degrees
        back = TILT_DEGREES * pose.pitch_degrees / temper.up_degrees
        eyes = behind.draw(Pose(eyes_closed=pose.eyes_closed))
        hole = rendering.tilted(holes, aside, back, 0.0) > 128
        seen = np.where(hole, eyes, rendering.tilted(picture, aside, back, 0.0))
        return leant(np.asarray(seen, np.uint8), pose.roll_degrees)

    return Prop(draw, rng)


def software(photo: bytes, rng: random.Random, *, lids: bool = False) -> Scene:
    """A photograph that software moves as the prompts say, without a sensor's noise.

    lids    whether the software shuts the eyes too
    """
    head, straight = rendering.head_of(photo)
    return Prop(_moved(head, straight, Sway(rng), lids=lids), rng, noisy=False)


def face_swap(photo: bytes, other_photo: bytes, rng: random.Random) -> Scene:
    """The face of `photo` laid over the moving head of `other_photo`. Its eyes stay open."""
    head = Head(attacks.swapped(photo, other_photo), attacks.mesh_of(other_photo))
    straight = rendering.head_of(other_photo)[1]
    return Prop(_moved(head, straight, Sway(rng), lids=False), rng)


def _moved(
    head: Head, straight: float, sway: Sway, *, lids: bool
) -> Callable[[Pose, Temper, float], Pixels]:
    def draw(pose: Pose, _temper: Temper, at_s: float) -> Pixels:
        seen = pose if lids else replace(pose, eyes_closed=0.0)
        return head.draw(sway.pose(at_s, straight, seen))

    return draw


class Film:
    """Pictures that were filmed before, shown in their order whatever the phone says."""

    def __init__(self, film: Sequence[tuple[float, bytes]], *, loop: bool = False) -> None:
        """``loop``: begin anew at the end; otherwise the last picture stays."""
        self._film, self._loop = film, loop

    def sees(self, at_s: float, move: Move | None) -> None:
        """See Scene. A film hears nothing."""

    def picture(self, at_s: float) -> bytes:
        """See Scene."""
        lasts_s = self._film[-1][0] + 0.1
        shown_s = at_s % lasts_s if self._loop else min(at_s, lasts_s)
        return next((jpeg for at, jpeg in reversed(self._film) if at <= shown_s), self._film[0][1])


def earlier_film(photo: bytes, rng: random.Random, *, without: Collection[Move] = ()) -> Scene:
    """The person, filmed for another draw, from which these moves were left out."""
    moves = draw_moves(rng, without=without)
    return Film(acted_film(LivePerson(photo, rng), moves, rng, back_s=(0.7, 1.2)))


def earlier_software(photo: bytes, rng: random.Random) -> Scene:
    """A photograph that software moved for another draw."""
    return Film(acted_film(software(photo, rng), draw_moves(rng), rng))


def looped_film(photo: bytes, rng: random.Random) -> Scene:
    """A film of the person for another draw, which begins anew at its end."""
    return Film(acted_film(LivePerson(photo, rng), draw_moves(rng), rng), loop=True)


class Clips:
    """A program that plays a library of clips to the prompts: one of each move, one of the rest."""

    def __init__(self, make: Callable[[], Scene], rng: random.Random, *, idle_s: float) -> None:
        """``make`` gives a fresh scene for each clip. ``idle_s``: how long the clip of the rest is,
        which runs in a loop."""
        self._make, self._rng, self._idle_s = make, rng, idle_s
        self._rest = make()
        self._idle: dict[int, bytes] = {}
        self._cut_s, self._next_s = 0.0, 0.0
        self._clip: Scene | None = None
        self._next: Scene | None = None
        self._move: Move | None = None

    def sees(self, at_s: float, move: Move | None) -> None:
        """See Scene. The clip is cut so that its move begins at once."""
        if move is self._move:
            return
        self._move = move
        self._next_s, self._next = at_s + self._rng.uniform(*PROGRAM_S), None
        if move is not None:
            self._next = self._make()
            self._next.sees(-QUICK_S[0], move)

    def picture(self, at_s: float) -> bytes:
        """See Scene."""
        if at_s >= self._next_s:
            self._clip, self._cut_s = self._next, self._next_s
        if self._clip is None:
            return attacks.encoded_anew(self._resting(at_s % self._idle_s), self._rng)
        return attacks.encoded_anew(self._clip.picture(at_s - self._cut_s), self._rng)

    def _resting(self, at_s: float) -> bytes:
        number = int(at_s * CLIP_FPS)
        if number not in self._idle:
            self._idle[number] = self._rest.picture(number / CLIP_FPS)
        return self._idle[number]


def library(photo: bytes, rng: random.Random, *, idle_s: float) -> Scene:
    """Clips of the person, one for each move, which a program plays to the prompts."""
    return Clips(lambda: LivePerson(photo, rng), rng, idle_s=idle_s)


class ByHand:
    """Single pictures of the person, who made each move before. Somebody sends the one that is
    asked for, as fast as a hand can."""

    def __init__(self, photo: bytes, rng: random.Random) -> None:
        self._head, self._straight = rendering.head_of(photo)
        self._temper, self._rng = Temper.draw(rng), rng
        self._move: Move | None = None

    def sees(self, _at_s: float, move: Move | None) -> None:
        """See Scene."""
        self._move = move

    def picture(self, at_s: float) -> bytes:
        """See Scene. No two pictures are of one moment."""
        acted = self._temper.pose([(self._move, 1.0)] if self._move else [])
        pose = Sway(self._rng).pose(at_s, self._straight, acted)
        return sent(self._head.draw(pose), self._rng)


class Swapped:
    """One person until the first prompt, then another."""

    def __init__(self, first: Scene, second: Scene) -> None:
        self._first, self._second, self._has_begun = first, second, False

    def sees(self, at_s: float, move: Move | None) -> None:
        """See Scene."""
        self._has_begun = self._has_begun or move is not None
        self._second.sees(at_s, move)

    def picture(self, at_s: float) -> bytes:
        """See Scene."""
        return (self._second if self._has_begun else self._first).picture(at_s)


class Mixed:
    """Two people, every third picture the other's."""

    def __init__(self, first: Scene, second: Scene) -> None:
        self._scenes, self._count = (first, second), 0

    def sees(self, at_s: float, move: Move | None) -> None:
        """See Scene."""
        for scene in self._scenes:
            scene.sees(at_s, move)

    def picture(self, at_s: float) -> bytes:
        """See Scene."""
        self._count += 1
        return self._scenes[self._count % 3 == 0].picture(at_s)


class Display:
    """A scene that is shown on a display and filmed from there, in focus."""

    def __init__(self, scene: LivePerson, rng: random.Random) -> None:
        self._scene, self._rng = scene, rng
        self._grid = attacks.display_grid(rng, 0.2)

    def sees(self, at_s: float, move: Move | None) -> None:
        """See Scene."""
        self._scene.sees(at_s, move)

    def picture(self, at_s: float) -> bytes:
        """See Scene."""
        shown = read_image(rendering.to_jpeg(self._scene.frame(at_s)))
        return sent(attacks.seen_through(shown, self._grid, self._rng), None)
