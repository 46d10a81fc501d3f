"""Measurements over a whole burst that tell a camera's film from one that was put together."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from statistics import mean

import cv2
import numpy as np
from PIL import Image

from verification.domain.camera_signs import CameraMeasurement, SamePicture
from verification.engines.exif import fields_in
from verification.engines.image_headers import read_header
from verification.engines.images import Floats, Pixels
from verification.engines.passive import Box
from verification.engines.screen_cues import median_moire

FACE_SIDE_PX, THUMB_SIDE_PX, BLOCKS = 96, 12, 4
"""Sides of the face's square in pixels, for a close and for a quick comparison, and how many blocks
are on a side."""
SAME_THUMB_DIFFERENCE, OTHER_PAIRS_A_FRAME = 3.0, 1
"""How alike two faces must be at a glance (RMS grey levels) to be compared closely, and how many
pairs per frame are, besides those of neighbours: the most alike ones."""
SAME_REPORTED_MAX_PX = 0.5
"""Pairs that moved farther are not part of the measurement, which is stored with the attempt."""
GRADIENT_MIN = 4.0
"""Mean square of the gradient in grey levels per pixel. In a darker or softer face it cannot be
measured how far it moved."""
DETAIL_CLIP = 6
"""Most grey levels that a pixel's detail counts, so that edges do not outweigh noise."""
NOISE_PAIRS_MIN, NOISE_PAIRS_MAX, NOISE_THUMB_DIFFERENCE = 12, 60, 12.0
"""How many pairs of frames are compared for noise, and by how many grey levels their content must
differ: where it does not, skin is alike as well."""
SCENE_SIDE_PX, SCENE_SPREAD_MIN = 24, 3.0
UNLIKE_MAX, ALIKE_MIN = 0.5, 0.8
"""Correlations of what surrounds the person. For neighbours a fifth of a second or more apart it
was 0.70 or more when drawn and 0.54 live; a frame from another film had 0.35 at most."""
MOIRE_FRAMES = 5
CAMERA_TAGS = (0x010F, 0x0110)
"""The EXIF tags Make and Model."""


def measure_camera(
    files: Sequence[bytes],
    pictures: Sequence[Pixels],
    times_s: Sequence[float],
    faces: Sequence[Box | None],
) -> CameraMeasurement:
    """Measure a burst: the files as sent, decoded (BGR), their times, and the widest face of each.

    This takes 0.4-0.5 ms per frame. Frames whose dimensions differ from most frames' are not
    compared. They count as another encoding, even where a phone was only turned.
    """
    kept = _of_the_usual_shape(pictures)
    times = tuple(times_s)
    square = _common_square([faces[n] for n in kept], [pictures[n] for n in kept])
    makes = {(_encoding(f), p.shape) for f, p in zip(files, pictures, strict=True)}
    encodings = len(makes)
    if square is None:
        return CameraMeasurement(times, encodings=encodings)
    greys = [np.asarray(cv2.cvtColor(pictures[n], cv2.COLOR_BGR2GRAY), np.uint8) for n in kept]
    crops = [np.ascontiguousarray(grey[square]) for grey in greys]
    faces_small = [_small(crop) for crop in crops]
    apart = _thumb_differences(faces_small)
    scale = max(crops[0].shape) / FACE_SIDE_PX
    return CameraMeasurement(
        times,
        same=tuple(_same_pictures(faces_small, apart, [times[n] for n in kept], scale)),
        noise_correlation=_noise_correlation(crops, apart),
        flickers=_flickers(greys),
        moire=median_moire(_first_faces(greys, [faces[n] for n in kept])),
        encodings=encodings,
    )


def _of_the_usual_shape(pictures: Sequence[Pixels]) -> list[int]:
    """Indices of the frames that have the dimensions of most."""
    shapes = [picture.shape for picture in pictures]
    usual = max(shapes, key=shapes.count, default=None)
    return [n for n, shape in enumerate(shapes) if shape == usual]


def _first_faces(greys: Sequence[Pixels], faces: Sequence[Box | None]) -> list[tuple[Pixels, Box]]:
    """Frames before the first prompt, when people look into the camera, with their faces."""
    seen = [(grey, box) for grey, box in zip(greys, faces, strict=True) if box is not None]
    return seen[:MOIRE_FRAMES]


def _common_square(
    faces: Sequence[Box | None], pictures: Sequence[Pixels]
) -> tuple[slice, slice] | None:
    """Where the face is in most frames, as slices of rows and columns, or None without a face."""
    boxes = np.array([box for box in faces if box is not None])
    if not len(boxes):
        return None
    x, y, width, height = np.median(boxes[:, :4], axis=0)
    half = max(width, height) / 2
    rows, columns = (
        slice(max(round(middle - half), 0), max(round(middle + half), 0))
        for middle in (y + height / 2, x + width / 2)
    )
    return (rows, columns) if pictures[0][rows, columns].size else None


def _encoding(file: bytes) -> tuple[object, ...]:
    """What one camera page writes in the same way into all its files."""
    header = read_header(file)
    camera = fields_in(header.exif)
    with Image.open(BytesIO(header.bare), formats=("JPEG", "PNG")) as image:
        tables = getattr(image, "quantization", {})
        return (
            image.format,
            tuple(tuple(table) for table in tables.values()),
            tuple(camera.get(tag) for tag in CAMERA_TAGS),
        )


def _small(crop: Pixels) -> Floats:
    side = (FACE_SIDE_PX, FACE_SIDE_PX)
    return np.asarray(cv2.resize(crop, side, interpolation=cv2.INTER_LINEAR), np.float32)


def _thumb_differences(faces: Sequence[Floats]) -> Floats:
    """RMS difference of each two frames' faces at a glance, with exposure evened out: (n, n)."""
    side = (THUMB_SIDE_PX, THUMB_SIDE_PX)
    thumbs = np.array([cv2.resize(face, side, interpolation=cv2.INTER_AREA) for face in faces])
    flat = thumbs.reshape(len(faces), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    spread = np.maximum(flat.std(axis=1, keepdims=True), 1.0)
    flat *= np.median(spread) / spread
    squares = (flat**2).sum(axis=1)
    apart = squares[:, None] + squares[None, :] - 2 * flat @ flat.T
    return np.asarray(np.sqrt(np.maximum(apart, 0) / flat.shape[1]), np.float32)


def _same_pictures(
    smalls: Sequence[Floats], apart: Floats, times_s: Sequence[float], scale: float
) -> list[SamePicture]:
    """The pairs of frames between which the face hardly moved."""
    alike = _ranked(apart, SAME_THUMB_DIFFERENCE)
    neighbours = [pair for pair in alike if pair[1] == pair[0] + 1]
    others = [pair for pair in alike if pair[1] > pair[0] + 1]
    pairs = neighbours + others[: OTHER_PAIRS_A_FRAME * len(smalls)]
    faces = {n: _Face(smalls[n], scale) for n in {n for pair in pairs for n in pair}}
    found = []
    for i, j in pairs:
        moved = faces[i].motion_to(faces[j])
        if moved is not None and moved[0] <= SAME_REPORTED_MAX_PX:
            between = float(apart[i, i + 1 : j].max(initial=0.0))
            found.append(SamePicture(times_s[i], times_s[j], *moved, round(between, 2)))
    return found


def _ranked(values: Floats, highest: float) -> list[tuple[int, int]]:
    """Pairs of frames (earlier, later) whose value is at most `highest`, the lowest first."""
    earlier, later = np.triu_indices(len(values), 1)
    order = np.argsort(values[earlier, later], kind="stable")
    return [
        (int(earlier[n]), int(later[n]))
        for n in order[: int((values[earlier, later] <= highest).sum())]
    ]


class _Face:
    """A face that can be compared: its pixels, and how they change with a small shift."""

    def __init__(self, small: Floats, scale: float) -> None:
        """Take the face at FACE_SIDE_PX, of which one pixel is `scale` pixels of the frame."""
        self._scale = scale
        self._grey = np.asarray(cv2.GaussianBlur(small, (3, 3), 0.8), np.float32)
        self._x = cv2.Sobel(self._grey, cv2.CV_32F, 1, 0, scale=1 / 8)
        self._y = cv2.Sobel(self._grey, cv2.CV_32F, 0, 1, scale=1 / 8)
        self._xx, self._xy, self._yy = (
            _block_means(a * b)
            for a, b in ((self._x, self._x), (self._x, self._y), (self._y, self._y))
        )

    def motion_to(self, other: _Face) -> tuple[float, float] | None:
        """The shift in pixels of the frame and the RMS grey difference, or None without texture.

        Each block's shift is the one that explains its difference best (Lucas and Kanade, 1981).
        Noise and compression do not follow the gradients, and so do not look like a shift.
        """
        energy = float((self._xx + self._yy).mean())
        if energy < GRADIENT_MIN:
            return None
        change = _evened(self._grey, other._grey)
        x, y = _block_means(self._x * change), _block_means(self._y * change)
        xx, yy = self._xx + 0.5, self._yy + 0.5  # half a squared grey level, for flat blocks
        determinant = xx * yy - self._xy**2
        right = (yy * x - self._xy * y) / determinant
        down = (xx * y - self._xy * x) / determinant
        explained = self._xx * right**2 + 2 * self._xy * right * down + self._yy * down**2
        shift = float(np.sqrt(2 * max(float(explained.mean()), 0.0) / energy))
        return round(shift * self._scale, 4), round(float(np.sqrt((change**2).mean())), 3)


def _evened(grey: Floats, other: Floats) -> Floats:
    """The other face less this one, without what a change of exposure explains."""
    centred, change = grey - grey.mean(), other - grey
    gain = float((centred * change).sum()) / max(float((centred**2).sum()), 1.0)
    return np.asarray(change - change.mean() - gain * centred, np.float32)


def _block_means(values: Floats) -> Floats:
    return np.asarray(cv2.resize(values, (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA))


def _noise_correlation(crops: Sequence[Pixels], apart: Floats) -> float | None:
    """The correlation of the finest detail in one place, between frames of different content."""
    pairs = _ranked(-apart, -NOISE_THUMB_DIFFERENCE)[:NOISE_PAIRS_MAX]
    if len(pairs) < NOISE_PAIRS_MIN:
        return None
    details = {n: _finest_detail(crops[n]) for n in {n for pair in pairs for n in pair}}
    return round(mean(float(details[i] @ details[j]) for i, j in pairs), 4)


def _finest_detail(crop: Pixels) -> Floats:
    """What a median filter takes away, as a unit vector."""
    detail = cv2.subtract(crop, cv2.medianBlur(crop, 3), dtype=cv2.CV_32F).ravel()
    np.clip(detail, -DETAIL_CLIP, DETAIL_CLIP, out=detail)
    detail -= detail.mean()
    return np.asarray(detail / max(float(np.linalg.norm(detail)), 1e-6), np.float32)


def _flickers(greys: Sequence[Pixels]) -> int:
    """How many frames have surroundings unlike both neighbours', which are like each other."""
    scenes = np.array([_surroundings(grey) for grey in greys])
    alike = scenes @ scenes.T
    return sum(
        bool(
            alike[n - 1, n] < UNLIKE_MAX
            and alike[n, n + 1] < UNLIKE_MAX
            and alike[n - 1, n + 1] > ALIKE_MIN
        )
        for n in range(1, len(greys) - 1)
    )


def _surroundings(grey: Pixels) -> Floats:
    """The frame's upper edge and sides as a unit vector. It is zero where they are plain."""
    side = (SCENE_SIDE_PX, SCENE_SIDE_PX)
    # Every fourth pixel is enough, and averaging all of them takes 1 ms.
    small = cv2.resize(grey[::4, ::4], side, interpolation=cv2.INTER_AREA).astype(np.float32)
    edge = SCENE_SIDE_PX // 4
    seen = np.concatenate([small[:, :edge].ravel(), small[:, -edge:].ravel(), small[:3].ravel()])
    seen -= seen.mean()
    return np.asarray(seen / max(float(np.linalg.norm(seen)), SCENE_SPREAD_MIN * len(seen) ** 0.5))
