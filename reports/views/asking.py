"""What the views share: pages of lists, refused filters, and files to download."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from reports.exports.files import FORMATS, Table


def refused(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """Answer 400 with the page and its filter alone, which says what to correct."""
    return render(request, template, context | {"form": form, "refused": True}, status=400)


def download(kind: str, name: str, tables: Callable[[], tuple[Table, ...]]) -> HttpResponse:
    """Answer with the tables as a file. ``kind`` is a key of `reports.exports.files.FORMATS`."""
    content_type, write = FORMATS[kind]
    response = HttpResponse(write(*tables()), content_type=content_type)
    # Only letters and digits that every file system takes. Codes of courses may have others.
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    response.headers["Content-Disposition"] = f'attachment; filename="{safe}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
