"""The page that moves a student to another course in the middle of a term."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.pages import teacher_or_admin_required, viewer
from accounts.services import NAME_ALIKE
from attendance_project import clock, page_refusals
from attendance_project.refusals import Refusal
from sessions_app import queries, services
from sessions_app.forms.courses import MoveStudentForm
from sessions_app.models import Course
from sessions_app.views.base import course_managed_by


@require_http_methods(["GET", "POST"])
@never_cache
@teacher_or_admin_required
def move(request: HttpRequest, course_id: UUID, student_id: UUID) -> HttpResponse:
    """Move a student to another course that the viewer may change, in one act."""
    course = course_managed_by(request, course_id)
    student = get_object_or_404(queries.ever_on(course), pk=student_id)
    others = queries.courses_to_move_to(course, Course.objects.managed_by(viewer(request)))
    form = MoveStudentForm(request.POST or None, courses=others, label_suffix="")
    if form.is_valid():
        try:
            services.move_student(course, student, **form.cleaned_data, now=clock.now())
        except Refusal as refusal:
            page_refusals.show_in_form(form, refusal)
            if refusal.code == NAME_ALIKE:
                form.ask_about_names()
        else:
            told = _("%(name)s is on %(course)s now. Attendance so far is kept.")
            names = {"name": student.full_name, "course": str(form.cleaned_data["to"])}
            messages.success(request, told % names)
            return redirect("course-students", course_id)
    context = {"course": course, "student": student, "form": form, "others": others}
    return page_refusals.form_page(request, "sessions_app/move_student.html", context)
