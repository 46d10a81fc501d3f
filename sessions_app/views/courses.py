"""The pages of courses: their sessions, students, policy and excuses."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.pages import teacher_or_admin_required, viewer
from accounts.services import NAME_ALIKE
from attendance_project import clock, page_refusals
from attendance_project.days import in_every_form, when
from attendance_project.lists import Listing, Sorting, back_to_list, finding, listing
from attendance_project.refusals import Refusal
from sessions_app import queries, services
from sessions_app.forms.courses import ALL_COURSES, EnrolForm, ExcuseForm
from sessions_app.forms.policy import CoursePolicyForm
from sessions_app.models import POLICY_FIELDS, Course, Excuse, Session
from sessions_app.views import beside
from sessions_app.views.base import SHOWN, course_managed_by, course_run_by, course_shown

_COURSE_SORTINGS = [
    Sorting("subject", gettext_lazy("Subject")),
    Sorting("class", gettext_lazy("Class"), by=lambda row: row.class_group.code.casefold()),
    Sorting("teacher", gettext_lazy("Teacher"), by=lambda row: row.teacher.full_name.casefold()),
]
_STUDENT_SORTINGS = [
    Sorting("name", gettext_lazy("Name")),
    Sorting("number", gettext_lazy("Number"), by=lambda row: row.student.institution_number),
]
_EXCUSE_SORTINGS = [
    Sorting("latest", gettext_lazy("Latest first"), descending=True),
    Sorting(
        "oldest", gettext_lazy("Oldest first"), by=lambda row: row.from_date, opposite="latest"
    ),
    Sorting("kind", gettext_lazy("Kind"), by=lambda row: _kind_words(row).casefold()),
]
_SESSION_SORTINGS = [
    Sorting("day", gettext_lazy("Day")),
    Sorting("room", gettext_lazy("Room"), by=lambda session: session.room.casefold()),
    Sorting("state", gettext_lazy("State"), by=lambda session: session.state),
]


@require_GET
@never_cache
@teacher_or_admin_required
def courses(request: HttpRequest) -> HttpResponse:
    """List one's own courses. An admin sees all."""
    rows = Course.objects.run_by(viewer(request)).select_related(*SHOWN)
    found = listing(request, rows, words=_course_words, sortings=_COURSE_SORTINGS)
    context = {"list": found, "courses": queries.with_sizes(found.page)}
    return render(request, "sessions_app/courses.html", context)


@require_GET
@never_cache
@teacher_or_admin_required
def course(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Show a course's sessions: those to come, soonest first, and those that were, latest first."""
    found = course_run_by(request, course_id)
    now = clock.now()
    coming = queries.coming_sessions(found, now)
    forgotten = queries.forgotten_sessions(found.sessions.select_related("substitute"), now=now)
    context = course_shown(request, found) | queries.closed_days_of(found, coming, now)
    context["move"] = queries.move_to_undo(found, now)
    context["list"] = _sessions(request, coming, "page")
    context["past_list"] = _sessions(request, queries.past_sessions(found, now), "past")
    context["forgotten_list"] = _sessions(request, forgotten, "forgotten")
    # One search and one order for the three lists. It is shown where any of them has a row.
    lists = (context["list"], context["past_list"], context["forgotten_list"])
    context["tools"] = max(lists, key=lambda shown: shown.found)
    context["closed"] = beside.closed_days(request, context["closed_days"])
    return render(request, "sessions_app/course.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def policy(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Change the policy with which new sessions start."""
    found = course_managed_by(request, course_id)
    form = CoursePolicyForm(request.POST or None, instance=found, label_suffix="")
    if form.is_valid():
        form.save()
        messages.success(request, _saved(form.changed_data))
        return redirect("course", course_id)
    return page_refusals.form_page(
        request, "sessions_app/policy.html", course_shown(request, found) | {"form": form}
    )


def _saved(changed: list[str]) -> str:
    """What follows from a change of these fields of the course, in a sentence."""
    judged = set(changed) & set(POLICY_FIELDS)
    if judged == set(changed):
        return _("Rules saved. They apply to sessions that you plan from now on.")
    if not judged:
        return _("Saved. It applies to the whole course at once.")
    return _(
        "Saved. The rules for check-ins apply to sessions that you plan from now on, and how "
        "attendance counts to the whole course at once."
    )


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def students(request: HttpRequest, course_id: UUID) -> HttpResponse:
    """Show who is on the course, and let its teachers add students by their numbers."""
    found_by = course_managed_by if request.method == "POST" else course_run_by
    found = found_by(request, course_id)
    form = EnrolForm(request.POST or None, label_suffix="")
    if form.is_valid():
        try:
            n = _enrol(found, **form.cleaned_data)
        except Refusal as refusal:
            page_refusals.show_in_form(form, refusal)
            if refusal.code == NAME_ALIKE:
                form.ask_about_names()
        else:
            words = ngettext("%(n)d student added.", "%(n)d students added.", n)
            messages.success(request, words % {"n": n})
            return redirect("course-students", course_id)
    context = course_shown(request, found)
    people_on_it = queries.students_of(found)
    shown = listing(request, people_on_it, words=_student_words, sortings=_STUDENT_SORTINGS)
    context |= {"form": form, "list": shown, "students": people_on_it}
    return page_refusals.form_page(request, "sessions_app/students.html", context)


def _enrol(course: Course, numbers: list[str], *, same_names: bool) -> int:
    """Put the students with these numbers on the course. Returns how many they are."""
    people = services.find_students([], numbers)
    services.enrol(course, people, now=clock.now(), same_names=same_names)
    return len(people)


@require_POST
@teacher_or_admin_required
def end_enrolment(request: HttpRequest, course_id: UUID, student_id: UUID) -> HttpResponse:
    """Take a student off the course. Their marks stay."""
    found = course_managed_by(request, course_id)
    student = _student_of(found, student_id)
    services.end_enrolment(found, student.pk, now=clock.now())
    left = _("%(name)s was removed from the course. Existing attendance is kept.")
    messages.success(request, left % {"name": student.full_name})
    return back_to_list(request, "course-students", course_id)


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def excuse(request: HttpRequest, course_id: UUID, student_id: UUID) -> HttpResponse:
    """Excuse a student on some days, in advance or afterwards, and list the excuses so far."""
    found = course_run_by(request, course_id)
    student = _student_of(found, student_id)
    today = clock.now().astimezone(found.zone).date()
    by = viewer(request)
    form = ExcuseForm(
        request.POST or None,
        initial={"from_date": today, "until_date": today, "kind": "other"},
        label_suffix="",
        all_courses_words=_("All courses") if by.is_admin else _("All of my courses"),
    )
    if form.is_valid():
        scope = form.cleaned_data.pop("scope")
        give: Callable[..., object] = partial(services.give_excuse, found)
        if scope == ALL_COURSES:
            give = services.excuse_from_own_courses
        act = partial(give, student, by=by, now=clock.now(), **form.cleaned_data)
        if page_refusals.do_or_tell(request, act, form):
            days = _days(form.cleaned_data["from_date"], form.cleaned_data["until_date"])
            messages.success(request, _("Excuse saved for %(days)s.") % {"days": days})
            return redirect("course-students", course_id)
    given = queries.excuses_on(found).filter(student_id=student.pk).select_related("by", "kind")
    shown = listing(request, given, words=_excuse_words, sortings=_EXCUSE_SORTINGS)
    context = course_shown(request, found) | {"student": student, "form": form, "list": shown}
    return page_refusals.form_page(request, "sessions_app/excuse.html", context)


@require_POST
@teacher_or_admin_required
def revoke_excuse(request: HttpRequest, excuse_id: UUID) -> HttpResponse:
    """Take an excuse back. One for all courses only an admin may take back."""
    own = Excuse.objects.run_by(viewer(request)).select_related("student")
    found = get_object_or_404(own, pk=excuse_id)
    revoke = partial(services.revoke_excuse, found, by=viewer(request), now=clock.now())
    page_refusals.do_or_tell(request, revoke)
    messages.success(request, _("Excuse withdrawn."))
    shown_on = found.course_id or _id_in(request.POST.get("course"))
    if not shown_on:
        return redirect("courses")
    return back_to_list(request, "course-excuse", shown_on, found.student_id)


def _id_in(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _sessions(request: HttpRequest, rows: Iterable[Session], name: str) -> Listing:
    find = finding(_session_words)
    return listing(request, rows, find=find, sortings=_SESSION_SORTINGS, name=name)


def _session_words(session: Session) -> str:
    """What a session is found by: its day, its room and its state."""
    day = in_every_form(session.local_start)
    return f"{day} {session.room} {session.get_state_display()}"


def _course_words(course: Course) -> str:
    names = (course.subject.code, course.subject.name, course.subject.department)
    group = course.class_group
    return " ".join([*names, group.code, group.name, course.teacher.full_name])


def _student_words(row: queries.CourseStudent) -> str:
    person = row.student
    return f"{person.full_name} {person.institution_number} {person.email}"


def _excuse_words(excuse: Excuse) -> str:
    """What an excuse is found by."""
    days = " ".join(
        in_every_form(date.fromisoformat(day)) for day in (excuse.from_date, excuse.until_date)
    )
    return f"{days} {_kind_words(excuse)} {excuse.note} {excuse.by.full_name}"


def _kind_words(excuse: Excuse) -> str:
    return excuse.kind.words if excuse.kind else ""


def _days(first: date, last: date) -> str:
    """Two days in words, as short as they can be: 30 Nov, 28–30 Nov or 28 Nov–2 Dec.

    Years are named where the two days are of different years: 30 Dec 2026–2 Jan 2027.
    """
    if first.year != last.year:
        return f"{when(first, 'day')}–{when(last, 'day')}"
    until = when(last, "day this year")
    if first == last:
        return until
    how = "day of month" if first.month == last.month else "day this year"
    return f"{when(first, how)}–{until}"


def _student_of(course: Course, student_id: UUID) -> User:
    return get_object_or_404(queries.ever_on(course), pk=student_id)
