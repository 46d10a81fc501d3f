"""The columns of a file of marks: our names, and those of Zoom, Teams, Moodle and card readers."""

from django.utils.translation import gettext_lazy as _

from attendance_project.tables import Column, Kind, Layout, systems

GIVEN, FAMILY = "student_given_name", "student_family_name"

MARKS = Layout(
    "marks",
    (
        Column(
            "student_number",
            Kind.NUMBER,
            _("Student: number"),
            (*systems.NUMBER, "Card holder ID", "Cardholder ID", "Badge ID", "User number"),
        ),
        Column(
            "student_email",
            Kind.EMAIL,
            _("Student: e-mail"),
            ("User Email", "Participant ID (UPN)", "UPN", *systems.EMAIL),
        ),
        Column(
            "student_name",
            Kind.NAME,
            _("Student: name"),
            (
                "Name (Original Name)",  # Zoom
                "Name (original name)",
                *systems.FULL_NAME,
                "User name",
                "Cardholder",
                "Card holder",
            ),
        ),
        Column(GIVEN, Kind.TEXT, _("Student: first name"), systems.GIVEN_NAME),
        Column(FAMILY, Kind.TEXT, _("Student: last name"), systems.FAMILY_NAME),
        Column(
            "date",
            Kind.WORD,
            _("Day of the session"),
            ("Session date", "Class date", "Day", "Datum", "Fecha", "Date of session"),
        ),
        Column(
            "time",
            Kind.WORD,
            _("Start of the session"),
            ("Session time", "Start", "Start time", "Uhrzeit", "Heure", "Hora"),
        ),
        Column("session", Kind.WORD, _("Session"), ("Session ID", "Lecture", "Meeting")),
        Column("subject_code", Kind.CODE, _("Subject: code"), ("Course code", "Module code")),
        Column("class_code", Kind.CODE, _("Class: code"), ("Class", "Group", "Section")),
        Column(
            "status",
            Kind.WORD,
            _("Status"),
            (
                "Attendance",
                "Attendance status",
                "Mark",
                "Presence",
                "Present",
                "Anwesenheit",
                "Présence",
                "Asistencia",
            ),
        ),
        Column(
            "minutes",
            Kind.WORD,
            _("Minutes that they were there"),
            (
                "Total Duration (Minutes)",  # Zoom
                "Duration (Minutes)",
                "In-Meeting Duration",  # Teams
                "Duration",
                "Time in session (minutes)",
                "Minutes attended",
            ),
        ),
        Column(
            "joined",
            Kind.WORD,
            _("When they came"),
            (
                "Join Time",  # Zoom, Teams
                "First Join",  # Teams
                "First Join Time",
                "Timestamp",
                "Time in",
                "Check-in time",
                "Check in",
                "Swipe time",
                "Scan time",
                "Punch time",
                "Event time",
                "Transaction time",
                "Access time",
                "Date/Time",
                "Date and time",
                "Datetime",
            ),
        ),
        Column(
            "left",
            Kind.WORD,
            _("When they left"),
            ("Leave Time", "Last Leave", "Last Leave Time", "Time out", "Check-out time"),
        ),
    ),
    needs=(
        (
            frozenset({"status", "minutes", "joined", "date", "session"}),
            frozenset({"student_number", "student_email", "student_name", GIVEN, FAMILY}),
        ),
    ),
    reads_strangers=True,
)

STATUSES = {
    word: status
    for status, words in {
        "present": "p present here 1 yes y true x ✓ ✔ √ + attended in ok ontime anwesend présent "
        "present présente presente da ja oui si sì",
        "late": "l late tardy verspätet retard enretard tarde",
        "excused": "e ex excused entschuldigt excusé excusée justificado justified authorised "
        "authorized authorisedabsence medical sick",
        "absent": "a ab abs absent 0 no n false - out noshow unexcused unauthorised abwesend "
        "unentschuldigt absente ausente nein non",
    }.items()
    for word in words.split()
}
"""What files call each status, in small letters and without blanks."""
