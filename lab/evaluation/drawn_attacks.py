"""What becomes of attacks that are drawn from photographs. Each answers a challenge of its own.

Unlike films from a camera (presentations.py) these know the prompts, so the moves are judged
too. Whose face it is, is not judged, since an attack may show the right one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lab.evaluation.embedding import Tick
from lab.evaluation.error_rates import Proportion
from lab.pictures import attacks, rendering
from lab.pictures.rendering import Burst
from verification.domain.challenge import Challenge, draw_challenge
from verification.domain.check_in import judge_burst
from verification.domain.evidence import FaceReference
from verification.domain.findings import Finding
from verification.domain.policy import Policy
from verification.domain.reasons import Effect
from verification.engines.base import BurstMeasurement, FaceEngine
from verification.services import face_evidence, liveness_evidence

HONEST = "an honest person"
HELD_S = 1.5


@dataclass(frozen=True)
class Scene:
    """One person's photograph, another person's, and the challenge.

    fps     pictures per second, evenly; None for pictures at the challenge's own moments
    """

    photo: bytes
    other: bytes
    challenge: Challenge
    rng: random.Random
    fps: float | None = None

    def honest(self) -> Burst:
        """The person makes the moves that are asked for."""
        return self.by(rendering.render_burst, self.photo)

    def others(self) -> Burst:
        """The other person makes the moves that are asked for."""
        return self.by(rendering.render_burst, self.other)

    def earlier(self) -> Burst:
        """The person makes the moves of an earlier challenge."""
        return self.by(rendering.render_burst, self.photo, follows=draw_challenge(self.rng))

    def by(self, render: Callable[..., Burst], *photos: bytes, **how: Any) -> Burst:
        """A burst made by one of the renderers."""
        return render(*photos, self.challenge, rng=self.rng, fps=self.fps, **how)


def _shifted(scene: Scene, by_s: float) -> Burst:
    return scene.by(attacks.render_time_shifted, scene.photo, by_s=by_s)


def _held(scene: Scene) -> Burst:
    """A film that is held until the second prompt, and then goes on to the move."""
    from_s = scene.challenge.prompts[1].start_s - HELD_S
    return attacks.frozen_part(scene.honest(), scene.rng, from_s=from_s, seconds=HELD_S)


KINDS: dict[str, Callable[[Scene], Burst]] = {
    HONEST: Scene.honest,
    "a still photograph": lambda s: s.by(rendering.render_still, s.photo),
    "a print, tilted by 45 degrees": lambda s: s.by(rendering.render_moved_photo, s.photo),
    "a print, bent round a cylinder": lambda s: s.by(attacks.render_bent_photo, s.photo),
    "a print with holes, living eyes behind": lambda s: s.by(
        attacks.render_cut_out_eyes, s.photo, s.other
    ),
    "a photograph moved by software": lambda s: s.by(attacks.render_animated, s.photo),
    "a face laid over another's head": lambda s: s.by(attacks.render_face_swap, s.photo, s.other),
    "a film for another challenge": Scene.earlier,
    "frames in another order": lambda s: attacks.reordered(s.honest(), s.rng),
    "moves 1 s too early": lambda s: _shifted(s, -1.0),
    "moves 1 s too late": lambda s: _shifted(s, 1.0),
    "moves 0.5 s too early": lambda s: _shifted(s, -0.5),
    "moves 0.5 s too late": lambda s: _shifted(s, 0.5),
    "a film in a loop": lambda s: attacks.duplicated(s.honest(), s.rng, anew=True),
    "a film held until the second prompt": _held,
    "two people's frames mixed": lambda s: attacks.frames_of_both(s.honest(), s.others()),
    "somebody else from the first move on": lambda s: s.by(
        rendering.render_swapped, s.photo, s.other
    ),
    "a display, filmed in focus": lambda s: attacks.refilmed(s.honest(), s.rng),
}


@dataclass(frozen=True)
class Fate:
    """What became of the bursts of one kind. Those that are not counted here were let pass."""

    kind: str
    refused: Proportion
    to_teacher: Proportion


def evaluate(
    engine: FaceEngine, photos: Sequence[bytes], tick: Tick, *, fps: float | None = None
) -> list[Fate]:
    """Judge each kind with each photograph. Calls `tick` after each burst.

    fps     as in Scene
    """

    def effects(draw: Callable[[Scene], Burst]) -> Iterator[Effect]:
        for number in range(len(photos)):
            scene = _scene(photos, number, fps)
            yield _effect(engine, draw(scene), scene.challenge)
            tick()

    return [_fate(kind, list(effects(draw))) for kind, draw in KINDS.items()]


def usable(photos: Sequence[bytes], most: int) -> list[bytes]:
    """The first `most` of the photographs from which a head can be drawn."""
    found: list[bytes] = []
    for photo in photos:
        if len(found) < most and rendering.can_draw(photo):
            found.append(photo)
    return found


def _scene(photos: Sequence[bytes], number: int, fps: float | None) -> Scene:
    """The scene of one photograph. It is the same for all kinds; each draws its own chances."""
    rng = random.Random(number)
    other = photos[(number + 1 + len(photos) // 3) % len(photos)]
    return Scene(photos[number], other, draw_challenge(rng), rng, fps)


def _effect(engine: FaceEngine, burst: Burst, challenge: Challenge) -> Effect:
    """The worst effect that a check-in's face step would have."""
    files, times_s = [frame for _, frame in burst], [at_s for at_s, _ in burst]
    measured = engine.measure_burst(files, times_s, None, challenge)
    return max(
        (finding.effect for finding in findings(engine, measured, challenge)), default=Effect.NOTE
    )


def findings(engine: FaceEngine, measured: BurstMeasurement, challenge: Challenge) -> list[Finding]:
    """What a check-in's face step would find in the burst, all but whose face it is."""
    face = face_evidence(measured, FaceReference.WAITING, challenge, engine=engine.name)
    liveness = liveness_evidence(measured, challenge, expired=False, too_soon=False)
    return list(judge_burst(face, liveness, Policy()))


def _fate(kind: str, effects: Sequence[Effect]) -> Fate:
    refused, doubted = (effects.count(effect) for effect in (Effect.REFUSE, Effect.REVIEW))
    return Fate(kind, Proportion(refused, len(effects)), Proportion(doubted, len(effects)))
