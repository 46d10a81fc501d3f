"""The choice of an encoding on the preview of an import, where several fit the file."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from sessions_app.forms.imports import ENCODINGS
from sessions_app.imports import Plan
from sessions_app.services.waiting_files import Upload

_NAMES = dict(ENCODINGS)


@dataclass(frozen=True)
class Option:
    encoding: str
    name: str
    sample: str
    is_taken: bool


def options(plan: Plan) -> Sequence[Option]:
    """What the preview offers, the encoding that was taken first."""
    return [
        Option(one.encoding, str(_NAMES.get(one.encoding, one.encoding)), one.sample, at == 0)
        for at, one in enumerate(plan.readings)
    ]


def choose(request: HttpRequest, upload: Upload) -> bool:
    """Whether this form chooses another encoding than the one that was taken. It is put into the
    upload."""
    chosen = request.POST.get("encoding", "")
    if not chosen or chosen not in _NAMES or chosen == request.POST.get("encoding_taken"):
        return False
    upload.options["encoding"] = chosen
    return True
