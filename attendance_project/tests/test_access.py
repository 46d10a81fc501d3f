"""Who gets what at every address: a row for each route and method, a column for each role.

The student is on the teacher's course, the outsider is a student on none, and the colleague teaches
other courses. Bodies are empty unless BODIES has one, so 400 means "let in, and told what is
missing". A route without a row fails, and so does a row without a route.

The roles call one after the other, so what one has done is done for the next: a phone that the
colleague approved, or an enrolment that the teacher ended, waits for nobody any more.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any, NamedTuple

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from attendance_project.tests.taking_back import CAN_TAKE_BACK, taken_back
from attendance_project.tests.world import World

ROLES = ("anonymous", "outsider", "student", "colleague", "teacher", "admin")


class Row(NamedTuple):
    method: str
    route: str
    statuses: tuple[int, ...]
    ids: dict[str, str] = {}
    """Placeholders of the route that stand for another thing than their name says."""
    tells: tuple[str, ...] = ()
    """Roles that may read the student's things here, although they do not teach the student."""


def everyone(status: int) -> tuple[int, ...]:
    return (status,) * len(ROLES)


WISH = {"pk": "request_id"}
ACCOUNT, DEVICE = {"pk": "account_id"}, {"pk": "device_id"}
PASSKEY = {"pk": "passkey_id"}
STUDENT, WAITING = {"pk": "student_id"}, {"pk": "waiting_device_id"}
V1 = "api/v1/"

# fmt: off
#                                                          anon outs stud coll teac admin
ACCOUNTS = [
    Row("POST", V1 + "login",                              everyone(400)),
    Row("POST", V1 + "token/refresh",                      everyone(400)),
    Row("POST", V1 + "logout",                             everyone(400)),
    Row("POST", V1 + "register/student",                   everyone(400)),
    Row("POST", V1 + "register/teacher",                   everyone(400)),
    Row("POST", V1 + "register/admin",                     everyone(400)),
    Row("POST", V1 + "invitations",                        (401, 403, 403, 403, 403, 400)),
    Row("GET", V1 + "accounts/waiting",                    (401, 403, 403, 403, 403, 200)),
    Row("POST", V1 + "accounts/<uuid:pk>/approve",         (401, 403, 403, 403, 403, 200), ACCOUNT),
    Row("POST", V1 + "accounts/<uuid:pk>/confirm",         (401, 403, 403, 403, 403, 200), ACCOUNT),
    Row("GET", V1 + "my-name",                             (401, 200, 200, 200, 200, 200)),
    Row("GET", V1 + "name-requests",                       (401, 403, 403, 403, 403, 200)),
    Row("POST", V1 + "name-requests/<uuid:pk>",            (401, 403, 403, 403, 403, 400), WISH),
    Row("POST", V1 + "confirmation",                       (401, 409, 409, 409, 409, 409)),
    Row("GET", V1 + "profile/<uuid:pk>",                   (401, 404, 200, 404, 404, 200), STUDENT),
    Row("PUT", V1 + "profile/update/<uuid:pk>",            (401, 404, 400, 404, 404, 400), STUDENT),
    Row("PATCH", V1 + "profile/update/<uuid:pk>",          (401, 404, 200, 404, 404, 200), STUDENT),
    Row("POST", V1 + "password/change",                    (401, 400, 400, 400, 400, 400)),
    Row("POST", V1 + "links",                              (401, 400, 400, 403, 403, 403)),
    Row("GET", V1 + "erasure",                             (401, 200, 200, 403, 403, 403)),
    Row("POST", V1 + "erasure",                            (401, 201, 201, 403, 403, 403)),
    Row("DELETE", V1 + "erasure",                          (401, 204, 204, 403, 403, 403)),
    Row("GET", V1 + "devices",                             (401, 200, 200, 200, 200, 200)),
    Row("DELETE", V1 + "devices/<uuid:pk>",                (401, 404, 204, 404, 404, 204), DEVICE),
    Row("POST", V1 + "devices/<uuid:pk>/confirm",          (401, 400, 400, 403, 403, 403), WAITING),
    Row("GET", V1 + "passkeys",                            (401, 200, 200, 403, 403, 403)),
    Row("POST", V1 + "passkeys",                           (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "passkeys/options",                   (401, 200, 200, 403, 403, 403)),
    Row("POST", V1 + "passkeys/challenge",                 (401, 400, 400, 403, 403, 403)),
    Row("DELETE", V1 + "passkeys/<uuid:pk>",               (401, 404, 204, 403, 403, 403), PASSKEY),
    Row("POST", V1 + "devices/<uuid:pk>/approve",          (401, 403, 403, 404, 200, 200), WAITING),
]
TEACHING = [
    Row("GET", V1 + "subjects",                            (401, 200, 200, 200, 200, 200),
        tells=ROLES),
    Row("POST", V1 + "subjects",                           (401, 403, 403, 403, 403, 400)),
    Row("GET", V1 + "classes",                             (401, 200, 200, 200, 200, 200),
        tells=ROLES),
    Row("POST", V1 + "classes",                            (401, 403, 403, 403, 403, 400)),
    Row("GET", V1 + "courses",                             (401, 200, 200, 200, 200, 200)),
    Row("POST", V1 + "courses",                            (401, 403, 403, 403, 403, 400)),
    Row("GET", V1 + "courses/<uuid:course_id>",            (401, 404, 200, 404, 200, 200)),
    Row("PATCH", V1 + "courses/<uuid:course_id>",          (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "courses/<uuid:course_id>/enrolments", (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "courses/<uuid:course_id>/enrolments",
                                                           (401, 403, 403, 404, 201, 201)),
    Row("DELETE", V1 + "courses/<uuid:course_id>/enrolments/<uuid:student_id>",
                                                           (401, 403, 403, 404, 204, 404)),
    Row("POST", V1 + "courses/<uuid:course_id>/enrolments/<uuid:student_id>/move",
                                                           (401, 403, 403, 404, 400, 400)),
    Row("GET", V1 + "courses/<uuid:course_id>/staff",      (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "courses/<uuid:course_id>/staff-events", (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "courses/<uuid:course_id>/staff",     (401, 403, 403, 404, 201, 201)),
    Row("PATCH", V1 + "courses/<uuid:course_id>/staff/<uuid:person_id>",
                                                           (401, 403, 403, 404, 400, 400)),
    Row("DELETE", V1 + "courses/<uuid:course_id>/staff/<uuid:person_id>",
                                                           (401, 403, 403, 404, 204, 404)),
    Row("PUT", V1 + "courses/<uuid:course_id>/teacher",    (401, 403, 403, 404, 400, 400)),
    Row("GET", V1 + "imports",                             (401, 403, 403, 200, 200, 200)),
    Row("POST", V1 + "imports/sessions",                   (401, 403, 403, 415, 415, 415)),
    Row("GET", V1 + "imports/<uuid:record_id>",            (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "imports/<uuid:record_id>/take-back", (401, 403, 403, 404, 200, 409)),
    Row("GET", V1 + "calendars",                           (401, 403, 403, 200, 200, 200)),
    Row("POST", V1 + "calendars",                          (401, 403, 403, 400, 400, 400)),
    Row("GET", V1 + "calendars/<uuid:subscription_id>",    (401, 403, 403, 404, 200, 404)),
    Row("PATCH", V1 + "calendars/<uuid:subscription_id>",  (401, 403, 403, 404, 200, 404)),
    Row("POST", V1 + "calendars/<uuid:subscription_id>/read",
                                                           (401, 403, 403, 404, 200, 404)),
    Row("DELETE", V1 + "calendars/<uuid:subscription_id>", (401, 403, 403, 404, 204, 404)),
    Row("GET", V1 + "sessions",                            (401, 200, 200, 200, 200, 200)),
    Row("POST", V1 + "sessions",                           (401, 403, 403, 400, 201, 201)),
    Row("GET", V1 + "sessions/<uuid:session_id>",          (401, 404, 200, 404, 200, 200)),
    Row("PATCH", V1 + "sessions/<uuid:session_id>",        (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "courses/<uuid:course_id>/series",    (401, 403, 403, 404, 400, 400)),
    Row("POST", V1 + "sessions/<uuid:session_id>/move-series",
                                                           (401, 403, 403, 404, 409, 409)),
    Row("POST", V1 + "series-moves/<uuid:move_id>/undo",   (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "closed-days",                         (401, 200, 200, 200, 200, 200),
        tells=ROLES),
    Row("POST", V1 + "closed-days",                        (401, 403, 403, 403, 403, 400)),
    Row("DELETE", V1 + "closed-days/<uuid:day_id>",        (401, 403, 403, 403, 403, 204)),
    Row("POST", V1 + "sessions/<uuid:session_id>/open",    (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "sessions/<uuid:session_id>/close",   (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "sessions/<uuid:session_id>/annul",   (401, 403, 403, 404, 400, 400)),
    Row("POST", V1 + "sessions/<uuid:session_id>/restore", (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "sessions/<uuid:session_id>/cancel",  (401, 403, 403, 404, 409, 409)),
    Row("POST", V1 + "sessions/<uuid:session_id>/record",  (401, 403, 403, 404, 409, 409)),
    Row("GET", V1 + "sessions/<uuid:session_id>/events",   (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "sessions/<uuid:session_id>/register", (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "sessions/<uuid:session_id>/short-code",
                                                           (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "sessions/<uuid:session_id>/code-showings",
                                                           (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "sessions/<uuid:session_id>/beacon",   (401, 403, 403, 404, 200, 403)),
    Row("PUT", V1 + "sessions/<uuid:session_id>/substitute",
                                                           (401, 403, 403, 404, 400, 400)),
    Row("GET", V1 + "beacon/assignment",                   (401, 403, 403, 403, 403, 403)),
    Row("GET", V1 + "qr/generate/<uuid:session_id>",       (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "sessions/<uuid:session_id>/guests",   (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "sessions/<uuid:session_id>/guests",  (401, 403, 403, 404, 400, 400)),
    Row("DELETE", V1 + "guests/<uuid:guest_id>",           (401, 403, 403, 404, 204, 204)),
    Row("POST", V1 + "guests/<uuid:guest_id>/enrol",       (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "excuse-kinds",                        (401, 200, 200, 200, 200, 200)),
    Row("POST", V1 + "excuse-kinds",                       (401, 403, 403, 403, 403, 400)),
    Row("PATCH", V1 + "excuse-kinds/<uuid:kind_id>",       (401, 403, 403, 403, 403, 200)),
    Row("GET", V1 + "excuses",                             (401, 200, 200, 200, 200, 200)),
    Row("POST", V1 + "excuses",                            (401, 403, 403, 404, 201, 201)),
    Row("POST", V1 + "excuses/<uuid:excuse_id>/revoke",    (401, 403, 403, 404, 200, 200)),
    Row("POST", V1 + "attendance/manual",                  (401, 403, 403, 404, 200, 200)),
]
VERIFICATION = [
    Row("POST", V1 + "qr/scan",                            (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "bluetooth/check",                    (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "sound/check",                        (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "passkey/check",                      (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "face/verify",                        (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "attendance/attempts",                (401, 404, 201, 403, 403, 403)),
    Row("POST", V1 + "attendance/mark",                    (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "attendance/check-in",                (401, 400, 400, 403, 403, 403)),
    Row("GET", V1 + "face",                                (401, 200, 200, 403, 403, 403)),
    Row("DELETE", V1 + "face",                             (401, 204, 204, 403, 403, 403)),
    Row("GET", V1 + "face/consent",                        (401, 200, 200, 403, 403, 403)),
    Row("POST", V1 + "face/consent",                       (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "face/enroll",                        (401, 400, 400, 403, 403, 403)),
    Row("POST", V1 + "face/enroll/challenge",              (401, 403, 403, 403, 403, 403)),
    Row("POST", V1 + "face/not-me",                        (401, 409, 200, 403, 403, 403)),
    Row("GET", V1 + "face/accesses",                       (401, 200, 200, 403, 403, 403)),
    Row("GET", V1 + "face/waiting",                        (401, 403, 403, 200, 200, 200)),
    Row("POST", V1 + "face/waiting/<uuid:template_id>",    (401, 403, 403, 404, 200, 409)),
    Row("GET", V1 + "face/look-alikes",                    (401, 403, 403, 200, 200, 200)),
    Row("POST", V1 + "face/look-alikes/<uuid:pair_id>",    (401, 403, 403, 404, 204, 404)),
    Row("GET", V1 + "attendance/reviews",                  (401, 403, 403, 200, 200, 200)),
    Row("POST", V1 + "attendance/reviews/<uuid:decision_id>",
                                                           (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "warnings",                            (401, 200, 200, 200, 200, 200)),
    Row("POST", V1 + "warnings/<uuid:warning_id>/appeal",  (401, 404, 200, 403, 403, 403)),
    Row("POST", V1 + "warnings/<uuid:warning_id>/verdict", (401, 403, 403, 404, 200, 409)),
    Row("GET", V1 + "warned-users",                        (401, 403, 403, 200, 200, 200)),
]
REPORTS = [
    Row("GET", V1 + "attendance/statistics/today/<uuid:user_id>",
                                                           (401, 404, 200, 404, 200, 200)),
    Row("GET", V1 + "attendance/statistics/all/<uuid:user_id>",
                                                           (401, 404, 200, 404, 200, 200)),
    Row("GET", V1 + "attendance/statistics/sessions/<uuid:user_id>",
                                                           (401, 404, 200, 404, 200, 200)),
    Row("GET", V1 + "my-data",                             (401, 200, 200, 403, 403, 403)),
    Row("GET", V1 + "attendance/data/class/<uuid:class_id>",
                                                           (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "attendance/data/subject/<uuid:subject_id>",
                                                           (401, 403, 403, 404, 200, 200)),
    Row("GET", V1 + "attendance/weeks",                    (401, 403, 403, 200, 200, 200)),
    Row("GET", V1 + "admin/student-profile/<uuid:student_id>/warnings",
                                                           (401, 403, 403, 403, 403, 200)),
    Row("GET", V1 + "admin/student-profile/<uuid:student_id>",
                                                           (401, 403, 403, 403, 403, 200)),
    Row("GET", V1 + "admin/stats",                         (401, 403, 403, 403, 403, 200)),
    Row("GET", V1 + "errors",                              (401, 403, 403, 403, 403, 200)),
    Row("GET", V1 + "schema",                              everyone(200)),
    Row("GET", V1 + "docs",                                everyone(200)),
]
PAGES = [
    Row("GET", "admin/",                                   (302, 302, 302, 302, 302, 200)),
    Row("GET", "texts.js",                                 everyone(200)),
    Row("GET", "login/",                                   (200, 302, 302, 302, 302, 302)),
    Row("POST", "login/",                                  (400, 302, 302, 302, 302, 302)),
    Row("PUT", "login/",                                   (400, 302, 302, 302, 302, 302)),
    Row("POST", "logout/",                                 everyone(302)),
    Row("GET", "join/",                                    (200, 302, 302, 302, 302, 302)),
    Row("POST", "join/",                                   (400, 302, 302, 302, 302, 302)),
    Row("GET", "people/",                                  (302, 403, 403, 403, 403, 200)),
    Row("GET", "people/merges/",                           (302, 403, 403, 403, 403, 200)),
    Row("POST", "people/merges/<uuid:merge_id>/undo/",     (302, 403, 403, 403, 403, 302)),
    Row("GET", "people/<uuid:account_id>/",                (302, 403, 403, 403, 403, 200)),
    Row("POST", "people/<uuid:account_id>/",               (302, 403, 403, 403, 403, 400)),
    Row("GET", "people/names/",                            (302, 403, 403, 403, 403, 200)),
    Row("POST", "people/names/<uuid:request_id>/",         (302, 403, 403, 403, 403, 302)),
    Row("POST", "people/<uuid:account_id>/confirm/",       (302, 403, 403, 403, 403, 302)),
    Row("POST", "people/<uuid:account_id>/switch/",        (302, 403, 403, 403, 403, 302)),
    Row("GET", "people/<uuid:account_id>/merge/",          (302, 403, 403, 403, 403, 200)),
    Row("POST", "people/<uuid:account_id>/merge/",         (302, 403, 403, 403, 403, 400)),
    Row("GET", "people/waiting/",                          (302, 403, 403, 403, 403, 200)),
    Row("POST", "people/<uuid:account_id>/approve/",       (302, 403, 403, 403, 403, 302)),
    Row("GET", "people/erasures/",                         (302, 403, 403, 403, 403, 200)),
    Row("GET", "account/",                                 (302, 200, 200, 200, 200, 200)),
    Row("GET", "account/password/",                        (302, 200, 200, 200, 200, 200)),
    Row("POST", "account/password/",                       (302, 400, 400, 400, 400, 400)),
    Row("GET", ".well-known/security.txt",                 everyone(404)),
    Row("GET", "healthz",                                  everyone(200)),
    Row("GET", "readyz",                                   everyone(200)),
    Row("GET", "password/forgotten/",                      everyone(200)),
    Row("POST", "password/forgotten/",                     everyone(400)),
    Row("GET", "password/new/",                            everyone(200)),
    Row("POST", "password/new/",                           everyone(400)),
    Row("GET", "password/new/<str:uidb64>/",               everyone(200)),
    Row("POST", "password/new/<str:uidb64>/",              everyone(200)),
    Row("PUT", "password/new/<str:uidb64>/",               everyone(200)),
    Row("GET", "confirm/",                                 everyone(200)),
    Row("POST", "confirm/",                                everyone(400)),
    Row("GET", "",                                         (302, 200, 200, 200, 200, 200)),
    Row("GET", "sessions/<uuid:session_id>/live/",         (302, 404, 404, 404, 200, 200)),
    Row("GET", "sessions/<uuid:session_id>/live/state",    (401, 404, 404, 404, 200, 200)),
    Row("GET", "sessions/<uuid:session_id>/live/short-code",
                                                           (302, 404, 404, 404, 200, 200)),
    Row("GET", "sessions/<uuid:session_id>/live/sound",    (302, 404, 404, 404, 200, 200)),
    Row("GET", "sound/worker.js",                          everyone(200)),
    Row("POST", "sessions/<uuid:session_id>/open/",        (302, 404, 404, 404, 302, 302)),
    Row("POST", "sessions/<uuid:session_id>/close/",       (302, 404, 404, 404, 302, 302)),
    Row("GET", "sessions/<uuid:session_id>/register/",     (302, 404, 404, 404, 200, 200)),
    Row("GET", "sessions/<uuid:session_id>/register/<uuid:student_id>/",
                                                           (302, 404, 404, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/register/<uuid:student_id>/",
                                                           (302, 404, 404, 404, 400, 400)),
    Row("POST", "sessions/<uuid:session_id>/heads/",       (302, 404, 404, 404, 302, 302)),
    Row("GET", "sessions/<uuid:session_id>/beacon/",       (302, 403, 403, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/beacon/",      (302, 403, 403, 404, 200, 404)),
    Row("GET", "beacons/",                                 (302, 403, 403, 200, 200, 200)),
    Row("POST", "beacons/<uuid:token_id>/revoke/",         (302, 403, 403, 404, 302, 302)),
    Row("GET", "sessions/<uuid:session_id>/change/",       (302, 403, 403, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/change/",      (302, 403, 403, 404, 400, 400)),
    Row("GET", "sessions/<uuid:session_id>/move-series/",  (302, 403, 403, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/move-series/", (302, 403, 403, 404, 400, 400)),
    Row("POST", "series-moves/<uuid:move_id>/undo/",       (302, 403, 403, 404, 302, 302)),
    Row("GET", "closed-days/",                             (302, 403, 403, 403, 403, 200)),
    Row("POST", "closed-days/",                            (302, 403, 403, 403, 403, 400)),
    Row("GET", "closed-days/import/",                      (302, 403, 403, 403, 403, 302)),
    Row("POST", "closed-days/import/",                     (302, 403, 403, 403, 403, 400)),
    Row("POST", "closed-days/<uuid:day_id>/remove/",       (302, 403, 403, 403, 403, 302)),
    Row("GET", "sessions/<uuid:session_id>/counting/",     (302, 403, 403, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/counting/",    (302, 403, 403, 404, 400, 400)),
    Row("GET", "sessions/<uuid:session_id>/cancel/",       (302, 403, 403, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/cancel/",      (302, 403, 403, 404, 302, 302)),
    Row("POST", "sessions/<uuid:session_id>/restore/",     (302, 403, 403, 404, 302, 302)),
    Row("GET", "sessions/<uuid:session_id>/annul/",        (302, 403, 403, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/annul/",       (302, 403, 403, 404, 400, 400)),
    Row("GET", "sessions/<uuid:session_id>/record/",       (302, 403, 403, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/record/",      (302, 403, 403, 404, 400, 400)),
    Row("GET", "sessions/forgotten/",                      (302, 403, 403, 200, 200, 200)),
    Row("POST", "marks/<uuid:mark_id>/undo/",              (302, 404, 404, 404, 302, 404)),
    Row("GET", "courses/",                                 (302, 403, 403, 200, 200, 200)),
    Row("GET", "courses/<uuid:course_id>/",                (302, 403, 403, 404, 200, 200)),
    Row("GET", "courses/<uuid:course_id>/policy/",         (302, 403, 403, 404, 200, 200)),
    Row("POST", "courses/<uuid:course_id>/policy/",        (302, 403, 403, 404, 400, 400)),
    Row("GET", "courses/<uuid:course_id>/plan/",           (302, 403, 403, 404, 200, 200)),
    Row("POST", "courses/<uuid:course_id>/plan/",          (302, 403, 403, 404, 400, 400)),
    Row("GET", "courses/<uuid:course_id>/staff/",          (302, 403, 403, 404, 200, 200)),
    Row("POST", "courses/<uuid:course_id>/staff/",         (302, 403, 403, 404, 400, 400)),
    Row("POST", "courses/<uuid:course_id>/staff/<uuid:person_id>/role/",
                                                           (302, 403, 403, 404, 302, 302)),
    Row("POST", "courses/<uuid:course_id>/staff/<uuid:person_id>/remove/",
                                                           (302, 403, 403, 404, 302, 404)),
    Row("GET", "courses/<uuid:course_id>/teacher/",        (302, 403, 403, 404, 200, 200)),
    Row("POST", "courses/<uuid:course_id>/teacher/",       (302, 403, 403, 404, 400, 400)),
    Row("GET", "sessions/<uuid:session_id>/substitute/",   (302, 403, 403, 404, 200, 200)),
    Row("POST", "sessions/<uuid:session_id>/substitute/",  (302, 403, 403, 404, 302, 302)),
    Row("GET", "courses/<uuid:course_id>/students/",       (302, 403, 403, 404, 200, 200)),
    Row("POST", "courses/<uuid:course_id>/students/",      (302, 403, 403, 404, 400, 400)),
    Row("POST", "courses/<uuid:course_id>/students/<uuid:student_id>/withdraw/",
                                                           (302, 403, 403, 404, 302, 302)),
    Row("GET", "courses/<uuid:course_id>/students/<uuid:student_id>/move/",
                                                           (302, 403, 403, 404, 200, 200)),
    Row("POST", "courses/<uuid:course_id>/students/<uuid:student_id>/move/",
                                                           (302, 403, 403, 404, 400, 400)),
    Row("GET", "courses/<uuid:course_id>/students/<uuid:student_id>/excuse/",
                                                           (302, 403, 403, 404, 200, 200)),
    Row("POST", "courses/<uuid:course_id>/students/<uuid:student_id>/excuse/",
                                                           (302, 403, 403, 404, 400, 400)),
    Row("POST", "excuses/<uuid:excuse_id>/revoke/",        (302, 403, 403, 404, 302, 302)),
    Row("POST", "sessions/<uuid:session_id>/guests/",      (302, 404, 404, 404, 302, 302)),
    Row("POST", "guests/<uuid:guest_id>/remove/",          (302, 404, 404, 404, 302, 302)),
    Row("POST", "guests/<uuid:guest_id>/enrol/",           (302, 404, 404, 404, 302, 302)),
    Row("GET", "excuse-kinds/",                            (302, 403, 403, 403, 403, 200)),
    Row("POST", "excuse-kinds/",                           (302, 403, 403, 403, 403, 400)),
    Row("GET", "excuse-kinds/<uuid:kind_id>/",             (302, 403, 403, 403, 403, 200)),
    Row("POST", "excuse-kinds/<uuid:kind_id>/",            (302, 403, 403, 403, 403, 400)),
    Row("GET", r"^[Qq]/(?P<token>[^/]+)/?$",               everyone(200)),
    Row("POST", "reviews/<uuid:decision_id>/verdict/",     (302, 404, 404, 404, 302, 302)),
    Row("GET", "student/",                                 everyone(200)),
    Row("GET", "student/manifest.webmanifest",             everyone(200)),
    Row("GET", "student/sw.js",                            everyone(200)),
    Row("GET", "approvals/",                               (302, 403, 403, 200, 200, 200)),
    Row("POST", "verdicts/<uuid:verdict_id>/undo/",        (302, 404, 404, 404, 302, 404)),
    Row("POST", "warnings/<uuid:warning_id>/verdict/",     (302, 403, 403, 404, 302, 302)),
    Row("POST", "faces/<uuid:template_id>/verdict/",       (302, 403, 403, 404, 302, 302)),
    Row("POST", "faces/<uuid:template_id>/picture/",       (302, 403, 403, 404, 302, 302)),
    Row("POST", "look-alikes/<uuid:pair_id>/verdict/",     (302, 403, 403, 404, 302, 404)),
    Row("POST", "phones/<uuid:device_id>/approve/",        (302, 403, 403, 404, 302, 404),
        {"device_id": "waiting_device_id"}),
]
REPORT_PAGES = [
    Row("GET", "office/",                                  (302, 403, 403, 403, 403, 200)),
    Row("GET", "office/today/",                            (302, 403, 403, 403, 403, 200)),
    Row("GET", "office/errors/",                           (302, 403, 403, 403, 403, 200)),
    Row("GET", "office/errors/<uuid:event_id>/",           (302, 403, 403, 403, 403, 200)),
    Row("GET", "reports/",                                 (302, 403, 403, 200, 200, 200)),
    Row("GET", "reports/courses/<uuid:course_id>/",        (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/courses/<uuid:course_id>/matrix.csv",
                                                           (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/courses/<uuid:course_id>/matrix.xlsx",
                                                           (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/attendance/",                      (302, 403, 403, 200, 200, 200)),
    Row("GET", "reports/attendance/rows.csv",              (302, 403, 403, 200, 200, 200)),
    Row("GET", "reports/attendance/rows.xlsx",             (302, 403, 403, 200, 200, 200)),
    Row("GET", "reports/classes/<uuid:class_id>/",         (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/classes/<uuid:class_id>/rows.csv", (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/classes/<uuid:class_id>/rows.xlsx",
                                                           (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/subjects/<uuid:subject_id>/",      (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/subjects/<uuid:subject_id>/rows.csv",
                                                           (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/subjects/<uuid:subject_id>/rows.xlsx",
                                                           (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/students/<uuid:student_id>/",      (302, 403, 403, 404, 200, 200)),
    Row("GET", "reports/sessions/",                        (302, 403, 403, 200, 200, 200)),
    Row("GET", "reports/check-ins/",                       (302, 403, 403, 200, 200, 200)),
    Row("GET", "reports/reviews/",                         (302, 403, 403, 200, 200, 200)),
    Row("GET", "reports/warned/",                          (302, 403, 403, 200, 200, 200)),
    Row("GET", "imports/enrolments/",                      (302, 403, 403, 403, 403, 200)),
    Row("POST", "imports/enrolments/",                     (302, 403, 403, 403, 403, 400)),
    Row("GET", "imports/enrolments/preview/",              (302, 403, 403, 403, 403, 302)),
    Row("POST", "imports/enrolments/apply/",               (302, 403, 403, 403, 403, 302)),
    Row("GET", "imports/enrolments/words/",                (302, 403, 403, 403, 403, 302)),
    Row("POST", "imports/enrolments/words/",               (302, 403, 403, 403, 403, 302)),
    Row("GET", "imports/enrolments/columns/",              (302, 403, 403, 403, 403, 302)),
    Row("POST", "imports/enrolments/columns/",             (302, 403, 403, 403, 403, 302)),
    Row("GET", "imports/enrolments/template.xlsx",         (302, 403, 403, 403, 403, 200)),
    Row("GET", "imports/enrolments/export/",               (302, 403, 403, 403, 403, 200)),
    Row("GET", "imports/marks/",                           (302, 403, 403, 200, 200, 200)),
    Row("POST", "imports/marks/",                          (302, 403, 403, 400, 400, 400)),
    Row("GET", "imports/marks/preview/",                   (302, 403, 403, 302, 302, 302)),
    Row("POST", "imports/marks/apply/",                    (302, 403, 403, 302, 302, 302)),
    Row("GET", "imports/marks/columns/",                   (302, 403, 403, 302, 302, 302)),
    Row("POST", "imports/marks/columns/",                  (302, 403, 403, 302, 302, 302)),
    Row("GET", "imports/sessions/",                        (302, 403, 403, 200, 200, 200)),
    Row("POST", "imports/sessions/",                       (302, 403, 403, 400, 400, 400)),
    Row("GET", "imports/sessions/preview/",                (302, 403, 403, 302, 302, 302)),
    Row("POST", "imports/sessions/apply/",                 (302, 403, 403, 302, 302, 302)),
    Row("GET", "imports/sessions/columns/",                (302, 403, 403, 302, 302, 302)),
    Row("POST", "imports/sessions/columns/",               (302, 403, 403, 302, 302, 302)),
    Row("GET", "imports/sessions/template.xlsx",           (302, 403, 403, 200, 200, 200)),
    Row("GET", "imports/timetable/",                       (302, 403, 403, 200, 200, 200)),
    Row("POST", "imports/timetable/",                      (302, 403, 403, 400, 400, 400)),
    Row("GET", "imports/timetable/preview/",               (302, 403, 403, 302, 302, 302)),
    Row("POST", "imports/timetable/apply/",                (302, 403, 403, 302, 302, 302)),
    Row("GET", "imports/",                                 (302, 403, 403, 200, 200, 200)),
    Row("GET", "imports/calendars/",                       (302, 403, 403, 200, 200, 200)),
    Row("POST", "imports/calendars/",                      (302, 403, 403, 400, 400, 400)),
    Row("POST", "imports/calendars/<uuid:subscription_id>/look/",
        (302, 403, 403, 404, 302, 404)),
    Row("POST", "imports/calendars/<uuid:subscription_id>/remove/",
        (302, 403, 403, 404, 302, 404)),
    Row("GET", "imports/<uuid:record_id>/",                (302, 403, 403, 404, 200, 200)),
    Row("POST", "imports/<uuid:record_id>/take-back/",     (302, 403, 403, 404, 302, 302)),
    Row("GET", "imports/invitations/",                     (302, 403, 403, 403, 403, 200)),
    Row("POST", "imports/invitations/",                    (302, 403, 403, 403, 403, 302)),
    Row("POST", "imports/invitations/print/",              (302, 403, 403, 403, 403, 302)),
]
# fmt: on
ROWS = [*ACCOUNTS, *TEACHING, *VERIFICATION, *REPORTS, *PAGES, *REPORT_PAGES]
MULTIPART = {V1 + p for p in ("face/verify", "face/enroll", "attendance/check-in")}
STRANGERS = ("anonymous", "outsider", "colleague")


# Routes whose body names the person, or whose body is read before the thing is looked up.
BODIES: dict[str, dict[str, str]] = {
    V1 + "face/waiting/<uuid:template_id>": {"verdict": "reject"},
    V1 + "face/look-alikes/<uuid:pair_id>": {"note": "They are twins."},
    V1 + "attendance/reviews/<uuid:decision_id>": {"verdict": "refused"},
    V1 + "warnings/<uuid:warning_id>/appeal": {"text": "I was there."},
    V1 + "warnings/<uuid:warning_id>/verdict": {"verdict": "upheld"},
    V1 + "courses/<uuid:course_id>/enrolments": {"students": ["{student_id}"]},
    V1 + "courses/<uuid:course_id>/staff": {"institution_number": "T8"},
    V1 + "attendance/manual": {
        "session": "{session_id}",
        "student": "{student_id}",
        "status": "present",
        "reason": "Phone was flat.",
        "nonce": "access-nonce-1",
    },
    V1 + "excuses": {
        "student": "{student_id}",
        "course": "{course_id}",
        "from_date": "2026-03-02",
        "until_date": "2026-03-02",
        "note": "A doctor's note.",
    },
    V1 + "sessions": {
        "course": "{course_id}",
        "starts_at": "2026-03-02T09:00:00Z",
        "ends_at": "2026-03-02T10:00:00Z",
        "allow_overlaps": True,
    },
    V1 + "attendance/attempts": {"session": "{session_id}", "nonce": "access-nonce-2"},
    "reviews/<uuid:decision_id>/verdict/": {"verdict": "refused"},
    "warnings/<uuid:warning_id>/verdict/": {"verdict": "upheld"},
    "faces/<uuid:template_id>/verdict/": {"verdict": "approve"},
    "look-alikes/<uuid:pair_id>/verdict/": {"verdict": "two_people", "note": "They are twins."},
}


AREAS = {
    "accounts": ACCOUNTS,
    "teaching": TEACHING,
    "verification": VERIFICATION,
    "reports": REPORTS,
    "pages": PAGES,
    "report pages": REPORT_PAGES,
}
READING = {area: [row for row in rows if row.method == "GET"] for area, rows in AREAS.items()}
WRITING = {area: [row for row in rows if row.method != "GET"] for area, rows in AREAS.items()}
ONE_BY_ONE = {f"{row.method} {row.route}": [row] for rows in WRITING.values() for row in rows}
"""Each row that writes has a world of its own where the database takes nothing back."""


def _by_name(groups: dict[str, list[Row]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rows", groups.values(), ids=groups)


@pytest.mark.slow
@pytest.mark.long
@_by_name(WRITING if CAN_TAKE_BACK else ONE_BY_ONE)
def test_each_role_gets_the_status_of_its_column(rows: list[Row], world: World, subtests):
    """They share one world, since what a row has written is taken back after it."""
    for row in rows:
        whole = taken_back() if CAN_TAKE_BACK else nullcontext()
        with subtests.test(f"{row.method} {row.route}"), whole:
            _check(row, world)


@pytest.mark.slow
@pytest.mark.long
@_by_name(READING)
def test_each_role_gets_the_status_of_its_column_where_it_reads(
    rows: list[Row], world: World, subtests
):
    """They share one world, since reading changes nothing."""
    for row in rows:
        with subtests.test(row.route):
            _check(row, world)


def _check(row: Row, world: World) -> None:
    path = path_of(row, world)
    got = {role: _answer(row, path, role, world) for role in ROLES}
    assert {role: response.status_code for role, response in got.items()} == dict(
        zip(ROLES, row.statuses, strict=True)
    )
    for role in set(STRANGERS) - set(row.tells):
        asked = path + str(_body(BODIES.get(row.route, {}), world))
        assert _told(got[role], asked, world) == [], role
    if path.startswith("/api/"):
        refused = [r.json() for r in got.values() if r.status_code >= 400]
        assert all(set(body) == {"code", "detail", "fields"} for body in refused)


def _answer(row: Row, path: str, role: str, world: World) -> Any:
    call = getattr(world.client(role, path), row.method.lower())
    if row.method == "GET":
        return call(path)
    body = _body(BODIES.get(row.route, {}), world) if row.method == "POST" else {}
    if path.startswith("/api/"):
        return call(path, body, format="multipart" if row.route in MULTIPART else "json")
    return call(path, body)


def _body(value: Any, world: World) -> Any:
    if isinstance(value, dict):
        return {name: _body(inner, world) for name, inner in value.items()}
    if isinstance(value, list):
        return [_body(inner, world) for inner in value]
    return value.format(**world.ids) if isinstance(value, str) else value


def _told(response: Any, asked: str, world: World) -> list[str]:
    """Things of the student's course that the answer names, but the question did not."""
    text = response.content.decode(errors="replace") + response.headers.get("Location", "")
    return [
        name
        for name, value in world.ids.items()
        if name not in ("token", "uidb64", "account_id", "kind_id")
        and str(value) in text
        and str(value) not in asked
    ]


def path_of(row: Row, world: World) -> str:
    if row.route.startswith("^"):
        return f"/q/{world.ids['token']}"
    parts = ("/" + row.route).split("/")
    return "/".join(_filled(part, row, world) for part in parts)


def _filled(part: str, row: Row, world: World) -> str:
    if not part.startswith("<"):
        return part
    name = part.strip("<>").partition(":")[2]
    return str(world.ids[row.ids.get(name, name)])


def test_every_route_and_method_has_a_row_and_every_row_a_route():
    rows = {(row.method, row.route) for row in ROWS}
    routes = set(_routes(get_resolver().url_patterns))
    assert {route for _, route in routes} - {route for _, route in rows} == set()
    # Views that are functions do not say which methods they take.
    classes = {(method, route) for method, route in routes if method}
    assert classes - rows == set()
    assert {route for _, route in rows} - {route for _, route in routes} == set()
    assert len(rows) == len(ROWS)


def _routes(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Method (empty where the view does not say) and route. Django's admin is one route."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield from ((method, route) for method in _methods(pattern.callback))
        elif pattern.namespace == "admin":
            yield "", route
        else:
            yield from _routes(pattern.url_patterns, route)


def _methods(view: Any) -> list[str]:
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    known = ("get", "post", "put", "patch", "delete")
    taken = [m for m in known if hasattr(cls, m) and m in cls.http_method_names]
    return [method.upper() for method in taken] or [""]


SECRET_WORDS = ("token", "secret", "key", "code", "password")
IN_A_PATH = {"code-page": "it is good for seconds, and a camera app opens what the wall shows"}
"""Routes whose path holds something secret, each with why that is so."""


def test_no_secret_stands_in_a_path_which_a_server_logs():
    named = {
        pattern.name
        for pattern in _patterns(get_resolver().url_patterns)
        for parameter in {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
        if any(word in parameter for word in SECRET_WORDS) and not parameter.endswith("_id")
    }
    assert named == IN_A_PATH.keys()


def _patterns(patterns):
    for each in patterns:
        yield from _patterns(each.url_patterns) if hasattr(each, "url_patterns") else [each]
