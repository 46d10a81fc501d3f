"""What the pages of this app have in common."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from attendance_project import page_refusals
from attendance_project.refusals import Refusal

NAMES = {"password": "new_password"}
"""The names of fields in the services, and their names in the forms."""


def refused(request: HttpRequest, template: str, form: Any, refusal: Refusal) -> HttpResponse:
    """The page again, with the refusal in its form and in the status."""
    page_refusals.show_in_form(form, refusal, names=NAMES)
    return page_refusals.with_status(render(request, template, {"form": form}), refusal)
