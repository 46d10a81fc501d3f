"""Uploads that never touch a disk."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

MAX_REQUEST_BYTES: int = settings.MOST_BODY_BYTES
"""Room for as many frames as a burst may have (48: MAX_FRAMES of serializers/check_in.py) of 0.5 MB
each. A JPEG of 640x480 pixels has 25 to 60 kB (engines/base.py)."""


class MemoryOnlyUploadHandler(MemoryFileUploadHandler):
    """Keeps every upload in memory, since a probe image must not reach a temporary file.

    Django's own handler gives way to one that writes to disk when the request is large; this
    one refuses the request unread instead, with status 400.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > MAX_REQUEST_BYTES:
            raise MultiPartParserError(
                _("The request is too large. Send fewer or smaller pictures.")
            )
        self.activated = True
