"""How well the checks that need no challenge tell living people from attacks (ISO/IEC 30107-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.conf import settings

from lab.evaluation.embedding import Tick
from lab.evaluation.error_rates import DetectionErrors, any_detects, detection_errors
from lab.pictures.clips import (
    FILM_SUFFIXES,
    PICTURE_SUFFIXES,
    TimedFrame,
    UnreadableClip,
    bursts,
    film_frames,
    picture_frames,
)
from verification.domain.camera_signs import CameraLimits, judge_camera
from verification.domain.challenge import Challenge, burst_duration_s
from verification.domain.liveness import LivenessFindings, LivenessLimits, judge_moves
from verification.engines.base import BurstMeasurement, FaceEngine, UnreadableImage

BURST_FPS = 3.5
BURST_S = burst_duration_s(moves=2)
BURST_FRAMES = int(BURST_S * BURST_FPS)
"""Frames of a burst, evenly over the time of a challenge, since a film knows no prompts."""
LIMITS = LivenessLimits()
NO_CHALLENGE = Challenge((), BURST_S)
TOGETHER = "any of them"


@dataclass(frozen=True)
class Presentation:
    """One burst as it came from a camera, and what an engine measured in it."""

    frames: tuple[TimedFrame, ...]
    measured: BurstMeasurement

    @property
    def findings(self) -> LivenessFindings:
        """The findings without a challenge, of which only those that need none mean anything."""
        return judge_moves(self.measured.frames, NO_CHALLENGE, LIMITS)


@dataclass(frozen=True)
class Detector:
    """A named check. True calls the presentation an attack, None means that it cannot judge."""

    name: str
    verdict: Callable[[Presentation], bool | None]


def _frozen(presentation: Presentation) -> bool | None:
    return presentation.findings.frozen if _has_enough_faces(presentation) else None


def _flat(presentation: Presentation) -> bool | None:
    return presentation.findings.flat if _has_enough_faces(presentation) else None


def _has_enough_faces(presentation: Presentation) -> bool:
    measured = presentation.measured
    return len(measured.frames) - measured.frames_without_face >= LIMITS.still_frames_min


def _signs(presentation: Presentation) -> bool | None:
    if not _has_enough_faces(presentation):
        return None
    return bool(judge_camera(presentation.measured.camera, CameraLimits()))


def _passive(presentation: Presentation) -> bool | None:
    score = presentation.measured.passive_score
    return None if score is None else score < settings.FACE_PASSIVE_THRESHOLD


DETECTORS = (
    Detector("frozen", _frozen),
    Detector("flat", _flat),
    Detector("signs of a camera", _signs),
    Detector("passive", _passive),
)


@dataclass(frozen=True)
class Film:
    """The frames of one film, each decoded once, when it is asked for."""

    name: str
    frames: Iterator[TimedFrame]


@dataclass(frozen=True)
class Kind:
    """What became of the presentations of one kind.

    name        the attack's name, None for living people
    too_short   how many films are too short for one burst
    errors      by detector, and those of all detectors together under TOGETHER
    """

    name: str | None
    films: int
    too_short: int
    presentations: int
    errors: Mapping[str, DetectionErrors]


def films_in(path: Path, *, fps: float, stills: bool = False) -> list[Film]:
    """One film, or the films and pictures in a folder and its subfolders, in order of their names.

    Pictures of one folder are the frames of one film, or films of one frame each where `stills`.
    """
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    films = [Film(each.name, film_frames(each, fps)) for each in _with(FILM_SUFFIXES, files)]
    pictures = _with(PICTURE_SUFFIXES, files)
    runs = [[each] for each in pictures] if stills else _by_folder(pictures)
    return films + [Film(_name_of(run), picture_frames(run, fps)) for run in runs]


def _with(suffixes: Sequence[str], files: Sequence[Path]) -> list[Path]:
    return [each for each in files if each.suffix.lower() in suffixes]


def _by_folder(pictures: Sequence[Path]) -> list[list[Path]]:
    ordered = sorted(pictures, key=lambda each: (each.parent, each.name))
    return [list(run) for _, run in groupby(ordered, key=lambda each: each.parent)]


def _name_of(run: Sequence[Path]) -> str:
    return run[0].name if len(run) == 1 else f"{run[0].parent.name}/ ({len(run)} pictures)"


def evaluate(
    engine: FaceEngine, name: str | None, films: Sequence[Film], *, frames: int, tick: Tick
) -> Kind:
    """Judge every burst of `frames` frames in the films. Calls `tick` after each film.

    name    the attack's name, None for living people
    Raises UnreadableClip, OSError.
    """
    verdicts: list[tuple[bool | None, ...]] = []
    too_short = 0
    for film in films:
        found = _verdicts(engine, film, frames)
        verdicts += found
        too_short += not found
        tick()
    return Kind(name, len(films), too_short, len(verdicts), _errors(verdicts, name is not None))


def _verdicts(engine: FaceEngine, film: Film, frames: int) -> list[tuple[bool | None, ...]]:
    try:
        presented = [_presentation(engine, run) for run in bursts(film.frames, frames)]
    except UnreadableImage as error:
        raise UnreadableClip(f"{film.name}: {error}") from error
    return [tuple(detector.verdict(each) for detector in DETECTORS) for each in presented]


def _presentation(engine: FaceEngine, run: tuple[TimedFrame, ...]) -> Presentation:
    data, times_s = [frame.data for frame in run], [frame.at_s for frame in run]
    return Presentation(run, engine.measure_burst(data, times_s, None))


def _errors(
    verdicts: Sequence[tuple[bool | None, ...]], attack: bool
) -> dict[str, DetectionErrors]:
    columns = {d.name: [row[n] for row in verdicts] for n, d in enumerate(DETECTORS)}
    columns[TOGETHER] = [any_detects(row) for row in verdicts]
    return {name: detection_errors(column, attack=attack) for name, column in columns.items()}
