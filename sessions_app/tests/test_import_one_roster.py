"""OneRoster 1.1 and 1.2: the files as a set in one ZIP file, and each of them alone."""

import io
import zipfile

import pytest

from accounts.models import Role, User
from sessions_app.imports import Action
from sessions_app.models import ClassGroup, Course, Subject
from sessions_app.tests.import_files import names, plan, refused, run

USERS = """\
sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,\
familyName,middleName,identifier,email
u1,active,2026-01-01,true,o1,student,ann,,Ann,Berg,,20240012,ann@x.example
u2,active,2026-01-01,true,o1,student,bo,,Bo,Lund,,20240013,bo@x.example
u3,tobedeleted,2026-01-01,true,o1,student,cy,,Cy,Gone,,20240014,cy@x.example
u4,active,2026-01-01,true,o1,teacher,tea,,Tea,Cher,,L7,tea@x.example
u5,active,2026-01-01,true,o1,teacher,tom,,Tom,Other,,L8,tom@x.example
u6,active,2026-01-01,true,o1,guardian,pa,,Pa,Berg,,,pa@x.example
u7,active,2026-01-01,true,o1,student,di,,Di,Alone,,20240015,di@x.example
"""
COURSES = "sourcedId,status,title,courseCode,orgSourcedId\nk1,active,Databases,DB,o1\n"
CLASSES = """\
sourcedId,status,title,grades,courseSourcedId,classCode,classType,schoolSourcedId
c1,active,Databases A,,k1,DB-A,scheduled,o1
c2,inactive,Databases B,,k1,DB-B,scheduled,o1
"""
ENROLMENTS = """\
sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary
e1,active,c1,o1,u1,student,false
e2,active,c1,o1,u5,teacher,false
e3,active,c1,o1,u4,teacher,true
e4,active,c1,o1,u3,student,false
e5,tobedeleted,c1,o1,u2,student,false
e6,active,c2,o1,u2,student,false
e7,active,c1,o1,u1,student,false
e8,active,c1,o1,u6,guardian,false
"""
SET = {
    "users.csv": USERS,
    "courses.csv": COURSES,
    "classes.csv": CLASSES,
    "enrollments.csv": ENROLMENTS,
    "manifest.csv": "propertyName,value\noneroster.version,1.1\n",
}


def packed(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in files.items():
            parts.writestr(f"export/{name}", text)
    return out.getvalue()


def numbers(role: Role) -> set[str]:
    return set(User.objects.filter(role=role).values_list("institution_number", flat=True))


def test_a_set_gives_people_courses_teachers_and_enrolments(db):
    made = run(packed(SET))
    assert numbers(Role.STUDENT) == {"20240012", "20240013", "20240015"}
    assert numbers(Role.TEACHER) == {"L7", "L8"}
    course = Course.objects.get()
    assert (str(course), course.teacher.institution_number) == ("Databases · DB-A", "L7")
    assert [each.person.institution_number for each in course.staff.all()] == ["L8"]
    assert [e.student.institution_number for e in course.enrolments.all()] == ["20240012"]
    assert any("line 5 “u3, c1”; line 7 “u2, c2”" in note for note in made.notes)
    assert plan(packed(SET)).writes == []


def test_a_set_of_the_newer_version_tells_roles_apart(db):
    users = "\n".join(
        ",".join(cell for at, cell in enumerate(line.split(",")) if at != 5)
        for line in USERS.splitlines()
    )
    roles = """\
sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId
r1,active,,u1,primary,student,,,o1
r2,active,,u4,primary,teacher,,,o1
r3,active,,u5,primary,teacher,,,o1
r4,active,,u6,primary,guardian,,,o1
r5,active,,u7,primary,student,,,o1
r6,active,,u2,primary,student,,,o1
"""
    run(packed(SET | {"users.csv": users, "roles.csv": roles}))
    assert numbers(Role.STUDENT) == {"20240012", "20240013", "20240015"}
    assert numbers(Role.TEACHER) == {"L7", "L8"}


def test_classes_with_one_code_are_told_apart_by_their_id(db):
    classes = CLASSES + "c3,active,Databases C,,k1,DB-A,scheduled,o1\n"
    enrolments = ENROLMENTS + "e9,active,c3,o1,u4,teacher,true\n"
    run(packed(SET | {"classes.csv": classes, "enrollments.csv": enrolments}))
    assert set(ClassGroup.objects.values_list("code", flat=True)) == {"c1", "c3"}


def test_a_file_of_enrolments_alone_enrols_who_is_here(course, outsider):
    data = ENROLMENTS.replace("c1,", "CSE-A,").replace(",u1,", ",S9,").splitlines()
    made = run("\n".join([data[0], data[1]]).encode())
    assert names(made, Action.ADDED) == ["enrolment Student S9 (S9) in OS · CSE-A · T1"]


def test_enrolments_of_people_who_are_not_here_are_named(course):
    data = "\n".join(ENROLMENTS.replace("c1,", "CSE-A,").splitlines()[:2]).encode()
    assert "the student U1 is not here yet" in refused(data)[0]


def test_a_file_of_classes_or_courses_alone_gives_these(db):
    run(CLASSES.encode())
    assert list(ClassGroup.objects.values_list("code", "name")) == [("DB-A", "Databases A")]
    run(COURSES.encode())
    assert list(Subject.objects.values_list("code", "name")) == [("DB", "Databases")]
    assert not User.objects.exists()


def test_a_file_of_roles_alone_is_refused_with_what_to_do(db):
    data = b"sourcedId,status,userSourcedId,roleType,role\nr1,active,u1,primary,student\n"
    assert "into one ZIP file" in refused(data)[0]


@pytest.mark.parametrize("cut", [30, 200])
def test_a_damaged_set_is_refused(db, cut):
    assert refused(packed(SET)[:-cut])


def test_a_set_that_would_unpack_to_too_much_is_refused(db):
    assert "too large" in refused(packed(SET | {"users.csv": "x" * 70_000_000}))[0]
