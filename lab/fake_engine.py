"""A deterministic engine whose pictures are small JSON texts, so that all other tests are fast.

A camera cannot film a text. A JPEG that shows the text as a QR code is therefore read as the text.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from typing import Any

import cv2
import numpy as np

from verification.domain.calibration import Calibration
from verification.domain.challenge import NEUTRAL_START_S, Challenge, Move
from verification.domain.measurements import FrameMeasurement
from verification.engines.base import (
    BurstMeasurement,
    FaceEnrolmentMeasurement,
    Template,
    UnreadableImage,
)

VECTOR_LENGTH = 128
CALIBRATION = Calibration(((3e-1, 0.046), (1e-2, 0.206), (1e-4, 0.329), (3e-5, 0.355)))
"""The false-match rates and their scores. A score is the cosine of two directions. Between random
directions in 128 dimensions it is normally distributed around 0, with deviation 1/sqrt(128)."""
RESIDUAL_PER_YAW = 0.06
"""How much a solid head's planar residual grows with yaw. Real meshes give 0.05-0.065."""
TURN_YAW = 0.6
REST = {
    "yaw": 0.0,
    "pitch": 0.5,
    "roll": 0.0,
    "mouth_width": 0.6,
    "mouth_gap": 0.02,
    "eye_openness": 0.2,
}
MOVED = {
    Move.TURN_LEFT: ("yaw", TURN_YAW),
    Move.TURN_RIGHT: ("yaw", -TURN_YAW),
    Move.LOOK_UP: ("pitch", -0.1),
    Move.BLINK: ("eye_openness", -0.18),
    Move.SMILE: ("mouth_width", 0.12),
    Move.LOOK_DOWN: ("pitch", 0.1),
    Move.TILT_LEFT: ("roll", 20.0),
    Move.TILT_RIGHT: ("roll", -20.0),
    Move.OPEN_MOUTH: ("mouth_gap", 0.3),
}
"""The measures that each move changes, and by how much."""
REACTION_S, MOVING_S = 0.4, 0.4
_JPEG = b"\xff\xd8\xff"


def picture(
    who: str,
    *,
    faces: int = 1,
    beside: str = "somebody beside",
    solid: bool = True,
    shift: float = 0.0,
    grain: int = 0,
    **shown: float,
) -> bytes:
    """A "picture" for the fake engine.

    beside      who the second face is of, where there are two
    solid       False for a flat picture, tilted by what would be yaw and pitch
    shift       how far the head has moved, in eye distances
    grain       the only difference of two pictures of one moment, as noise is between pixels
    shown       measures of FrameMeasurement that differ from a good picture at rest
    """
    what = {"who": who, "faces": faces, "beside": beside, "solid": solid}
    what |= {"shift": shift, "grain": grain}
    return json.dumps(what | REST | shown).encode()


def honest_burst(
    who: str, challenge: Challenge, *, fps: float | None = None
) -> list[tuple[float, bytes]]:
    """`who` follows the challenge: times in s and pictures, at the moments asked for or evenly."""
    times_s = [n / fps for n in range(int(challenge.duration_s * fps))] if fps else None
    return [
        (at_s, picture(who, shift=0.05, grain=n, **asked(at_s, challenge)))
        for n, at_s in enumerate(times_s or challenge.pictures_s)
    ]


def asked(at_s: float, challenge: Challenge, *, reaction_s: float = REACTION_S) -> dict[str, Any]:
    """What somebody shows at that moment whose reaction takes so long."""
    shown = dict(REST)
    for prompt in challenge.prompts:
        away = (at_s - prompt.start_s - reaction_s) / MOVING_S
        back = (at_s - prompt.end_s - reaction_s) / MOVING_S
        name, by = MOVED[prompt.move]
        shown[name] += by * (min(max(away, 0), 1) - min(max(back, 0), 1))
    return {name: round(value, 3) for name, value in shown.items()}


class FakeEngine:
    """Implements FaceEngine over what `picture` writes."""

    name = "fake"

    def measure_burst(
        self,
        frames: Sequence[bytes],
        times_s: Sequence[float],
        reference: Template | None,
        challenge: Challenge | None = None,
    ) -> BurstMeasurement:
        """See FaceEngine."""
        if reference is not None and reference.engine != self.name:
            raise ValueError("a template of another engine cannot be compared")
        pictures = [_read(frame) for frame in frames]
        measured = _measure(pictures, times_s)
        seen = [self._template(picture["who"]) for picture in pictures if picture["faces"]]
        others = [self._template(shown["beside"]) for shown in pictures if shown["faces"] > 1]
        return BurstMeasurement(
            frames=measured,
            comparison_score=self._comparison(seen, reference),
            lowest_self_score=self._lowest(seen),
            moves_score=self._comparison(seen, reference),
            others_score=self._comparison(others, reference, of_all=max),
            faces_max=max((frame.faces for frame in measured), default=0),
            frames_without_face=sum(frame.faces == 0 for frame in measured),
        )

    def begin_film(self, reference: Template | None) -> FakeFilm:
        """See FaceEngine."""
        if reference is not None and reference.engine != self.name:
            raise ValueError("a template of another engine cannot be compared")
        return FakeFilm(self, reference)

    def enrol(self, frames: Sequence[bytes]) -> FaceEnrolmentMeasurement:
        """See FaceEngine."""
        pictures = [_read(frame) for frame in frames]
        seen = [self._template(picture["who"]) for picture in pictures if picture["faces"] == 1]
        return FaceEnrolmentMeasurement(
            frames=_measure(pictures, [float(n) for n in range(len(frames))]),
            agreement_scores=tuple(self.compare(a, b) for a, b in combinations(seen, 2)),
            template=self._mean(seen),
        )

    def describe(self, image: bytes) -> Template | None:
        """See FaceEngine."""
        shown = _read(image)
        return self._template(shown["who"]) if shown["faces"] else None

    def small_jpeg(self, image: bytes) -> bytes:
        """See FaceEngine. It shows the name of who is in the picture."""
        pixels = np.full((200, 320, 3), 90, np.uint8)
        white = (255, 255, 255)
        cv2.putText(pixels, _read(image)["who"][:20], (10, 110), cv2.FONT_ITALIC, 0.8, white)
        return cv2.imencode(".jpg", pixels)[1].tobytes()

    def compare(self, a: Template, b: Template) -> float:
        """See FaceEngine."""
        if not a.engine == b.engine == self.name:
            raise ValueError("a template of another engine cannot be compared")
        return float(np.dot(_unit(a.vector), _unit(b.vector)))

    def compare_all(self, a: Sequence[Template], b: Sequence[Template]) -> list[list[float]]:
        """See FaceEngine."""
        return [[self.compare(one, other) for other in b] for one in a]

    def _template(self, who: str) -> Template:
        return Template(self.name, _vector_of(who))

    def _mean(self, seen: list[Template]) -> Template | None:
        if not seen:
            return None
        return Template(self.name, _unit(np.sum([each.vector for each in seen], axis=0)))

    def _comparison(
        self,
        seen: list[Template],
        reference: Template | None,
        *,
        of_all: Callable[[Iterable[float]], float] = min,
    ) -> float | None:
        if reference is None or not seen:
            return None
        return of_all(self.compare(each, reference) for each in seen)

    def _lowest(self, seen: list[Template]) -> float | None:
        return min((self.compare(a, b) for a, b in combinations(seen, 2)), default=None)


class FakeFilm:
    """Implements FilmMeasuring over what `picture` writes."""

    def __init__(self, engine: FakeEngine, reference: Template | None) -> None:
        self._engine, self._reference = engine, reference
        self._frames: list[bytes] = []
        self._times_s: list[float] = []
        self._pictures: list[dict[str, Any]] = []

    def look(self, frame: bytes, at_s: float, *, eyes: bool) -> FrameMeasurement:
        """See FilmMeasuring."""
        shown = _read(frame)
        previous = self._pictures[-1] if self._pictures else None
        self._frames.append(frame)
        self._times_s.append(at_s)
        self._pictures.append(shown)
        start = next((each for each in self._pictures if each["faces"]), shown)
        measured = _measure_one(shown, previous, start, at_s)
        return measured if eyes else replace(measured, eye_openness=None)

    def rest(self, count: int) -> None:
        """See FilmMeasuring."""
        for rows in (self._frames, self._times_s, self._pictures):
            del rows[:-count]

    def recognise_ahead(self, challenge: Challenge) -> None:
        """See FilmMeasuring. There is nothing to save here."""

    def finish(self, challenge: Challenge) -> BurstMeasurement:
        """See FilmMeasuring."""
        return self._engine.measure_burst(self._frames, self._times_s, self._reference, challenge)


@lru_cache(maxsize=1024)
def _vector_of(who: str) -> tuple[float, ...]:
    rng = random.Random(hashlib.sha256(who.encode()).digest())
    return _unit([rng.gauss(0, 1) for _ in range(VECTOR_LENGTH)])


def _unit(vector: Sequence[float] | np.ndarray) -> tuple[float, ...]:
    length = np.linalg.norm(vector) or 1.0
    return tuple((np.asarray(vector) / length).tolist())


def _read(data: bytes) -> dict[str, Any]:
    try:
        return {**json.loads(picture("")), **json.loads(_text_in(data)), "bytes": data}
    except (ValueError, TypeError) as error:
        raise UnreadableImage("not a picture for the fake engine") from error


@lru_cache(maxsize=256)
def _text_in(data: bytes) -> bytes:
    if not data.startswith(_JPEG):
        return data
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        return b""
    # OpenCV's detector for markers read 400 of 400 filmed codes, and cv2.QRCodeDetector 396.
    text: str = cv2.QRCodeDetectorAruco().detectAndDecode(pixels)[0]
    return text.encode()


def _measure(
    pictures: list[dict[str, Any]], times_s: Sequence[float]
) -> tuple[FrameMeasurement, ...]:
    timed = list(zip(pictures, times_s, strict=True))
    early = [shown for shown, at_s in timed if shown["faces"] and at_s <= NEUTRAL_START_S]
    start = early[0] if early else json.loads(picture(""))
    before = [None, *pictures]
    return tuple(
        _measure_one(shown, previous, start, at_s)
        for (shown, at_s), previous in zip(timed, before, strict=False)
    )


def _measure_one(
    shown: dict[str, Any], previous: dict[str, Any] | None, start: dict[str, Any], at_s: float
) -> FrameMeasurement:
    if not shown["faces"]:
        return FrameMeasurement(at_s, 0)
    turn = abs(shown["yaw"] - start["yaw"]) + 4 * abs(shown["pitch"] - start["pitch"])
    repeated = previous is not None and previous["bytes"] == shown["bytes"]
    return FrameMeasurement(
        at_s=at_s,
        faces=shown["faces"],
        eye_distance_px=shown.get("eye_distance_px", 80.0),
        sharpness=shown.get("sharpness", 20.0),
        brightness=shown.get("brightness", 120.0),
        visibility=shown.get("visibility", 35.0),
        yaw=shown["yaw"] if shown["solid"] else 0.0,
        pitch=shown["pitch"] if shown["solid"] else REST["pitch"],
        roll=shown["roll"],
        mouth_width=shown["mouth_width"],
        mouth_gap=shown["mouth_gap"],
        eye_openness=shown["eye_openness"],
        planar_residual=RESIDUAL_PER_YAW * turn if shown["solid"] else 0.0,
        planar_fit=None if turn < 0.2 else 0.85 if shown["solid"] else 0.995,
        displacement=turn / 2 + shown["shift"],
        change=None if previous is None else 0.0 if repeated else 5.0,
    )
