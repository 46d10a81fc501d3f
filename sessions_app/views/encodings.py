"""The choice of an encoding on the pages of an import, where several fit the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.pages import viewer
from attendance_project.tables import Layout
from attendance_project.tables.readings import Reading
from sessions_app import imports
from sessions_app.forms.imports import ENCODINGS
from sessions_app.services.waiting_files import Upload

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


def choose(request: HttpRequest, upload: Upload, layout: Layout | None) -> bool:
    """Whether this form chooses another encoding than the one that was taken. It is put into the
    upload. Raises ImportRefused where the file cannot be read in it."""
    chosen = request.POST.get("encoding", "")
    if not chosen or chosen not in _NAMES or chosen == request.POST.get("encoding_taken"):
        return False
    options = upload.options | {"encoding": chosen}
    if layout and "columns" in options:
        options["columns"] = _columns_in(upload, layout, options, by=viewer(request))
    upload.options.update(options)
    return True


def _columns_in(
    upload: Upload, layout: Layout, options: Mapping[str, Any], *, by: User
) -> dict[str, str]:
    """The columns that the person chose, under their names as the other encoding reads them."""
    was = imports.columns_of(upload.data, layout, upload.options, by=by).header
    header = imports.columns_of(upload.data, layout, options, by=by).header
    return dict(zip(header.keys, was.columns, strict=False))
