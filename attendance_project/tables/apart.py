"""Reads an uploaded file in a process of its own, and refuses one that takes too much."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from attendance_project.own_process import calls
from attendance_project.tables.problems import ImportRefused, refuse

TOO_COSTLY = "file_too_costly"
BUSY = "files_busy"


def read_apart(
    read: Callable[..., Any], *arguments: Any, ask: Callable[..., Any] | None = None
) -> Any:
    """What ``read(*arguments)`` returns or raises, from a process of its own (own_process.calls).

    Raises ImportRefused with the code TOO_COSTLY for a file that takes too much time or memory,
    and with BUSY where too many files are being read.
    """
    try:
        return calls.run(read, *arguments, ask=ask)
    except calls.TooCostly as error:
        raise _too_costly() from error
    except calls.NoPlace as error:
        raise refuse(
            _("The server is reading other files. Try again in a minute."), code=BUSY
        ) from error


def _too_costly() -> ImportRefused:
    return refuse(
        _(
            "This file takes too long or too much memory to read. Split it into several, or remove "
            "what is not needed."
        ),
        code=TOO_COSTLY,
    )
