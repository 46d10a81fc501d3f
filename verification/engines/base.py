"""The contract of a face engine. It takes pictures and returns measurements, but no verdicts."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from verification.domain.camera_signs import CameraMeasurement
from verification.domain.challenge import Challenge
from verification.domain.measurements import FrameMeasurement

MAX_IMAGE_BYTES = 2_000_000
"""Most bytes of a picture. A 640x480 JPEG at quality 80 has 25-60 kB, a phone's full picture less
than this."""
MIN_IMAGE_SIDE_PX, MAX_IMAGE_SIDE_PX, MAX_ASPECT = 64, 4096, 4
MAX_IMAGE_PIXELS = 4_000_000
"""Most pixels of a picture. The networks see it with 1280 pixels on its longer side, so that a
client loses nothing by making it smaller."""
MAX_REQUEST_PIXELS = 24_000_000
"""Most pixels of all pictures of a request: 48 frames of 640x480 have 15 million."""
MAX_SCANS = 20
"""Most scans of a picture. A progressive JPEG from a camera or a browser has about ten; each more
costs as much as the picture."""
MAX_PARTS = 1000
"""Most segments of a JPEG or chunks of a PNG. Encoders put 4 kB of a PNG or more into each chunk,
and cameras write some 30 segments."""


class UnreadableImage(ValueError):
    """The bytes are not a complete JPEG or PNG of acceptable size. The message says why."""


class TooCostlyImage(UnreadableImage):
    """The pictures would take too much time or memory. The message says why."""


class EngineBusy(RuntimeError):
    """Other requests held the engine for so long that this one gave up."""


class PassiveModelUnusable(RuntimeError):
    """The administrator's file cannot be used. The message says why, and what to supply instead."""


@dataclass(frozen=True)
class Template:
    """A face as the named engine sees it: a vector, comparable only within that engine."""

    engine: str
    vector: tuple[float, ...]

    def to_bytes(self) -> bytes:
        """Engine name, a zero byte, then the vector in little-endian float32."""
        return self.engine.encode() + b"\0" + struct.pack(f"<{len(self.vector)}f", *self.vector)

    @classmethod
    def from_bytes(cls, data: bytes) -> Template:
        """The inverse of `to_bytes`. Raises ValueError on bytes of another form."""
        engine, separator, packed = data.partition(b"\0")
        if not engine or not separator or not packed or len(packed) % 4:
            raise ValueError("not a template")
        return cls(engine.decode(), struct.unpack(f"<{len(packed) // 4}f", packed))


@dataclass(frozen=True)
class BurstMeasurement:
    """What was measured in one burst.

    comparison_score    with the reference, on the engine's scale: the lower score of two frontal
                        frames, from the start and the end; None without a reference or a face
    lowest_self_score   the lowest score between any two of those frames and one frame of each move,
                        so that nobody else makes the moves; None with fewer than two frames
    moves_score         the lowest score between the frames of the moves and the reference; None
                        where one of them is missing
    others_score        the best score with the reference of any further face in the pictures; None
                        without a reference or a further face
    faces_max           the most faces in any frame that the detector saw: at least every third one
    camera              what tells a camera's film from one that was put together
    passive_score       the probability (0..1) of a live person by the administrator's network, a
                        median over frontal frames; None without one, which proves nothing
    """

    frames: tuple[FrameMeasurement, ...]
    comparison_score: float | None
    lowest_self_score: float | None
    faces_max: int
    frames_without_face: int
    moves_score: float | None = None
    others_score: float | None = None
    camera: CameraMeasurement = field(default_factory=CameraMeasurement)
    passive_score: float | None = None


@dataclass(frozen=True)
class FaceEnrolmentMeasurement:
    """What was measured in the frames of a face enrolment.

    agreement_scores    of every pair of frames that have exactly one face
    template            the mean of those frames, None where there is none
    """

    frames: tuple[FrameMeasurement, ...]
    agreement_scores: tuple[float, ...]
    template: Template | None


class FilmMeasuring(Protocol):
    """Measures one live film, picture by picture. Not for several threads at once."""

    def look(self, frame: bytes, at_s: float, *, eyes: bool) -> FrameMeasurement:
        """Measure the next picture, which was received at that second of the film.

        eyes    whether the opening of the eyes is measured, which takes longer than all the rest

        Raises UnreadableImage, and EngineBusy where other requests hold the engine.
        """
        ...

    def rest(self, count: int) -> None:
        """Say that the last ``count`` pictures show the person at rest. The film begins with them:
        earlier ones are forgotten, and what changes is measured against the last."""
        ...

    def recognise_ahead(self, challenge: Challenge) -> None:
        """Recognise what is settled when a move is asked for, so that less is left for the end.
        The last prompt is the one that is asked for now. It changes nothing of what is measured."""
        ...

    def finish(self, challenge: Challenge) -> BurstMeasurement:
        """Measure the whole film, given its prompts as they were shown. Called once."""
        ...


class FaceEngine(Protocol):
    """Measures faces. It may be called from several threads at once.

    Scores are higher for faces that are more alike, on a scale of the engine's own. The calibration
    in domain.calibration says what a score is worth.
    """

    name: str

    def measure_burst(
        self,
        frames: Sequence[bytes],
        times_s: Sequence[float],
        reference: Template | None,
        challenge: Challenge | None = None,
    ) -> BurstMeasurement:
        """Measure in each frame what the challenge asks for.

        Raises UnreadableImage, and ValueError for unequal lengths and a reference of another
        engine.
        """
        ...

    def begin_film(self, reference: Template | None) -> FilmMeasuring:
        """Begin a live film. Raises ValueError for a reference of another engine."""
        ...

    def enrol(self, frames: Sequence[bytes]) -> FaceEnrolmentMeasurement:
        """Measure frames that are to become a reference. Raises UnreadableImage."""
        ...

    def describe(self, image: bytes) -> Template | None:
        """The widest face in a picture, or None where there is none. Raises UnreadableImage."""
        ...

    def small_jpeg(self, image: bytes) -> bytes:
        """The picture as a small JPEG for a person to look at. Raises UnreadableImage."""
        ...

    def compare(self, a: Template, b: Template) -> float:
        """The score of two templates. Raises ValueError where one of them is another engine's."""
        ...

    def compare_all(self, a: Sequence[Template], b: Sequence[Template]) -> list[list[float]]:
        """Rows of scores: for each of `a` with all of `b`. Raises ValueError as `compare` does."""
        ...
