"""The columns of a file of people, classes, courses and enrolments, by our names and by those of
other systems."""

from django.utils.translation import gettext_lazy as _

from attendance_project.tables import Column, Kind, Layout, systems

STUDENT_GIVEN = "student_given_name"
STUDENT_FAMILY = "student_family_name"
TEACHER_GIVEN = "teacher_given_name"
TEACHER_FAMILY = "teacher_family_name"
SUBJECT_NUMBER = "subject_number"
ROLE = "role"
STATUS = "status"
ENABLED = "enabled"
TIME_ZONE = "time_zone"

ENROLMENTS = Layout(
    "enrolments",
    (
        Column("student_number", Kind.NUMBER, _("Student: number"), systems.NUMBER),
        Column("student_email", Kind.EMAIL, _("Student: e-mail"), systems.EMAIL),
        Column("student_name", Kind.NAME, _("Student: name"), systems.FULL_NAME),
        Column(STUDENT_GIVEN, Kind.NAME_PART, _("Student: first name"), systems.GIVEN_NAME),
        Column(STUDENT_FAMILY, Kind.NAME_PART, _("Student: last name"), systems.FAMILY_NAME),
        Column("student_department", Kind.TEXT, _("Student: department"), systems.DEPARTMENT),
        Column(
            "class_code",
            Kind.CODE,
            _("Class: code"),
            (
                "Class code",
                "classCode",  # OneRoster, classes
                "Section code",
                "section_id",  # Canvas
                "Class",
                "Class group",
                "Group",
                "Groups",  # Moodle
                "group1",
                *systems.CLASS_CODE,
                "MAV_OCCUR",  # SITS
                "Module occurrence",
                "Occurrence",
                "CRN",  # Banner
                "SSBSECT_CRN",
                "SFRSTCR_CRN",
                "SSBSECT_SEQ_NUMB",
                "Section",
                "Cohort",
                "cohort1",
                "classSourcedId",  # OneRoster, enrolments
            ),
        ),
        Column(
            "class_name",
            Kind.TEXT,
            _("Class: name"),
            ("Class name", "Section name", "Group name", "Class title"),
        ),
        Column(
            "subject_code",
            Kind.CODE,
            _("Subject: code"),
            (
                "Subject code",
                "Course code",
                "Module code",
                "MOD_CODE",  # SITS
                "SSBSECT_SUBJ_CODE",  # Banner
                "course_id",  # Canvas
                "Course ID",
                "course1",  # Moodle
                "EXTERNAL_COURSE_KEY",  # Blackboard
                "courseSourcedId",  # OneRoster, classes
                "courseCode",
                "Subject",
                "Course",
                "Module",
                *systems.SUBJECT_CODE,
            ),
        ),
        Column(
            SUBJECT_NUMBER,
            Kind.CODE,
            _("Subject: number after the code"),
            ("Course number", "SSBSECT_CRSE_NUMB", "Catalog number", "Catalogue number"),
        ),
        Column(
            "subject_name",
            Kind.TEXT,
            _("Subject: name"),
            (
                "Subject name",
                "Subject title",
                "Course name",
                "Course title",
                "Module name",
                "Module title",
                "MOD_NAME",
                "SCBCRSE_TITLE",
                "long_name",
                "title",
            ),
        ),
        Column(
            "subject_department",
            Kind.TEXT,
            _("Subject: department"),
            ("Course department", "Module department"),
        ),
        Column(
            "teacher_number",
            Kind.NUMBER,
            _("Teacher: number"),
            (
                "Teacher ID",
                "Teacher no",
                "Instructor ID",
                "Instructor number",
                "Lecturer ID",
                "Lecturer number",
                "Tutor ID",
                "Faculty ID",
            ),
        ),
        Column(
            "teacher_email",
            Kind.EMAIL,
            _("Teacher: e-mail"),
            ("Instructor email", "Lecturer email", "Tutor email", "Faculty email"),
        ),
        Column(
            "teacher_name",
            Kind.NAME,
            _("Teacher: name"),
            (
                "Instructor name",
                "Lecturer name",
                "Instructor",
                "Lecturer",
                "Teacher",
                "Tutor",
                "Professor",
            ),
        ),
        Column(
            TEACHER_GIVEN,
            Kind.NAME_PART,
            _("Teacher: first name"),
            ("Teacher first name", "Instructor first name", "Lecturer first name"),
        ),
        Column(
            TEACHER_FAMILY,
            Kind.NAME_PART,
            _("Teacher: last name"),
            ("Teacher last name", "Instructor last name", "Lecturer last name"),
        ),
        Column(TIME_ZONE, Kind.TEXT, _("Time zone of the course"), ("Time zone", "timezone")),
        Column(ROLE, Kind.WORD, _("Role: student or teacher"), systems.ROLE, True),
        Column(STATUS, Kind.WORD, _("Status: active or gone"), systems.STATUS, True),
        Column(ENABLED, Kind.WORD, _("Account: switched on or off"), systems.ENABLED, True),
    ),
    needs=(
        (
            frozenset({"student_name", STUDENT_GIVEN, STUDENT_FAMILY}),
            frozenset({"student_number", "student_email"}),
        ),
    ),
)
