"""Takes the calendars out of a ZIP file, as Google hands out all calendars of a person at once."""

import io
import zipfile
import zlib

from django.utils.translation import gettext as _

from attendance_project.tables import MOST_BYTES, ImportRefused, refuse

_ZIP = b"PK\x03\x04"
MOST_PARTS = 100
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError)
"""What zipfile raises for a damaged file and, as a RuntimeError, for a part with a password or in a
way that Python cannot unpack."""
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of calendars. Others can ask for gigabytes of memory to unpack a small part."""


def unpacked(data: bytes) -> bytes:
    """The calendar, or those of a ZIP file one after the other. Raises ImportRefused.

    What the parts would take is checked before anything is unpacked.
    """
    if not data.startswith(_ZIP):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            found = [one for one in parts.infolist() if one.filename.lower().endswith(".ics")]
            _check(found)
            if any(one.compress_type not in _COMPRESSIONS for one in found):
                raise zipfile.BadZipFile("compressed in another way")
            return b"\r\n".join(parts.read(one) for one in found)
    except _BROKEN as error:
        raise refuse(
            _("This ZIP file cannot be read. Unpack it, and choose the calendar (.ics) in it.")
        ) from error


def _check(found: list[zipfile.ZipInfo]) -> None:
    if not found:
        raise _no_calendar()
    if len(found) > MOST_PARTS or sum(one.file_size for one in found) > MOST_BYTES:
        raise refuse(_("The calendars in this ZIP file are too large. Choose one .ics file of it."))


def _no_calendar() -> ImportRefused:
    return refuse(
        _("This file holds no calendar (.ics). Export the calendar again as .ics, or unpack it.")
    )
