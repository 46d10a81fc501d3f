"""Reads from a picture's header what decoding it will cost, before anything is decoded.

It also makes the file that is decoded: one with nothing in it but the picture. What else a file may
carry, such as texts, colour profiles, small previews and further pictures, is never given to a
decoder, which would unpack it, and nobody here needs it.

The markers of a JPEG are those of ITU-T T.81, Annex B; the chunks of a PNG those of RFC 2083.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from verification.engines.base import MAX_PARTS, TooCostlyImage, UnreadableImage

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_Part = tuple[bytes, bytes]
"""A segment or chunk: its marker or type, and its bytes."""
_START_OF_SCAN, _END_OF_IMAGE, _EXIF = 0xDA, 0xD9, 0xE1
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""The markers SOF0 to SOF15, which say the picture's size. Tables share the range with them."""
_DECODED = _FRAMES | {_START_OF_SCAN, 0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xE0, 0xEE}
"""What a decoder needs: frames, scans, tables, restart intervals, and which colours they are."""
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers that no length follows."""
_AFTER_A_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""The next marker behind compressed data, in which 0xFF is followed by 0 or by a restart marker."""
_EXIF_BEGINS = b"Exif\0\0"
_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
"""What a decoder of PNG needs."""


@dataclass(frozen=True)
class ImageHeader:
    """What a picture says of itself.

    scans  how often a decoder has to go over all of it
    bare   the picture as a file, without all that is no part of the picture
    exif   its EXIF data, empty where it has none
    """

    width: int
    height: int
    scans: int
    bare: bytes
    exif: bytes = b""

    @property
    def pixels(self) -> int:
        return self.width * self.height


def read_header(data: bytes) -> ImageHeader:
    """The header of a JPEG or PNG, in time that grows with its bytes alone.

    Raises UnreadableImage for anything else, and where the header ends too early; TooCostlyImage
    where the file has too many parts.
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


def _limited(parts: Iterator[_Part]) -> Iterator[_Part]:
    for number, part in enumerate(parts, 1):
        if number > MAX_PARTS:
            raise TooCostlyImage(f"it has more than {MAX_PARTS} parts")
        yield part


# --- PNG ------------------------------------------------------------------------------


def _png_header(data: bytes) -> ImageHeader:
    """The first chunk has to be IHDR. An interlaced picture is gone over seven times."""
    if data[12:16] != b"IHDR":
        raise _unreadable()
    width, height, is_interlaced = struct.unpack(">II4xB", data[16:29])
    bare, exif, heads = bytearray(_PNG), b"", 0
    for kind, chunk in _limited(_chunks(data)):
        heads += kind == b"IHDR"
        if kind in _CHUNKS:
            bare += chunk
        elif kind == b"eXIf":
            exif = exif or chunk[8:-4]
    if heads > 1:  # a decoder would believe the last one
        raise _unreadable()
    return ImageHeader(width, height, 7 if is_interlaced else 1, bytes(bare), exif)


def _chunks(data: bytes) -> Iterator[_Part]:
    """Each chunk up to the last, whole: its length, its type, what it holds and its checksum."""
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        (length,) = struct.unpack_from(">I", data, at)
        kind, whole = data[at + 4 : at + 8], data[at : at + 12 + length]
        if len(whole) < 12 + length:
            raise _unreadable()
        yield kind, whole
        at += len(whole)


# --- JPEG -----------------------------------------------------------------------------


def _jpeg_header(data: bytes) -> ImageHeader:
    size, scans, exif = None, 0, b""
    bare = bytearray(_JPEG)
    for kind, segment in _limited(_segments(data)):
        marker = kind[0]
        if marker in _FRAMES:
            if size is not None:
                raise _unreadable()
            height, width = struct.unpack_from(">HH", segment, 5)
            size = (width, height)
        scans += marker == _START_OF_SCAN
        if marker in _DECODED or marker == _END_OF_IMAGE:
            bare += segment
        elif marker == _EXIF and segment[4:10] == _EXIF_BEGINS:
            exif = exif or segment[10:]
    if size is None:
        raise _unreadable()
    return ImageHeader(*size, scans, bytes(bare), exif)


def _segments(data: bytes) -> Iterator[_Part]:
    """Each segment up to the end of the image: its marker, its length and what it holds. A start of
    a scan is followed by the scan."""
    at = 2
    while (found := _AFTER_A_SCAN.search(data, at)) is not None:
        marker, at = data[found.end() - 1], found.end()
        if marker == _END_OF_IMAGE:
            yield bytes([marker]), b"\xff\xd9"
            return
        if marker in _ALONE:
            yield bytes([marker]), b""
            continue
        (length,) = struct.unpack_from(">H", data, at)
        end = at + length
        if length < 2 or end > len(data):
            raise _unreadable()
        if marker == _START_OF_SCAN:
            following = _AFTER_A_SCAN.search(data, end)
            end = following.start() if following else len(data)
        yield bytes([marker]), bytes([0xFF, marker]) + data[at:end]
        at = end
