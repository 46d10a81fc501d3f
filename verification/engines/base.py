"""The contract of a face engine: pictures in, plain measurements out, no verdicts."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from verification.domain.camera_signs import CameraMeasurement
from verification.domain.challenge import Challenge
from verification.domain.measurements import FrameMeasurement

MAX_IMAGE_BYTES = 2_000_000
"""A 640x480 JPEG at quality 80 has 25-60 kB; phones that send full pictures stay below this."""
MIN_IMAGE_SIDE_PX, MAX_IMAGE_SIDE_PX, MAX_ASPECT = 64, 4096, 4
MAX_IMAGE_PIXELS = 12_600_000
"""4096x3072, the largest picture common phones take; a PNG that unpacks to it costs 0.1 s."""


class UnreadableImage(ValueError):
    """The bytes are not a complete JPEG or PNG of acceptable size; the message says which."""


class PassiveModelUnusable(RuntimeError):
    """The administrator's file cannot serve; the message says why, and what to supply instead."""


@dataclass(frozen=True)
class Template:
    """A face as the named engine sees it: a vector, comparable only within that engine."""

    engine: str
    vector: tuple[float, ...]

    def to_bytes(self) -> bytes:
        """Engine name, a zero byte, then little-endian float32."""
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

    comparison_score    with the reference on the engine's scale, the lower of the frontal frames
                        from the start and the end; None without a reference or a face
    lowest_self_score   the lowest score between any two of those frames and one out of each move,
                        lest somebody else makes the moves; None with fewer than two
    moves_score         the lowest of the frames out of the moves with the reference; likewise
    faces_max           in the frames that the detector was asked about, at least every third
    camera              what tells a camera's film from one that was put together
    passive_score       probability of a live person by the administrator's network, the median
                        over frontal frames; None without one, which proves nothing
    """

    frames: tuple[FrameMeasurement, ...]
    comparison_score: float | None
    lowest_self_score: float | None
    faces_max: int
    frames_without_face: int
    moves_score: float | None = None
    camera: CameraMeasurement = field(default_factory=CameraMeasurement)
    passive_score: float | None = None


@dataclass(frozen=True)
class EnrolmentMeasurement:
    """What was measured in the frames of an enrolment.

    agreement_scores    of every pair of frames with exactly one face
    template            mean of those frames, None where there was none
    """

    frames: tuple[FrameMeasurement, ...]
    agreement_scores: tuple[float, ...]
    template: Template | None


class FaceEngine(Protocol):
    """Measures faces. Safe to call from several threads at once.

    Scores are higher for faces more alike, on a scale of the engine's own: what one is worth
    stands in domain.calibration.
    """

    name: str

    def measure_burst(
        self,
        frames: Sequence[bytes],
        times_s: Sequence[float],
        reference: Template | None,
        challenge: Challenge | None = None,
    ) -> BurstMeasurement:
        """Measure each frame for what the challenge asks. Raises UnreadableImage, or ValueError
        for unequal lengths and for a reference of another engine."""
        ...

    def enrol(self, frames: Sequence[bytes]) -> EnrolmentMeasurement:
        """Measure frames that are to become a reference. Raises UnreadableImage."""
        ...

    def describe(self, image: bytes) -> Template | None:
        """The widest face of one picture, None where there is none. Raises UnreadableImage."""
        ...

    def compare(self, a: Template, b: Template) -> float:
        """The score of two templates. Raises ValueError where one is of another engine."""
        ...

    def compare_all(self, a: Sequence[Template], b: Sequence[Template]) -> list[list[float]]:
        """A row of scores with all of `b` for each of `a`. Raises ValueError likewise."""
        ...
