"""The real engine: it looks at frames, measures them, and recognises the face in a few of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from verification.domain.challenge import Challenge, Move
from verification.domain.measurements import FrameMeasurement
from verification.domain.move_limits import MoveLimits
from verification.engines import sampling, sights
from verification.engines.base import BurstMeasurement, FaceEnrolmentMeasurement, Template
from verification.engines.camera_signs import measure_camera
from verification.engines.cpu_limit import CpuLimit
from verification.engines.embedders import Embedder
from verification.engines.films import MeasuringFilm
from verification.engines.images import Floats, read_image, read_images, small_jpeg
from verification.engines.network_sets import NETWORK_SETS, NetworkPool, NetworkSet
from verification.engines.networks import Networks
from verification.engines.passive import PassiveDetector
from verification.engines.picture_measures import measurement, planar_fits
from verification.engines.recognising import (
    comparison,
    embed,
    embed_face,
    lowest_score,
    passive_score,
    score,
)
from verification.engines.runtime import Runtime
from verification.engines.sights import DETECT_EVERY, Sight

EYES_BEFORE_S, EYES_AFTER_S = 0.65, 0.4
"""Seconds before and after a blink's prompt for which eyes are measured, besides at rest. That is
where MoveLimits looks."""


class MeasuringEngine:
    """Implements FaceEngine on the calling thread, with a runtime and an embedder."""

    def __init__(
        self,
        runtime: Runtime,
        embedder: Callable[[Runtime], Embedder],
        passive: Callable[[Runtime], PassiveDetector | None] = lambda _runtime: None,
    ) -> None:
        """Make the engine. Raises WeightsMissing and PassiveModelUnusable."""
        self._pool = NetworkPool(
            lambda: NetworkSet(Networks(runtime), embedder(runtime), passive(runtime)),
            NETWORK_SETS,
        )
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
            straight = [embed(lent, sight) for sight in sampling.frontal(seen, challenge)]
            moving = [embed(lent, sight) for sight in sampling.moving(seen, measured, challenge)]
            others = [embed_face(lent, *other) for other in sampling.others(seen)]
            passive = passive_score(lent.passive, seen)
            embedder = lent.embedder
        boxes = [None if sight.face is None else sight.face.box for sight in seen]
        return BurstMeasurement(
            frames=measured,
            comparison_score=comparison(embedder, straight, reference),
            lowest_self_score=lowest_score(embedder, straight + moving),
            moves_score=comparison(embedder, moving, reference),
            others_score=comparison(embedder, others, reference, of_all=max),
            faces_max=max((sight.faces for sight in seen), default=0),
            frames_without_face=sum(sight.faces == 0 for sight in seen),
            camera=measure_camera(frames, pictures, times_s, boxes),
            passive_score=passive,
        )

    def begin_film(self, reference: Template | None) -> MeasuringFilm:
        """See FaceEngine."""
        self._require_own(reference)
        return MeasuringFilm(self._pool, reference)

    def enrol(self, frames: Sequence[bytes]) -> FaceEnrolmentMeasurement:
        """See FaceEngine."""
        times_s = [float(index) for index in range(len(frames))]
        with self._pool.lend() as lent:
            limit = CpuLimit()
            pictures = read_images(frames, limit)
            seen = sights.look(lent.networks, pictures, times_s, every=1, limit=limit)
            measured = _measurements(seen, None, lent.networks)
            vectors = [embed(lent, sight) for sight in seen if sight.faces == 1]
            embedder = lent.embedder
        pairs = combinations(vectors, 2)
        return FaceEnrolmentMeasurement(
            frames=measured,
            agreement_scores=tuple(score(embedder, a, b) for a, b in pairs),
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


def _stack(templates: Sequence[Template]) -> Floats:
    return np.array([template.vector for template in templates], np.float32)


# --- the frames of a burst -------------------------------------------------------------


def _measurements(
    seen: list[Sight], challenge: Challenge | None, networks: Networks
) -> tuple[FrameMeasurement, ...]:
    rest = sampling.neutral(seen)
    if rest is None or rest.mesh is None:
        return tuple(FrameMeasurement(sight.at_s, sight.faces) for sight in seen)
    fits = planar_fits(seen, rest.pixels, rest.mesh)
    measured = []
    for previous, sight in zip([None, *seen], seen, strict=False):
        frame = measurement(sight, previous, rest.mesh)
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
