"""What the pages of teaching share."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form, ModelForm
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.pages import viewer
from attendance_project.api_errors import ApiError
from sessions_app.models import Course, Session

SHOWN = ("subject", "class_group", "teacher")


def attempt(request: HttpRequest, do: Callable[..., object], form: Form | None = None) -> bool:
    """Do it now; what the service refuses is told at the form's fields, or on the next page."""
    try:
        do(now=timezone.now())
    except ApiError as error:
        if form is None:
            messages.error(request, str(error.detail))
        else:
            show_at_fields(form, error)
        return False
    return True


def show_at_fields(form: Form | ModelForm, error: ApiError) -> None:
    """Put each sentence of a refusal beside its field, and others above the form."""
    known = {n: sentences for n, sentences in error.fields.items() if n in form.fields}
    for name, sentences in known.items():
        form.add_error(name, sentences)
    if not known:
        others = [s for sentences in error.fields.values() for s in sentences]
        form.add_error(None, others or str(error.detail))


def session_run_by(request: HttpRequest, session_id: UUID) -> Session:
    """One of the viewer's own sessions, or for an admin any; else 404."""
    rows = Session.objects.run_by(viewer(request)).select_related(*SHOWN, "course")
    return get_object_or_404(rows, pk=session_id)


def course_run_by(request: HttpRequest, course_id: UUID) -> Course:
    """One of the viewer's own courses, or for an admin any; else 404."""
    rows = Course.objects.run_by(viewer(request)).select_related(*SHOWN)
    return get_object_or_404(rows, pk=course_id)
