"""The contract of a face engine: pictures in, plain measurements out, no verdicts."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from verification.domain.liveness import FrameMeasurement

MAX_IMAGE_BYTES = 2_000_000
"""A 640x480 JPEG at quality 80 has 25-60 kB; phones that send full pictures stay below this."""
MIN_IMAGE_SIDE_PX, MAX_IMAGE_SIDE_PX, MAX_ASPECT = 64, 4096, 4
MAX_IMAGE_PIXELS = 12_600_000
"""4096x3072, the largest picture common phones take; a PNG that unpacks to it costs 0.1 s."""


class UnreadableImage(ValueError):
    """The bytes are not a complete JPEG or PNG of acceptable size; the message says which."""


@dataclass(frozen=True)
class Template:
    """A face as the named engine sees it: a unit vector, comparable only within that engine."""

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

    comparison_score    cosine with the reference, the median over near-frontal frames from the
                        start, the middle and the end; None without a reference or a face
    lowest_self_score   the lowest cosine between any two of those frames and two turned ones, lest
                        somebody else does the turning; None with fewer than two
    """

    frames: tuple[FrameMeasurement, ...]
    comparison_score: float | None
    lowest_self_score: float | None
    faces_max: int
    frames_without_face: int


@dataclass(frozen=True)
class EnrolmentMeasurement:
    """What was measured in the frames of an enrolment.

    agreement_scores    cosine of every pair of frames with exactly one face
    template            mean of those frames, None where there was none
    """

    frames: tuple[FrameMeasurement, ...]
    agreement_scores: tuple[float, ...]
    template: Template | None


class FaceEngine(Protocol):
    """Measures faces. Safe to call from several threads at once."""

    name: str

    def measure_burst(
        self, frames: Sequence[bytes], times_s: Sequence[float], reference: Template | None
    ) -> BurstMeasurement:
        """Measure each frame. Raises UnreadableImage, or ValueError for unequal lengths."""
        ...

    def enrol(self, frames: Sequence[bytes]) -> EnrolmentMeasurement:
        """Measure frames that are to become a reference. Raises UnreadableImage."""
        ...

    def describe(self, image: bytes) -> Template | None:
        """The widest face of one picture, None where there is none. Raises UnreadableImage."""
        ...

    def compare(self, a: Template, b: Template) -> float:
        """Cosine of two templates, -1..1. Raises ValueError where their engines differ."""
        ...
