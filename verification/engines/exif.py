"""Reads single fields of a picture's EXIF data, which is a TIFF file (Exif 3.0, section 4.6.2).

Pillow reads all of them, which takes a tenth of a second for fields that point at one another's
values, and warns of each that is wrong.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

ORIENTATION = 0x0112
MOST_FIELDS = 100
"""How many fields are looked at. Cameras write about 15 into the first directory."""
MOST_BYTES = 200
"""How many bytes of a value are read."""
_ORDERS = {b"II": "<", b"MM": ">"}
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4}
"""Bytes of one BYTE, ASCII, SHORT and LONG. No other type is read."""


def fields_in(exif: bytes) -> Mapping[int, bytes]:
    """The values of the first directory, as they stand there, by tag. Empty where it is no EXIF."""
    order = _ORDERS.get(exif[:2])
    if order is None:
        return {}
    fields: dict[int, bytes] = {}
    try:
        at = struct.unpack_from(f"{order}I", exif, 4)[0]
        count = struct.unpack_from(f"{order}H", exif, at)[0]
        for number in range(min(count, MOST_FIELDS)):
            tag, value = _field(exif, order, at + 2 + 12 * number)
            fields.setdefault(tag, value)
    except struct.error:
        pass  # it ends too early: what was read until then counts
    return fields


def _field(exif: bytes, order: str, at: int) -> tuple[int, bytes]:
    """The tag and the value. A value of four bytes or fewer stands in the place of its address."""
    tag, kind, count = struct.unpack_from(f"{order}HHI", exif, at)
    size = _SIZES.get(kind, 0) * count
    place = at + 8 if size <= 4 else struct.unpack_from(f"{order}I", exif, at + 8)[0]
    return tag, exif[place : place + min(size, MOST_BYTES)]


def orientation_in(exif: bytes) -> int:
    """How the camera was held, 1 to 8, where 1 is upright and is the default."""
    value = fields_in(exif).get(ORIENTATION, b"")
    if len(value) != 2:
        return 1
    number = int.from_bytes(value, "little" if exif[:2] == b"II" else "big")
    return number if 1 <= number <= 8 else 1
