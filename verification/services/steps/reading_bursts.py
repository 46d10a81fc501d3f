"""Makes evidence of the face and of a living person from what an engine measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from verification.domain.calibration import false_match_rate
from verification.domain.camera_signs import CameraLimits, judge_camera
from verification.domain.capture import CaptureLimits, capture_hint
from verification.domain.challenge import Challenge
from verification.domain.evidence import (
    FaceEvidence,
    FaceReference,
    LivenessEvidence,
    PassiveResult,
)
from verification.domain.live_film import LiveFilm
from verification.domain.liveness import (
    FrameMeasurement,
    LivenessFindings,
    LivenessLimits,
    judge_film,
    judge_moves,
)
from verification.engines.base import BurstMeasurement

TOO_SOON_S = 0.25
"""Seconds by which a burst may be longer than the time since its challenge was drawn."""


def came_too_soon(times_s: Sequence[float], issued_at: datetime, done_at: datetime) -> bool:
    """Whether the burst lasts longer than it is since its challenge was drawn.

    Made-up frames can be sent at once; a camera has to wait for the prompts. Both times are
    the server's own.
    """
    since_drawn_s = (done_at - issued_at).total_seconds()
    return max(times_s, default=0.0) > since_drawn_s + TOO_SOON_S


def face_evidence(
    measured: BurstMeasurement, reference: FaceReference, challenge: Challenge, *, engine: str
) -> FaceEvidence:
    """What the engine of that name says about whose face it is."""
    hint = _burst_hint(measured, challenge)
    return FaceEvidence(
        age_s=0.0,
        reference=reference,
        engine=engine,
        comparison_score=_rounded(measured.comparison_score),
        comparison_fmr=_false_match_rate(engine, measured.comparison_score),
        lowest_self_score=_rounded(measured.lowest_self_score),
        lowest_self_fmr=_false_match_rate(engine, measured.lowest_self_score),
        moves_fmr=_false_match_rate(engine, measured.moves_score),
        others_fmr=_false_match_rate(engine, measured.others_score),
        faces_max=measured.faces_max,
        frames=len(measured.frames),
        frames_without_face=measured.frames_without_face,
        capture_hint="several_faces" if measured.faces_max > 1 else hint,
        poor=hint is not None,
    )


def liveness_evidence(
    measured: BurstMeasurement, challenge: Challenge, *, expired: bool, too_soon: bool
) -> LivenessEvidence:
    """Whether a living person did what the challenge asks, before a camera.

    ``expired``: the burst came after the challenge's time. ``too_soon``: it came before anybody
    could have filmed it.
    """
    findings = judge_moves(measured.frames, challenge, LivenessLimits())
    seen = _liveness(measured, findings)
    return replace(
        seen, challenge_expired=expired, impossible_times=findings.impossible_times or too_soon
    )


def film_evidence(measured: BurstMeasurement, film: LiveFilm) -> LivenessEvidence:
    """The same for a live film, whose moves were seen as they came."""
    findings = judge_film(measured.frames, film.moves_seen(), LivenessLimits())
    return replace(_liveness(measured, findings), responses_s=tuple(film.responses_s))


def _liveness(measured: BurstMeasurement, findings: LivenessFindings) -> LivenessEvidence:
    return LivenessEvidence(
        moves_missing=findings.moves.missing,
        moves_unreadable=findings.moves.unreadable,
        blink_spared=findings.moves.blink_spared,
        unprompted_at_s=findings.moves.unprompted_at_s,
        frontal_start=findings.moves.frontal_start,
        flat=findings.flat,
        frozen=findings.frozen,
        impossible_times=findings.impossible_times,
        camera_signs=judge_camera(measured.camera, CameraLimits()),
        passive=_passive_result(measured.passive_score),
        passive_score=_rounded(measured.passive_score),
    )


def _burst_hint(measured: BurstMeasurement, challenge: Challenge) -> str | None:
    """What spoils the face in most frames before the first prompt, None where nothing does."""
    first_s = challenge.prompts[0].start_s
    calm = [frame for frame in measured.frames if frame.at_s <= first_s]
    hints = [hint for frame in calm if (hint := _hint(frame)) is not None]
    return max(hints, key=hints.count) if len(hints) * 2 > len(calm) else None


def _hint(frame: FrameMeasurement) -> str | None:
    """What spoils the face itself, whoever else is in the picture."""
    return capture_hint(replace(frame, faces=min(frame.faces, 1)), CaptureLimits())


def _passive_result(score: float | None) -> PassiveResult:
    if score is None:
        return PassiveResult.NOT_PROVEN
    live = score >= settings.FACE_PASSIVE_THRESHOLD
    return PassiveResult.LIVE if live else PassiveResult.ATTACK


def _false_match_rate(engine: str, score: float | None) -> float | None:
    return None if score is None else false_match_rate(engine, score)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
