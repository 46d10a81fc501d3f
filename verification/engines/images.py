"""Turns bytes from a phone into pixels, and refuses every kind of hostile bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verification.engines.base import (
    MAX_ASPECT,
    MAX_IMAGE_BYTES,
    MAX_IMAGE_PIXELS,
    MAX_IMAGE_SIDE_PX,
    MAX_REQUEST_PIXELS,
    MAX_SCANS,
    MIN_IMAGE_SIDE_PX,
    TooCostlyImage,
    UnreadableImage,
)
from verification.engines.cpu_limit import CpuLimit
from verification.engines.exif import orientation_in
from verification.engines.image_headers import ImageHeader, read_header

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
WORKING_SIDE_PX = 1280
"""Larger frames are reduced to this side, since no network here gains from more."""
SHOWN_SIDE_PX, SHOWN_QUALITY = 480, 80
"""The longest side of a picture that a person looks at, and its JPEG quality of 100."""


def read_images(files: Sequence[bytes], limit: CpuLimit) -> list[Pixels]:
    """Decode the pictures of one request as `read_image` does.

    All headers are judged before the first pixel is decoded. Raises UnreadableImage as
    `read_image` does, and TooCostlyImage where the pictures together are too large or take too
    long.
    """
    headers = [_acceptable_header(file) for file in files]
    if sum(header.pixels for header in headers) > MAX_REQUEST_PIXELS:
        raise TooCostlyImage(f"together they have more than {MAX_REQUEST_PIXELS} pixels")
    pictures = []
    for header in headers:
        limit.require()
        pictures.append(_decode(header))
    return pictures


def read_image(data: bytes) -> Pixels:
    """Decode a JPEG or PNG to BGR pixels, upright, with at most WORKING_SIDE_PX on a side.

    Its size and its scans are read from the header and judged before any pixel is decoded. Raises
    UnreadableImage on anything empty, truncated or of another format, and TooCostlyImage on
    anything too large.
    """
    return _decode(_acceptable_header(data))


def _decode(header: ImageHeader) -> Pixels:
    try:
        with Image.open(BytesIO(header.bare), formats=("JPEG", "PNG")) as image:
            image.draft("RGB", (WORKING_SIDE_PX, WORKING_SIDE_PX))
            pixels = np.asarray(image.convert("RGB"))
    except Exception as error:  # hostile bytes make decoders fail in any way
        raise UnreadableImage("not a complete JPEG or PNG") from error
    small = _working_size(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8))
    return np.ascontiguousarray(_UPRIGHT[orientation_in(header.exif)](small))


_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda pixels: pixels,
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: np.transpose(pixels, (1, 0, 2)),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(np.transpose(pixels, (1, 0, 2)), 2),
    8: np.rot90,
}
"""How a picture is turned to be upright, by its orientation (Exif 3.0, section 4.6.5.1.4)."""


def _acceptable_header(data: bytes) -> ImageHeader:
    if not 0 < len(data) <= MAX_IMAGE_BYTES:
        raise UnreadableImage(f"{len(data)} bytes, allowed are 1 to {MAX_IMAGE_BYTES}")
    header = read_header(data)
    _refuse_costly(header)
    short, long = sorted((header.width, header.height))
    # No camera takes such pictures, and resizing them leaves sides of no pixels.
    if short < MIN_IMAGE_SIDE_PX or long > MAX_ASPECT * short:
        raise UnreadableImage(f"{header.width}x{header.height} is too small or too narrow")
    return header


def _refuse_costly(header: ImageHeader) -> None:
    if max(header.width, header.height) > MAX_IMAGE_SIDE_PX or header.pixels > MAX_IMAGE_PIXELS:
        raise TooCostlyImage(
            f"{header.width}x{header.height} is too large, allowed are {MAX_IMAGE_PIXELS} pixels"
        )
    if header.scans > MAX_SCANS:
        raise TooCostlyImage(f"it has {header.scans} scans, allowed are {MAX_SCANS}")


def small_jpeg(image: Pixels) -> bytes:
    """The pixels alone, without what else the file said: where and when it was taken."""
    options = [cv2.IMWRITE_JPEG_QUALITY, SHOWN_QUALITY]
    return cv2.imencode(".jpg", reduced(image, SHOWN_SIDE_PX), options)[1].tobytes()


def _working_size(image: Pixels) -> Pixels:
    return reduced(image, WORKING_SIDE_PX)


def reduced(image: Pixels, side_px: int) -> Pixels:
    """The picture with at most so many pixels on its longer side."""
    scale = side_px / max(image.shape[:2])
    if scale >= 1:
        return image
    return np.asarray(
        cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )
