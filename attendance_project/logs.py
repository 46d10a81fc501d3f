"""What the server logs of an exception: where it happened, and no values.

The message may repeat what the code was working on, which here may be a picture of a face.
"""

import logging
import traceback
from types import TracebackType

from attendance_project.redaction import redact

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutValues(logging.Formatter):
    """A formatter for tracebacks: their places and lines of code, and messages without values."""

    def formatException(self, ei: ExcInfo) -> str:
        return "\n".join(_told(ei[1])) if ei[1] else ""


def _told(error: BaseException) -> list[str]:
    """The lines of a traceback, with the cause first, as Python prints them."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [*_told(earlier), "", "which led to:", ""] if earlier else []
    places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    said = redact(str(error))
    return [*lines, "Traceback (most recent call last):", places, f"{type(error).__name__}: {said}"]
