"""The pages of who teaches a course, and who takes one of its sessions."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import teacher_or_admin_required, viewer
from attendance_project import clock, page_refusals
from attendance_project.lists import Sorting, back_to_list, listing
from sessions_app import queries, services
from sessions_app.forms.staff import FOLLOW, ChangeTeacherForm, StaffForm, SubstituteForm
from sessions_app.models import Course, CourseStaff, Session, StaffRole
from sessions_app.views import beside
from sessions_app.views.base import (
    SHOWN,
    course_managed_by,
    course_run_by,
    course_shown,
)

_STAFF_SORTINGS = [
    Sorting("role", gettext_lazy("Role")),
    Sorting("name", gettext_lazy("Name"), by=lambda row: row.person.full_name.casefold()),
    Sorting("number", gettext_lazy("Number"), by=lambda row: row.person.institution_number),
]


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def staff(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """List who teaches the course, and let its teachers add others."""
    found_by = course_managed_by if request.method == "POST" else course_run_by
    found = found_by(request, course_id)
    form = StaffForm(request.POST or None, label_suffix="")
    if form.is_valid() and page_refusals.do_or_tell(
        request, partial(_add, request, found, **form.cleaned_data), form
    ):
        messages.success(request, _("Added. They can work with this course at once."))
        _tell_overlaps(request, found, form.cleaned_data["person"])
        return redirect("course-staff", course_id)
    context = course_shown(request, found)
    context |= {
        "form": form,
        "list": listing(
            request, queries.staff_of(found), words=_staff_words, sortings=_STAFF_SORTINGS
        ),
        "events": beside.staff_events(request, queries.staff_events_of(found)),
        "hands_over": services.may_hand_over(found, viewer(request)),
    }
    return page_refusals.form_page(request, "sessions_app/staff.html", context)


@require_POST
@teacher_or_admin_required
def change_role(request: HttpRequest, course_id: UUID, person_id: UUID) -> HttpResponse:
    """Make a teacher of the course an assistant, or the other way round."""
    found = course_managed_by(request, course_id)
    row = _row(found, person_id)
    role = StaffRole.TEACHER if row.role == StaffRole.ASSISTANT else StaffRole.ASSISTANT
    change = partial(services.add_staff, found, person=row.person, role=role)
    change = partial(change, by=viewer(request), now=clock.now())
    if page_refusals.do_or_tell(request, change):
        messages.success(request, _("Role changed."))
    return back_to_list(request, "course-staff", course_id)


@require_POST
@teacher_or_admin_required
def remove(request: HttpRequest, course_id: UUID, person_id: UUID) -> HttpResponse:
    """Take a person off the course's staff. Where it was oneself, the course is gone."""
    found = course_managed_by(request, course_id)
    row = _row(found, person_id)
    services.remove_staff(found, person_id=person_id, by=viewer(request), now=clock.now())
    told = _("%(name)s no longer has access to this course.")
    messages.success(request, told % {"name": row.person.full_name})
    if row.person == viewer(request):
        return redirect("courses")
    return back_to_list(request, "course-staff", course_id)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def change_teacher(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Hand the course over to another main teacher, and ask what becomes of planned sessions."""
    rows = services.courses_to_hand_over(viewer(request)).select_related(*SHOWN)
    found = get_object_or_404(rows, pk=course_id)
    form = ChangeTeacherForm(request.POST or None, label_suffix="")
    if form.is_valid() and page_refusals.do_or_tell(
        request, partial(_hand_over, request, found, **form.cleaned_data), form
    ):
        told = _("%(name)s is the main teacher now.")
        messages.success(request, told % {"name": found.teacher.full_name})
        _tell_overlaps(request, found, found.teacher.institution_number)
        still_theirs = Course.objects.run_by(viewer(request)).filter(pk=course_id).exists()
        return redirect("course-staff", course_id) if still_theirs else redirect("courses")
    context = {"course": found, "form": form}
    return page_refusals.form_page(request, "sessions_app/change_teacher.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def substitute(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Say who takes the session in the teacher's place. An empty field names nobody.

    Where that person teaches elsewhere then, the page warns first.
    """
    rows = Session.objects.managed_by(viewer(request))
    session = get_object_or_404(rows.select_related(*SHOWN, "substitute"), pk=session_id)
    now_named = session.substitute.institution_number if session.substitute else ""
    sent = request.POST if request.method == "POST" else None
    form = SubstituteForm(sent, initial={"substitute": now_named}, label_suffix="")
    overlaps: list[str] = []
    if (
        form.is_valid()
        and page_refusals.do_or_tell(
            request,
            partial(_name, request, session, form.cleaned_data["substitute"], overlaps),
            form,
        )
        and not overlaps
    ):
        name = session.substitute.full_name if session.substitute else ""
        told = _("%(name)s takes this session.") if name else _("Nobody is named as a substitute.")
        messages.success(request, told % {"name": name} if name else told)
        return redirect("session-register", session_id)
    context = {"session": session, "form": form, "overlaps": overlaps}
    return page_refusals.form_page(request, "sessions_app/substitute.html", context)


def _add(request: HttpRequest, course: Course, *, person: str, role: str) -> None:
    found = services.find_teacher(person, "person")
    services.add_staff(course, person=found, role=role, by=viewer(request), now=clock.now())


def _hand_over(request: HttpRequest, course: Course, *, teacher: str, planned: str) -> None:
    services.change_teacher(
        course,
        to=services.find_teacher(teacher, "teacher"),
        sessions_follow=planned == FOLLOW,
        by=viewer(request),
        now=clock.now(),
    )


def _name(request: HttpRequest, session: Session, text: str, overlaps: list[str]) -> None:
    """Name the substitute, or add to the overlaps what is to be looked at before."""
    person = services.find_teacher(text, "substitute") if text.strip() else None
    if person and request.POST.get("save") != "anyway":
        found = services.overlaps_of_substitute(session, person)
        overlaps += services.overlaps_in_words(found)
    if not overlaps:
        services.name_substitute(
            session, person=person, allow_overlaps=True, by=viewer(request), now=clock.now()
        )


def _tell_overlaps(request: HttpRequest, course: Course, number: str) -> None:
    """Say which sessions a person who begins to teach the course has elsewhere at its times."""
    found = services.overlaps_of_staff(course, services.find_teacher(number, "person"))
    if found:
        sentences = services.overlaps_in_words(found[: services.MOST_SAID])
        told = _("They teach at the same time elsewhere: %(sessions)s")
        messages.warning(request, told % {"sessions": " ".join(sentences)})


def _row(course: Course, person_id: UUID) -> CourseStaff:
    rows = CourseStaff.objects.filter(course_id=course.pk).select_related("person")
    return get_object_or_404(rows, person_id=person_id)


def _staff_words(member: queries.StaffMember) -> str:
    """What a teacher or an assistant is found by."""
    person = member.person
    return f"{person.full_name} {person.institution_number} {person.email}"
