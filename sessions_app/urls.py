"""The addresses of this app's pages."""

from django.urls import path, re_path

from sessions_app.views import (
    beacons,
    courses,
    excuse_kinds,
    home,
    imports,
    live,
    marks,
    moving,
    planning,
    sound,
    staff,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("sessions/<uuid:session_id>/live/", live.live, name="session-live"),
    path("sessions/<uuid:session_id>/live/state", live.live_state, name="session-live-state"),
    path(
        "sessions/<uuid:session_id>/live/short-code",
        live.short_code,
        name="session-short-code",
    ),
    path("sessions/<uuid:session_id>/live/sound", sound.room_sound, name="session-sound"),
    path("sound/worker.js", sound.worker, name="sound-worker"),
    path("sessions/<uuid:session_id>/open/", live.open_session, name="session-open"),
    path("sessions/<uuid:session_id>/close/", live.close_session, name="session-close"),
    path("sessions/<uuid:session_id>/register/", live.register, name="session-register"),
    path(
        "sessions/<uuid:session_id>/register/<uuid:student_id>/",
        marks.mark,
        name="session-mark",
    ),
    path("sessions/<uuid:session_id>/beacon/", beacons.session_beacon, name="session-beacon"),
    path("beacons/", beacons.beacons, name="beacons"),
    path("beacons/<uuid:token_id>/revoke/", beacons.revoke_beacon, name="beacon-revoke"),
    path("sessions/<uuid:session_id>/heads/", live.count_heads, name="session-heads"),
    path("sessions/<uuid:session_id>/change/", planning.change, name="session-change"),
    path("sessions/<uuid:session_id>/substitute/", staff.substitute, name="session-substitute"),
    path("sessions/<uuid:session_id>/cancel/", planning.cancel, name="session-cancel"),
    path("sessions/<uuid:session_id>/restore/", planning.restore, name="session-restore"),
    path("marks/<uuid:mark_id>/undo/", marks.undo_mark, name="mark-undo"),
    path("courses/", courses.courses, name="courses"),
    path("courses/<uuid:course_id>/", courses.course, name="course"),
    path("courses/<uuid:course_id>/policy/", courses.policy, name="course-policy"),
    path("courses/<uuid:course_id>/plan/", planning.plan, name="course-plan"),
    path("courses/<uuid:course_id>/students/", courses.students, name="course-students"),
    path("courses/<uuid:course_id>/staff/", staff.staff, name="course-staff"),
    path("courses/<uuid:course_id>/teacher/", staff.change_teacher, name="course-teacher"),
    path(
        "courses/<uuid:course_id>/staff/<uuid:person_id>/role/",
        staff.change_role,
        name="course-staff-role",
    ),
    path(
        "courses/<uuid:course_id>/staff/<uuid:person_id>/remove/",
        staff.remove,
        name="course-staff-remove",
    ),
    path(
        "courses/<uuid:course_id>/students/<uuid:student_id>/withdraw/",
        courses.end_enrolment,
        name="course-withdraw",
    ),
    path(
        "courses/<uuid:course_id>/students/<uuid:student_id>/move/",
        moving.move,
        name="course-move-student",
    ),
    path(
        "courses/<uuid:course_id>/students/<uuid:student_id>/excuse/",
        courses.excuse,
        name="course-excuse",
    ),
    path("excuses/<uuid:excuse_id>/revoke/", courses.revoke_excuse, name="excuse-revoke"),
    path("excuse-kinds/", excuse_kinds.kinds, name="excuse-kinds"),
    path("excuse-kinds/<uuid:kind_id>/", excuse_kinds.kind, name="excuse-kind"),
    path("imports/enrolments/", imports.enrolments, name="import-enrolments"),
    path("imports/enrolments/apply/", imports.apply_enrolments, name="import-enrolments-apply"),
    path(
        "imports/enrolments/columns/", imports.enrolment_columns, name="import-enrolments-columns"
    ),
    path(
        "imports/enrolments/template.xlsx",
        imports.enrolment_template,
        name="import-enrolments-template",
    ),
    path("imports/enrolments/export/", imports.export, name="export-enrolments"),
    path("imports/marks/", imports.marks, name="import-marks"),
    path("imports/marks/apply/", imports.apply_marks, name="import-marks-apply"),
    path("imports/marks/columns/", imports.mark_columns, name="import-marks-columns"),
    path("imports/timetable/", imports.timetable, name="import-timetable"),
    path("imports/timetable/apply/", imports.apply_timetable, name="import-timetable-apply"),
    path("imports/invitations/", imports.invite, name="invitations"),
    path("imports/invitations/print/", imports.print_invitations, name="invitations-print"),
    # The code has upper case, and a person would type lower case.
    re_path(r"^[Qq]/(?P<token>[^/]+)/?$", home.code_page, name="code-page"),
]
