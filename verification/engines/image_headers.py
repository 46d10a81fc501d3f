"""Reads from a picture's header what decoding it will cost, before anything is decoded.

The markers of a JPEG are those of ITU-T T.81, Annex B; the chunks of a PNG those of RFC 2083.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from verification.engines.base import UnreadableImage

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The markers SOF0 to SOF15, which say the picture's size. Tables share the range with them."""
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers that no length follows."""
_AFTER_A_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next marker behind compressed data, in which 0xFF is followed by 0 or by a restart marker."""


@dataclass(frozen=True)
class ImageHeader:
    """What a picture says of itself. ``scans``: how often a decoder has to go over all of it."""

    width: int
    height: int
    scans: int

    @property
    def pixels(self) -> int:
        return self.width * self.height


def read_header(data: bytes) -> ImageHeader:
    """The header of a JPEG or PNG, in time that grows with its bytes alone.

    Raises UnreadableImage for anything else, and where the header ends too early.
    """
    try:
        if data.startswith(_PNG):
            return _png_header(data)
        if data.startswith(_JPEG):
            return _jpeg_header(data)
    except (IndexError, struct.error) as error:
        raise _unreadable() from error
    raise _unreadable()


def _unreadable() -> UnreadableImage:
    return UnreadableImage("not a complete JPEG or PNG")


def _png_header(data: bytes) -> ImageHeader:
    """The first chunk has to be IHDR. An interlaced picture is gone over seven times."""
    if data[12:16] != b"IHDR":
        raise _unreadable()
    width, height, is_interlaced = struct.unpack(">II4xB", data[16:29])
    return ImageHeader(width, height, scans=7 if is_interlaced else 1)


def _jpeg_header(data: bytes) -> ImageHeader:
    """Walk from marker to marker, and over the compressed data behind each start of a scan."""
    size, scans, at = None, 0, 2
    while (found := _AFTER_A_SCAN.search(data, at)) is not None:
        marker, at = data[found.end() - 1], found.end()
        if marker == _END_OF_IMAGE:
            break
        if marker in _ALONE:
            continue
        if marker in _FRAMES:
            if size is not None:
                raise _unreadable()
            height, width = struct.unpack_from(">HH", data, at + 3)
            size = (width, height)
        scans += marker == _START_OF_SCAN
        at += max(struct.unpack_from(">H", data, at)[0], 2)
    if size is None:
        raise _unreadable()
    return ImageHeader(*size, scans)
