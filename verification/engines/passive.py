"""Passive attack detection, by a network that the administrator supplies.

The file is a MiniFASNet of Silent-Face-Anti-Spoofing (Minivision, Apache-2.0) exported to ONNX, or
one with the same inputs and outputs. The input follows that repository: the face's box enlarged by
a scale and pushed back into the frame (src/generate_patches.py), as 80x80 pixels in BGR, in floats
of 0-255 without any normalisation (src/data_io/functional.py). Class 1 is a live person, 0 a flat
and 2 a solid imitation (test.py; issues 46 and 55).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from verification.engines.base import PassiveModelUnusable
from verification.engines.images import Floats, Pixels
from verification.engines.runtime import Network, Runtime, UnusableNetwork, as_input

INPUT_SIDE_PX = 80
CLASS_COUNTS = (2, 3)
PROBABILITY_SLACK = 1e-3
"""Outputs that are nowhere below 0 and add up to 1 within this are probabilities already."""

Box = Sequence[float]
"""A face's x, y, width and height, in pixels of the frame."""


class PassiveDetector:
    """One loaded network.

    Threads must not share it. Each set of an engine's pool needs its own (about 2 MB of weights).
    """

    def __init__(self, path: Path, *, scale: float, real_class: int, runtime: Runtime) -> None:
        """Load the file and try it.

        scale       the one it was trained with: 2.7 (MiniFASNetV2) or 4.0 (MiniFASNetV1SE)
        real_class  index of the class that means a live person
        Raises PassiveModelUnusable.
        """
        self._scale, self._real_class = scale, real_class
        self._network = _load(path, runtime)
        tried = _try(path, self._network)
        _refuse_other_classes(path, len(tried[0]), real_class)
        self._gives_probabilities = all(_are_probabilities(output) for output in tried)

    @classmethod
    def from_settings(
        cls, path: str, *, scale: float, real_class: int, runtime: Runtime
    ) -> PassiveDetector | None:
        """The detector of a setting, or None where it is empty. Raises PassiveModelUnusable."""
        if not path:
            return None
        return cls(Path(path), scale=scale, real_class=real_class, runtime=runtime)

    def score(self, pixels: Pixels, box: Box) -> float | None:
        """The probability, 0..1, that the face in `box` of a BGR frame is a live person's.

        Returns None where the network overflows, which proves nothing.
        """
        seen = as_input(patch(pixels, box, self._scale))
        output = _only(self._network.run(seen))
        if not np.isfinite(output).all():
            return None
        shares = output if self._gives_probabilities else _softmax(output)
        return min(max(float(shares[self._real_class]), 0.0), 1.0)


def median_score(detector: PassiveDetector, frames: Iterable[tuple[Pixels, Box]]) -> float | None:
    """The median score of several frontal frames, or None where there are none.

    Single frames err. Of 167 live frames of two people 10.8 % had less than 0.5; of medians over
    seven frontal frames it was 0 % and 4.8 %. Of 148 attack frames none had more.
    """
    found = (detector.score(pixels, box) for pixels, box in frames)
    scores = [score for score in found if score is not None]
    return median(scores) if scores else None


def patch(pixels: Pixels, box: Box, scale: float) -> Pixels:
    """What the network sees of a face: 80x80 BGR, scaled bilinearly as in its training."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = _enlarged(box, scale, width, height)
    cut = pixels[top : bottom + 1, left : right + 1]
    return np.asarray(cv2.resize(cut, (INPUT_SIDE_PX, INPUT_SIDE_PX)), np.uint8)


def _enlarged(box: Box, scale: float, width: int, height: int) -> tuple[int, int, int, int]:
    """The enlarged box with its last row and column, no larger than the frame."""
    x, y, box_width, box_height = box[0], box[1], max(box[2], 1.0), max(box[3], 1.0)
    scale = min(scale, (width - 1) / box_width, (height - 1) / box_height)
    left, right = _pushed_back(x + box_width / 2, box_width * scale / 2, width - 1)
    top, bottom = _pushed_back(y + box_height / 2, box_height * scale / 2, height - 1)
    return left, top, right, bottom


def _pushed_back(middle: float, half: float, last: int) -> tuple[int, int]:
    """The interval moved to lie within 0..last, its length unchanged."""
    start = min(max(middle - half, 0.0), max(last - 2 * half, 0.0))
    return int(start), int(min(start + 2 * half, last))


def _load(path: Path, runtime: Runtime) -> Network:
    if not path.is_file():
        raise _unusable(path, "there is no such file")
    try:
        return runtime.load_supplied(path.read_bytes())
    except OSError as error:
        raise _unusable(path, f"it cannot be read ({error.strerror})") from error
    except UnusableNetwork as error:
        raise _unusable(path, "it cannot be read as ONNX") from error


def _try(path: Path, network: Network) -> list[Floats]:
    """The outputs for a black, a white and a noisy picture."""
    shape = (INPUT_SIDE_PX, INPUT_SIDE_PX, 3)
    noise = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    probes = (np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8), noise)
    try:
        tried = [network.run(as_input(probe)) for probe in probes]
    except UnusableNetwork as error:
        raise _unusable(path, "it does not take one picture of 1x3x80x80") from error
    if len(tried[0]) > 1:
        raise _unusable(path, "it has more than one output")
    return [_only(outputs) for outputs in tried]


def _refuse_other_classes(path: Path, count: int, real_class: int) -> None:
    if count not in CLASS_COUNTS:
        raise _unusable(path, f"it gives {count} numbers, not a score for each of 2 or 3 classes")
    if not 0 <= real_class < count:
        raise _unusable(path, f"FACE_PASSIVE_REAL_CLASS is {real_class}, of classes 0-{count - 1}")


def _only(outputs: dict[str, Floats]) -> Floats:
    (output,) = outputs.values()
    return output.ravel()


def _are_probabilities(output: Floats) -> bool:
    return bool(output.min() >= 0 and abs(output.sum() - 1) <= PROBABILITY_SLACK)


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)


def _unusable(path: Path, why: str) -> PassiveModelUnusable:
    return PassiveModelUnusable(
        f"FACE_PASSIVE_MODEL ({path}): {why}. Supply a MiniFASNet exported to ONNX, with one input "
        "of 1x3x80x80 and one output of 2 or 3 classes, or leave the setting empty."
    )
