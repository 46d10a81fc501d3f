"""The real engine: it looks at frames, measures them, and recognises the face in a few of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations
from queue import Empty, LifoQueue

import cv2
import numpy as np

from verification.domain.challenge import Challenge, Move
from verification.domain.measurements import FrameMeasurement
from verification.domain.moves import MoveLimits
from verification.engines import landmarks, sampling, sights
from verification.engines.base import (
    BurstMeasurement,
    EngineBusy,
    FaceEnrolmentMeasurement,
    Template,
)
from verification.engines.camera_signs import measure_camera
from verification.engines.cpu_limit import CpuLimit
from verification.engines.embedders import Embedder
from verification.engines.flatness import planar_fit, planar_residual, shape_change
from verification.engines.images import Pixels, read_image, read_images, small_jpeg
from verification.engines.networks import Face, Floats, Networks
from verification.engines.passive import PassiveDetector, median_score
from verification.engines.sights import DETECT_EVERY, Sight

NETWORK_SETS = 2
"""How many bursts are measured at once in a process at most. Each needs a set of networks, of about
100 MB (docs/faces.md)."""

MAX_WAIT_S = 60.0
"""Seconds that a request waits for a set at most. Then the phone is asked to send again."""

FIT_FRAMES, FIT_SHAPE_CHANGE_MIN = 3, 0.02
"""How many fits are made, and from which change of the face's shape on. Drawn from the five public
photographs of the tests, still heads stay below 0.007, heads turned by 10 degrees reach
0.014-0.024, and prints tilted by 35 degrees 0.011-0.034."""
EYES_BEFORE_S, EYES_AFTER_S = 0.65, 0.4
"""Seconds before and after a blink's prompt for which eyes are measured, besides at rest. That is
where MoveLimits looks."""
PASSIVE_FRAMES = 7
"""How many frontal frames passive attack detection sees: single ones err (engines/passive.py)."""
QUALITY_SIDE_PX = 112
QUALITY_EYES = ((38.3, 51.7), (73.5, 51.5))
"""The places where SFace wants the eyes. Sharpness and brightness are measured at that scale."""


@dataclass(frozen=True)
class _Set:
    """What one thread works with."""

    networks: Networks
    embedder: Embedder
    passive: PassiveDetector | None


class _Pool:
    """Lends sets to threads, one to each. There are at most `size` sets, made when first needed."""

    def __init__(self, make: Callable[[], _Set], size: int) -> None:
        self._make = make
        self._sets: LifoQueue[_Set | None] = LifoQueue()
        for _ in range(size - 1):
            self._sets.put(None)
        self._sets.put(make())

    @contextmanager
    def lend(self) -> Iterator[_Set]:
        """A set for the calling thread alone. Waits while all are lent, and raises EngineBusy where
        none comes back in MAX_WAIT_S."""
        try:
            lent = self._sets.get(timeout=MAX_WAIT_S)
        except Empty as error:
            raise EngineBusy from error
        try:
            lent = lent or self._make()
            yield lent
        finally:
            self._sets.put(lent)


class MeasuringEngine:
    """Implements FaceEngine on one CPU thread, with the embedder that it is made with."""

    def __init__(
        self,
        embedder: Callable[[], Embedder],
        passive: Callable[[], PassiveDetector | None] = lambda: None,
    ) -> None:
        """Make the engine. Raises WeightsMissing and PassiveModelUnusable."""
        self._pool = _Pool(lambda: _Set(Networks(), embedder(), passive()), NETWORK_SETS)
        with self._pool.lend() as lent:
            self.name = lent.embedder.name

    def measure_burst(
        self,
        frames: Sequence[bytes],
        times_s: Sequence[float],
        reference: Template | None,
        challenge: Challenge | None = None,
    ) -> BurstMeasurement:
        """See FaceEngine."""
        self._require_own(reference)
        with self._pool.lend() as lent:
            limit = CpuLimit()
            pictures = read_images(frames, limit)
            seen = sights.look(lent.networks, pictures, times_s, every=DETECT_EVERY, limit=limit)
            measured = _measurements(seen, challenge, lent.networks)
            straight = [_embed(lent, sight) for sight in sampling.frontal(seen, challenge)]
            moving = [_embed(lent, sight) for sight in sampling.moving(seen, measured, challenge)]
            others = [_embed_face(lent, *other) for other in sampling.others(seen)]
            passive_score = _passive_score(lent.passive, seen)
            embedder = lent.embedder
        boxes = [None if sight.face is None else sight.face.box for sight in seen]
        return BurstMeasurement(
            frames=measured,
            comparison_score=_comparison(embedder, straight, reference),
            lowest_self_score=_lowest_score(embedder, straight + moving),
            moves_score=_comparison(embedder, moving, reference),
            others_score=_comparison(embedder, others, reference, of_all=max),
            faces_max=max((sight.faces for sight in seen), default=0),
            frames_without_face=sum(sight.faces == 0 for sight in seen),
            camera=measure_camera(frames, pictures, times_s, boxes),
            passive_score=passive_score,
        )

    def enrol(self, frames: Sequence[bytes]) -> FaceEnrolmentMeasurement:
        """See FaceEngine."""
        times_s = [float(index) for index in range(len(frames))]
        with self._pool.lend() as lent:
            limit = CpuLimit()
            pictures = read_images(frames, limit)
            seen = sights.look(lent.networks, pictures, times_s, every=1, limit=limit)
            measured = _measurements(seen, None, lent.networks)
            vectors = [_embed(lent, sight) for sight in seen if sight.faces == 1]
            embedder = lent.embedder
        pairs = combinations(vectors, 2)
        return FaceEnrolmentMeasurement(
            frames=measured,
            agreement_scores=tuple(_score(embedder, a, b) for a, b in pairs),
            template=self._template(embedder, vectors),
        )

    def describe(self, image: bytes) -> Template | None:
        """See FaceEngine."""
        with self._pool.lend() as lent:
            pixels = read_image(image)
            faces = lent.networks.faces(pixels)[:1]
            vectors = [lent.embedder.embed(pixels, face) for face in faces]
            return self._template(lent.embedder, vectors)

    def small_jpeg(self, image: bytes) -> bytes:
        """See FaceEngine."""
        with self._pool.lend():
            return small_jpeg(read_image(image))

    def compare(self, a: Template, b: Template) -> float:
        """See FaceEngine."""
        return self.compare_all([a], [b])[0][0]

    def compare_all(self, a: Sequence[Template], b: Sequence[Template]) -> list[list[float]]:
        """See FaceEngine."""
        for template in (*a, *b):
            self._require_own(template)
        if not a or not b:
            return [[] for _ in a]
        with self._pool.lend() as lent:
            return lent.embedder.scores(_stack(a), _stack(b)).tolist()

    def _require_own(self, template: Template | None) -> None:
        if template is not None and template.engine != self.name:
            raise ValueError("a template of another engine cannot be compared")

    def _template(self, embedder: Embedder, vectors: list[Floats]) -> Template | None:
        return Template(self.name, tuple(embedder.mean(vectors).tolist())) if vectors else None


# --- recognising ----------------------------------------------------------------------


def _stack(templates: Sequence[Template]) -> Floats:
    return np.array([template.vector for template in templates], np.float32)


def _embed(lent: _Set, sight: Sight) -> Floats:
    """Embed the face by the mesh's landmarks where it was followed, which are as good as the
    detector's (LFW fold 1: accuracy 99.5 % with either, or with one of each)."""
    if sight.face is None:
        raise ValueError("a frame without a face has no embedding")
    return _embed_face(lent, sight.pixels, sight.face)


def _embed_face(lent: _Set, pixels: Pixels, face: Face) -> Floats:
    return lent.embedder.embed(pixels, face)


def _score(embedder: Embedder, a: Floats, b: Floats) -> float:
    return float(embedder.scores(a[None], b[None])[0, 0])


def _comparison(
    embedder: Embedder,
    vectors: list[Floats],
    reference: Template | None,
    *,
    of_all: Callable[[Iterable[float]], float] = min,
) -> float | None:
    """The lowest of the scores with the reference, or what else ``of_all`` makes of them."""
    if reference is None or not vectors:
        return None
    target = np.asarray(reference.vector, np.float32)
    return of_all(_score(embedder, vector, target) for vector in vectors)


def _lowest_score(embedder: Embedder, vectors: list[Floats]) -> float | None:
    return min((_score(embedder, a, b) for a, b in combinations(vectors, 2)), default=None)


def _passive_score(passive: PassiveDetector | None, seen: list[Sight]) -> float | None:
    if passive is None:
        return None
    straight = sampling.straightest(seen, PASSIVE_FRAMES)
    return median_score(passive, [(s.pixels, s.face.box) for s in straight if s.face is not None])


# --- measuring ------------------------------------------------------------------------


def _measurements(
    seen: list[Sight], challenge: Challenge | None, networks: Networks
) -> tuple[FrameMeasurement, ...]:
    rest = sampling.neutral(seen)
    if rest is None or rest.mesh is None:
        return tuple(FrameMeasurement(sight.at_s, sight.faces) for sight in seen)
    fits = _planar_fits(seen, rest.pixels, rest.mesh)
    measured = []
    for previous, sight in zip([None, *seen], seen, strict=False):
        frame = _measurement(sight, previous, rest.mesh)
        if sight.mesh is not None and _are_eyes_asked(sight.at_s, challenge):
            openness = networks.eye_openness(sight.pixels, sight.mesh)
            frame = replace(frame, eye_openness=round(openness, 4))
        measured.append(replace(frame, planar_fit=fits.get(sight.at_s)))
    return tuple(measured)


def _are_eyes_asked(at_s: float, challenge: Challenge | None) -> bool:
    """Whether eyes are measured at that moment: at rest, and around a blink's prompt."""
    prompts = challenge.prompts if challenge else ()
    blinks = [prompt for prompt in prompts if prompt.move is Move.BLINK]
    if prompts and at_s <= prompts[0].start_s + MoveLimits().reaction_min_s:
        return True
    return any(
        blink.start_s - EYES_BEFORE_S <= at_s <= blink.end_s + EYES_AFTER_S for blink in blinks
    )


def _planar_fits(seen: list[Sight], pixels: Pixels, start: Floats) -> dict[float, float]:
    """The fits by time, of the frames in which the face's shape differs most from the start."""
    changes = [
        (shape_change(start, sight.mesh), sight.at_s, sight.pixels, sight.mesh)
        for sight in seen
        if sight.mesh is not None
    ]
    changed = [each for each in changes if each[0] >= FIT_SHAPE_CHANGE_MIN]
    strongest = sorted(changed, key=lambda each: -each[0])[:FIT_FRAMES]
    return {
        at_s: round(planar_fit(pixels, start, now, mesh), 4) for _, at_s, now, mesh in strongest
    }


def _measurement(sight: Sight, previous: Sight | None, start: Floats) -> FrameMeasurement:
    if sight.face is None or sight.mesh is None:
        return FrameMeasurement(sight.at_s, sight.faces)
    grey = _quality_crop(sight.pixels, sight.face)
    eye_distance_px = sight.face.eye_distance_px
    shift_px = np.linalg.norm(sight.mesh[:, :2] - start[:, :2], axis=1).mean()
    return FrameMeasurement(
        at_s=sight.at_s,
        faces=sight.faces,
        eye_distance_px=round(eye_distance_px, 1),
        sharpness=round(float(cv2.Laplacian(grey, cv2.CV_32F).std()), 2),
        brightness=round(float(grey.mean()), 1),
        visibility=round(sight.visibility, 1),
        yaw=round(sight.yaw, 4),
        pitch=round(landmarks.pitch(sight.mesh), 4),
        mouth_width=round(landmarks.mouth_width(sight.mesh), 4),
        planar_residual=round(planar_residual(start, sight.mesh), 5),
        displacement=round(float(shift_px / max(eye_distance_px, 1.0)), 5),
        change=None if previous is None else _change(sight.face, previous.pixels, sight.pixels),
    )


def _quality_crop(pixels: Pixels, face: Face) -> Pixels:
    """The face in grey, upright and at the recogniser's scale."""
    across, down = face.eyes[1] - face.eyes[0]
    wanted = np.array(QUALITY_EYES)
    length = max(float(across**2 + down**2), 1.0)
    reach = wanted[1, 0] - wanted[0, 0]
    turn = np.array([[across, down], [-down, across]]) * reach / length
    matrix = np.column_stack([turn, wanted.mean(axis=0) - turn @ face.eyes.mean(axis=0)])
    crop = cv2.warpAffine(pixels, matrix, (QUALITY_SIDE_PX, QUALITY_SIDE_PX))
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)


def _change(face: Face, before: Pixels, now: Pixels) -> float | None:
    """The mean absolute difference, in grey levels, over the box in which the face is now."""
    if before.shape != now.shape:
        return None
    x, y, width, height = (max(value, 0) for value in face.box)
    box = np.s_[y : y + height, x : x + width]
    if not now[box].size:
        return None
    return round(float(cv2.absdiff(before[box], now[box]).mean()), 3)
