"""The choice of an encoding on the pages of an import, where several fit the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from attendance_project.tables.readings import Reading
from sessions_app.forms.imports import ENCODINGS

_NAMES = dict(ENCODINGS)


@dataclass(frozen=True)
class Option:
    encoding: str
    name: str
    sample: str
    is_taken: bool


def options(readings: Sequence[Reading]) -> Sequence[Option]:
    """What the page offers, the encoding that was taken first."""
    return [
        Option(one.encoding, str(_NAMES.get(one.encoding, one.encoding)), one.sample, at == 0)
        for at, one in enumerate(readings)
    ]


def chosen(request: HttpRequest) -> str:
    """The encoding that this form chooses, or nothing where it is the one that was taken."""
    encoding = request.POST.get("encoding", "")
    is_other = encoding in _NAMES and encoding != request.POST.get("encoding_taken")
    return encoding if is_other else ""
