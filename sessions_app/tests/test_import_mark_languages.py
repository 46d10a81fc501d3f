"""Lists of marks and reports of online meetings in the languages in which people have them."""

import pytest

from attendance_project.tables.moments import minutes_of
from sessions_app import imports
from sessions_app.imports import ColumnsUnclear
from sessions_app.imports.marks_layout import STATUSES
from sessions_app.imports.presence import status_of
from sessions_app.models import ColumnMapping, Course, Session
from sessions_app.tests.test_import_marks import NOW, PAGE, plan, run, session_at, statuses
from sessions_app.tests.test_import_pages import upload

BOTH = {"S1": "present", "S2": "late"}
TEAMS = {
    "de": (
        "1. Zusammenfassung\nStartzeit\t23.11.26, 09:58:00\n\n2. Teilnehmer\nName\t"
        "Erster Beitritt\tLetzter Austritt\tDauer in Besprechung\tE-Mail\tRolle\n"
        "Student S1\t23.11.26, 09:59:10\t23.11.26, 11:30:00\t1 Std. 30 Min. 50 Sek.\t\tTeilnehmer\n"
        "Student S2\t23.11.26, 10:25:10\t23.11.26, 11:30:00\t1 Std. 4 Min.\t\tTeilnehmer\n\n"
        "3. Aktivitäten\nName\tBeitrittszeit\nStudent S2\t23.11.26, 09:00:00\n"
    ),
    "fr": (
        "1. Résumé\nHeure de début\t23/11/2026 09:58:00\n\n2. Participants\nNom\t"
        "Première participation\tDernier départ\tDurée de la réunion\tE-mail\tRôle\n"
        "Student S1\t23/11/2026 09:59:10\t23/11/2026 11:30:00\t1 h 30 min 50 s\ts1@school.test\t\n"
        "Student S2\t23/11/2026 10:25:00\t23/11/2026 11:30:00\t1 h 4 min\ts2@school.test\t\n"
    ),
    "es": (
        "1. Resumen\nHora de inicio\t23/11/2026, 09:58:00\n\n2. Participantes\nNombre\t"
        "Primera entrada\tÚltima salida\tDuración de la reunión\tCorreo electrónico\tRol\n"
        "Student S1\t23/11/2026, 09:59:10\t23/11/2026, 11:30:00\t1 h 30 min\ts1@school.test\t\n"
        "Student S2\t23/11/2026, 10:25:00\t23/11/2026, 11:30:00\t1 h 4 min\ts2@school.test\t\n"
    ),
}
ZOOM = {
    "de": (
        "Thema,Meeting-ID,Startzeit,Endzeit\nOS,123,23.11.2026 09:58,23.11.2026 11:32\n\n"
        "Name (Originalname),Benutzer-E-Mail,Beitrittszeit,Zeit des Verlassens,Dauer (Minuten)\n"
        "Student S1,,23.11.2026 09:59:00,23.11.2026 11:30:00,91\n"
        "Student S2,,23.11.2026 10:25:00,23.11.2026 11:30:00,65\n"
    ),
    "fr": (
        "Nom (nom original),E-mail de l'utilisateur,Heure d'arrivée,Heure de départ,"
        "Durée (minutes)\nx,s1@school.test,23/11/2026 09:59:00,23/11/2026 11:30:00,91\n"
        "y,s2@school.test,23/11/2026 10:25:00,23/11/2026 11:30:00,65\n"
    ),
    "es": (
        "Nombre (nombre original),Correo electrónico del usuario,Hora de entrada,Hora de salida,"
        "Duración (minutos)\nx,s1@school.test,23/11/2026 09:59:00,23/11/2026 11:30:00,91\n"
        "y,s2@school.test,23/11/2026 10:25:00,23/11/2026 11:30:00,65\n"
    ),
}


@pytest.fixture
def lecture(course) -> Session:
    return session_at(course)


@pytest.mark.parametrize("language", TEAMS)
def test_a_report_of_teams_is_read_in_each_language(lecture, teacher, language):
    run(TEAMS[language].encode("utf-16"), teacher, course=lecture.course)
    assert statuses() == BOTH


@pytest.mark.parametrize("language", ZOOM)
def test_a_report_of_zoom_is_read_in_each_language(lecture, teacher, language):
    run(ZOOM[language], teacher, course=lecture.course)
    assert statuses() == BOTH


@pytest.mark.parametrize(
    ("head", "first", "second", "meant"),
    [
        ("Matrikelnummer;Datum;Anwesenheit", "anwesend", "krank", "excused"),
        ("Numéro étudiant;Date;Statut", "Présent", "Absent justifié", "excused"),
        ("Matrícula;Fecha;Estado", "Presente", "Ausente", "absent"),
        ("Matricola;Data;Stato", "presente", "Assente giustificato", "excused"),
        ("Studentnummer;Datum;Aanwezigheid", "Aanwezig", "Te laat", "late"),
        ("Numer albumu;Data;Obecność", "obecny", "spóźniony", "late"),
        ("Номер студента;Дата;Посещаемость", "присутствовал", "н", "absent"),
        ("学号;日期;考勤", "出勤", "迟到", "late"),
    ],
)
def test_a_list_is_read_in_each_language(lecture, teacher, head, first, second, meant):
    data = f"{head}\nS1;23.11.2026;{first}\nS2;23.11.2026;{second}\n"
    run(data, teacher, course=lecture.course)
    assert statuses() == {"S1": "present", "S2": meant}


def test_each_word_of_a_status_is_found_as_people_write_it():
    for word, status in STATUSES.items():
        assert status_of(word.upper()) == status or len(word) < 2


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1 Std. 30 Min. 30 Sek.", 90.5),
        ("2 Stunden", 120),
        ("1 h 4 min", 64),
        ("1 heure 5 minutes", 65),
        ("3 horas 10 minutos 6 segundos", 190.1),
        ("1 uur", 60),
        ("91 mins", 91),
        ("1h5m", 65),
    ],
)
def test_a_length_of_time_is_read_in_each_language(text, minutes):
    assert minutes_of(text) == pytest.approx(minutes)


@pytest.mark.parametrize("text", ["1 Woche", "soon", "1 h 4 x", "."])
def test_what_is_no_length_of_time_is_none(text):
    assert minutes_of(text) is None


UNKNOWN = "student_number,date,Vermerk\nS1,2026-11-23,anwesend\nS2,2026-11-23,fehlt\n"


def test_nobody_is_present_by_a_list_whose_status_is_not_known(lecture, teacher):
    with pytest.raises(ColumnsUnclear, match="No column is known as a status"):
        plan(UNKNOWN, teacher, course=lecture.course)
    with pytest.raises(ColumnsUnclear):
        plan(UNKNOWN.replace(",Vermerk", ",Vermerk,Ort"), teacher, course=lecture.course)


def test_the_page_asks_for_the_status_and_remembers_it(client, lecture, teacher):
    client.force_login(teacher)
    page = upload(client, PAGE, UNKNOWN.encode(), "list.csv", course=lecture.course_id)
    assert "No column is known as a status" in page
    chosen = {"column-0": "student_number", "column-1": "date", "column-2": "status"}
    page = client.post(f"{PAGE}columns/", chosen, follow=True).content.decode()
    assert "Preview changes" in page
    assert ColumnMapping.objects.get().columns["vermerk"] == "status"


def test_a_list_of_those_who_were_there_needs_no_status(lecture, teacher):
    run("student_number,date\nS1,2026-11-23\n", teacher, course=lecture.course)
    assert statuses() == {"S1": "present"}
    wanted = imports.Wanted(
        sessions=Session.objects.all(), courses=Course.objects.all(), course=lecture.course
    )
    names = {"Vermerk": ""}
    made = imports.plan_marks(UNKNOWN.encode(), wanted, by=teacher, now=NOW, names=names)
    assert made.counts["added"] == 1


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Matrikelnummer;Datum;Anwesend\nS1;23.11.2026;WAHR\nS2;23.11.2026;FALSCH\n", "cp1252"),
        ("ΑΜ;Ημερομηνία;Παρών\nS1;23/11/2026;ΝΑΙ\nS2;23/11/2026;ΟΧΙ\n", "cp1253"),
        ("ΑΜ;23/11/2026\nS1;Π\nS2;Α\n", "utf-8"),
        ("الرقم الجامعي;التاريخ;الحضور\nS1;23/11/2026;حاضر\nS2;23/11/2026;غائب\n", "cp1256"),
        ("Roll No,Date,P/A\nS1,23-11-2026,P\nS2,23-11-2026,AB\n", "utf-8"),
        ("Student ID,Date,Attendance Code\nS1,11/23/2026,P\nS2,11/23/2026,UA\n", "utf-8"),
        ("student_number;date;status\nS1;23.11.2026;✅\nS2;23.11.2026;❌\n", "utf-8"),
    ],
)
def test_lists_of_registrars_of_many_countries_are_read(course, lecture, teacher, text, encoding):
    run(text.encode(encoding), teacher, course=course)
    assert statuses() == {"S1": "present", "S2": "absent"}


@pytest.mark.parametrize(
    ("head", "away", "there"),
    [
        ("Απουσία", "1", "0"),
        ("Absent", "yes", "no"),
        ("Fehlt", "x", "-"),
        ("غياب", "نعم", "لا"),
        ("Abwesend", "abwesend", "nein"),
    ],
)
def test_a_yes_in_a_column_of_absences_says_that_somebody_was_away(
    course, lecture, teacher, head, away, there
):
    run(
        f"student_number;date;{head}\nS1;2026-11-23;{there}\nS2;2026-11-23;{away}\n",
        teacher,
        course=course,
    )
    assert statuses() == {"S1": "present", "S2": "absent"}


def test_nothing_in_a_column_of_absences_is_no_mark(course, lecture, teacher):
    made = run(
        "student_number;date;Fehlt\nS1;2026-11-23;\nS2;2026-11-23;entschuldigt\n",
        teacher,
        course=course,
    )
    assert statuses() == {"S2": "excused"}
    assert "line 2 “S1”, no status" in made.notes[0]


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *(("Excused Absence", "excused"), ("Unexcused Absence", "absent"), ("OD", "excused")),
        *(("غائب بعذر", "excused"), ("δικαιολογημένη", "excused"), ("T", "late")),
    ],
)
def test_words_of_registrars_are_statuses(word, status):
    assert status_of(word) == status


def test_name_beside_a_first_name_is_the_last_name(course, lecture, teacher):
    run("Name;Vorname;Datum;Status\nS1;Student;23.11.2026;anwesend\n", teacher, course=course)
    assert statuses() == {"S1": "present"}
