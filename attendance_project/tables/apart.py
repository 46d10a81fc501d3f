"""Reads an uploaded file in a process of its own, and refuses one that takes too much."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from attendance_project.own_process import calls
from attendance_project.refusals import Kind
from attendance_project.tables.problems import ImportRefused, refuse

TOO_COSTLY = "file_too_costly"
BUSY = "files_busy"
KINDS = {TOO_COSTLY: Kind.TOO_COSTLY, BUSY: Kind.UNAVAILABLE}
"""The kind of refusal that each of these codes is."""
WAITS_S = {BUSY: 60.0}
"""Seconds after which the same file may be sent again, by the codes for which that helps."""


def read_apart(
    read: Callable[..., Any], *arguments: Any, ask: Callable[..., Any] | None = None
) -> Any:
    """What ``read(*arguments)`` returns or raises, from a process of its own (own_process.calls).

    Raises ImportRefused with the code TOO_COSTLY for a file that takes too much of the processor's
    time or memory, and with BUSY where other files or other work keep it from being read.
    """
    try:
        return calls.run(read, *arguments, ask=ask)
    except calls.TooCostly as error:
        raise _too_costly() from error
    except calls.NoPlace as error:
        told = _("The server is reading other files. Try again in a minute.")
        raise refuse(told, code=BUSY) from error
    except calls.TooLate as error:
        told = _("The server is busy, so the file was not read. Try again in a minute.")
        raise refuse(told, code=BUSY) from error


def _too_costly() -> ImportRefused:
    return refuse(
        _(
            "This file takes too long or too much memory to read. Split it into several, or remove "
            "what is not needed."
        ),
        code=TOO_COSTLY,
    )
