"""Rosters of further programs, languages and keyboards: read where it is sure, else named."""

import pytest

from accounts.models import Role, User
from attendance_project.tables import ColumnsUnclear, ImportRefused
from attendance_project.tables.reading import MOST_NAMED
from conftest import make_user
from sessions_app.imports import Action
from sessions_app.models import ClassGroup, Course
from sessions_app.tests.import_files import names, plan, refused, run
from sessions_app.tests.test_import_rosters import HEAD, NAMES, book, notes_of, numbers, people

ROW = "20240012,a@x.example,Ann,Berg\n"
HEADERS = [
    "Número de identificação,Endereço de email,Nome,Sobrenome",
    "ID-nummer,E-postadress,Förnamn,Efternamn",
    "ID-nummer,E-mailadres,Voornaam,Achternaam",
    "Studentnummer,E-post,Fornavn,Etternavn",
    "Opiskelijanumero,Sähköposti,Etunimi,Sukunimi",
    "Numer ID,Adres e-mail,Imię,Nazwisko",
    "Číslo studenta,E-mail,Jméno,Příjmení",
    "Идентификационный номер,Адрес электронной почты,Имя,Фамилия",
    "Numero ID,Indirizzo email,Nome,Cognome",
    "Öğrenci No,E-posta,Ad,Soyad",
    "Αριθμός Μητρώου,Email,Όνομα,Επώνυμο",
    "N° de estudiante,Correo,Nombres,Apellidos",
    "מספר סטודנט,דואר אלקטרוני,שם פרטי,שם משפחה",
    "رقم الطالب,البريد الإلكتروني,الاسم الأول,اسم العائلة",
    "学号,邮箱,名,姓",
    "학번,이메일,이름,성",
    "SIS ID,SIS Login ID,First Name,Last Name",
    "student id,EMAIL,first,last",
    "Matrikelnr.,E-Mail,Vorname,Name",
    "Student number (8 digits),E-mail address *,First name:,Surname [family]",
    "USN,Mail ID,First Name,Last Name",
    "Enrollment No.,E-Mail,First Name,Last Name",
    "Αρ. Μητρώου,Ηλ. Ταχυδρομείο,Όνομα,Επώνυμο",
    "Schülernummer,E-Mail,Vorname,Familienname",
]


@pytest.mark.parametrize(
    "signed",
    [",,HOD,Principal", "Signature of the Principal,,,", ",Unterschrift: ____,,", ",توقيع,,"],
)
def test_a_line_for_signatures_is_no_person(db, signed):
    made = run(f"Roll No,Email ID,First Name,Last Name\n{ROW}{signed}\n".encode())
    assert people() == {"20240012": "Ann Berg"}
    assert "Left out, since they are no data: line 3" in "".join(made.notes)


@pytest.mark.parametrize("header", HEADERS)
def test_columns_are_known_in_many_languages(db, header):
    run(f"{header}\n{ROW}".encode())
    assert people() == {"20240012": "Ann Berg"}
    assert User.objects.get().email == "a@x.example"


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("PIDM,SPRIDEN_ID,SPRIDEN_FIRST_NAME,SPRIDEN_LAST_NAME", "Student: e-mail"),
        ("Kennung,Email,First name,Last name", "Student: number"),
    ],
)
def test_a_column_that_people_need_is_asked_for(db, header, label):
    with pytest.raises(ColumnsUnclear) as caught:
        plan(f"{header}\n{ROW}".encode())
    assert label in str(caught.value.problems[0])
    assert caught.value.samples == [["20240012", "a@x.example", "Ann", "Berg"]]


def test_who_is_not_here_yet_is_named_where_nothing_else_would_help(db, course):
    head = "course_id,user_id,role,section_id,status\n"
    problems = refused(f"{head}OS,S404,student,CSE-A,active\n".encode())
    assert problems[0].startswith("line 2, student_email: is empty, and the student S404 is not")
    assert not plan(f"{head}OS,S1,student,CSE-A,active\n".encode()).writes


@pytest.mark.parametrize(
    "number",
    ["2024 0012", "2024\u00a00012", "'20240012'", "20240012'", "“20240012”", '"""20240012"""'],
)
def test_blanks_and_quotes_in_a_number_make_no_other_number(db, number):
    run(f"{HEAD}{number},a@x.example,Ann\n".encode())
    assert numbers() == {"20240012"}


@pytest.mark.parametrize("number", ["2026-01-12", "1/12/2026", "01/12/26"])
def test_a_day_is_no_number(db, number):
    assert "is the date" in refused(f"{HEAD}{number},a@x.example,Ann\n".encode())[0]
    run(f"{HEAD}'{number},a@x.example,Ann\n".encode())  # the file says that it is text
    assert numbers() == {number}


def test_letters_that_look_like_latin_ones_make_no_second_person(db, student, course):
    told = notes_of("student_number,subject_code,class_code\nЅ1,ОЅ,СЅЕ-А\n")
    assert numbers() == {"S1", "S2", "T1"}
    assert "“Ѕ1” (Cyrillic) was read as “S1” (Latin)" in told
    assert "“ОЅ” (Cyrillic) was read as “OS” (Latin)" in told
    assert type(course).objects.count() == 1


def test_letters_of_two_scripts_in_one_number_are_read_as_latin(db):
    run(f"{HEAD}ХK-12,a@x.example,Ann\n".encode())
    assert numbers() == {"XK-12"}


def test_a_number_in_another_script_stays_where_nobody_has_it_in_latin(db):
    run(f"{HEAD}ХА-12,a@x.example,Анна\n".encode())
    assert numbers() == {"ХА-12"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *(("20240012", "which is no name"), ("S7", "which is no name")),
        ("b@x.example", "an address and no name"),
    ],
)
def test_columns_that_were_swapped_are_noticed(db, name, words):
    problems = refused(f"{HEAD}Ann Berg,a@x.example,{name}\n".encode())
    assert problems == [f"line 2, student_name: is '{name}', {words}. Check the columns."]


def test_a_list_without_names_of_columns_is_not_read_without_its_first_person(db):
    with pytest.raises(ImportRefused) as caught:
        plan(ROW.encode() * 2)
    assert not isinstance(caught.value, ColumnsUnclear)
    assert "already holds a person" in str(caught.value.problems[0])


def test_letters_that_were_saved_wrongly_twice_are_mended_and_said(db):
    scrambled = "Zoë Müller".encode().decode("cp1252")
    told = notes_of(f"{HEAD}20240012,a@x.example,{scrambled}\n")
    assert people() == {"20240012": "Zoë Müller"}
    assert f"“{scrambled}” was read as “Zoë Müller”" in told


def test_a_letter_that_is_lost_is_named(db):
    problems = refused(f"{HEAD}20240012,a@x.example,Zo\ufffd\n".encode())
    assert problems[0].startswith("line 2, student_name: contains \ufffd")


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp437", "cp1252"])
def test_encodings_of_old_systems_are_guessed_and_said(db, encoding):
    told = notes_of(f"{HEAD}20240012,a@x.example,Zoë Müller\n".encode(encoding))
    assert people() == {"20240012": "Zoë Müller"}
    assert "The encoding was detected as" in told


@pytest.mark.parametrize(
    "data",
    [
        f'"{HEAD.strip()}"\n"20240012,a@x.example,""Berg, Ann"""\n',
        f'"{HEAD.strip().replace(",", ";")}"\r\n"20240012;a@x.example;Ann Berg"\r\n',
        f"{HEAD}20240012,a@x.example,Ann Berg\n\x1a",
        f"{HEAD}20240012,a@x.example,'Ann Berg'\n",
    ],
    ids=["whole-lines-quoted", "with-semicolons", "end-of-file-of-dos", "quoted-name"],
)
def test_what_a_program_puts_around_lines_and_cells_is_taken_off(db, data):
    run(data.encode())
    assert people() == {"20240012": "Ann Berg"}


@pytest.mark.parametrize(
    "total", ["Итого,1,", "合計,1,", "Totaal: 1,,", "Razem,1,", "Toplam,1,", "Celkem: 1,,"]
)
def test_totals_of_other_languages_are_no_people(db, total):
    told = notes_of(f"{HEAD}20240012,a@x.example,Ann\n{total}\n")
    assert numbers() == {"20240012"}
    assert "no data: line 3" in told


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ('"S"0000', "S0012"),
        ("0000-0000", "0000-0012"),
        ('00"-"00', "00-12"),
        ("0", "12"),
        ("#,##0", "12"),
        ("000;-000", "012"),
        ("General", "12"),
    ],
)
def test_a_number_of_a_workbook_is_what_its_format_shows(db, number_format, shown):
    run(book(NAMES, [12, "a@x.example", "Ann"], A2=number_format))
    assert numbers() == {shown}


def test_true_is_no_number(db):
    problems = refused(book(NAMES, [True, "a@x.example", "Ann"]))
    assert problems[0].startswith("line 2, student_number: is TRUE")


# Teachers, roles and groups as other systems write them

LIST = "Student ID,Email,First name,Last name,Subject code,Class code,Instructor\n"


def test_a_teacher_of_whom_the_name_is_known_is_found_by_it(db, course):
    course.teacher.full_name = "Tea Chér"
    course.teacher.save()
    run(f'{LIST}20240012,a@x.example,Ann,Berg,OS,CSE-A,"Chér, Tea"\n'.encode())
    assert course.enrolments.count() == 3
    assert type(course).objects.get().teacher == course.teacher


def test_a_teacher_who_registered_with_that_name_unconfirmed_is_not_meant(db, course):
    """Otherwise anybody could be given the course of a teacher who is not here yet."""
    make_user(Role.TEACHER, "T66", full_name="Somebody Else", email_confirmed_at=None)
    told = notes_of(f"{LIST}20240012,a@x.example,Ann,Berg,OS,CSE-A,Somebody Else\n")
    assert "line 2 “Somebody Else”" in told
    assert not course.staff.exists()


def test_a_teacher_whom_nobody_knows_by_name_is_told_and_changes_nothing(db, course):
    told = notes_of(f"{LIST}20240012,a@x.example,Ann,Berg,OS,CSE-A,Somebody Else\n")
    assert "line 2 “Somebody Else”" in told
    assert course.enrolments.count() == 3
    assert not course.staff.exists()


def test_of_the_groups_in_one_cell_the_class_that_is_here_counts(db, course):
    head = "First name,Last name,ID number,Email address,Groups\n"
    run(f'{head}Ann,Berg,20240012,a@x.example,"Lab 1, CSE-A"\n'.encode())
    assert course.enrolments.filter(student__institution_number="20240012").exists()


@pytest.mark.parametrize(
    ("role", "number"),
    [
        ("Student, Teaching assistant", {"20240012"}),
        ("Teilnehmer/in", {"20240012"}),
        ("Étudiante", {"20240012"}),
        ("Студент", {"20240012"}),
        ("Trainer/in", set()),
        ("Преподаватель", set()),
    ],
)
def test_roles_are_known_in_many_languages(db, role, number):
    head = "First name,Last name,ID number,Email address,Roles\n"
    run(f'{head}Ann,Berg,20240012,a@x.example,"{role}"\n'.encode())
    students = User.objects.filter(role="student").values_list("institution_number", flat=True)
    assert set(students) == number
    assert User.objects.count() == 1


def test_a_pdf_is_told_from_a_list(db):
    assert "This is a PDF" in refused(b"%PDF-1.7 ...")[0]


@pytest.mark.parametrize("number", ["12-Mar", "Mar-24"])
def test_a_number_that_looks_like_a_day_is_asked_about(db, number):
    assert "looks like a day" in notes_of(f"{HEAD}{number},a@x.example,Ann\n")


def test_digits_in_odd_groups_are_refused(db):
    assert "may have been changed" in refused(f'{HEAD}"2,024,0012",a@x.example,Ann\n'.encode())[0]


STATUS = "identifier,email,givenName,familyName,role,status"
GONE = ["left", "W", "Inaktiv", "exmatrikuliert", "abgemeldet", "gesperrt", "beurlaubt"]
GONE += ["waitlisted", "on leave", "graduated", "transferred out", "désinscrit", "Withdrawn"]


@pytest.mark.parametrize("status", GONE)
def test_who_is_gone_in_any_word_is_left_out_and_named(db, status):
    made = plan(f"{STATUS}\n20240012,a@x.example,Ann,Berg,student,{status}\n".encode())
    assert not made.writes
    assert any("gone" in note and "line 2" in note for note in made.notes)


@pytest.mark.parametrize("status", ["active", "Enrolled", "eingeschrieben", "", "inscrit"])
def test_who_is_there_needs_no_word(db, status):
    made = plan(f"{STATUS}\n20240012,a@x.example,Ann,Berg,student,{status}\n".encode())
    assert len(made.writes) == 1
    assert not any("line 2" in note for note in made.notes)


def test_an_equal_line_is_read_once_and_said(db, course):
    head = "student_number,student_email,student_name,subject_code,class_code\n"
    line = "20240012,a@x.example,Ann Berg,OS,CSE-A\n"
    made = run((head + line + line + line).encode())
    assert people()["20240012"] == "Ann Berg"
    assert any("read once: 3; 4." in note for note in made.notes)


def test_equal_lines_that_contradict_each_other_are_refused(db, course):
    head = "student_number,student_email,student_name,subject_code,class_code\n"
    lines = "20240012,a@x.example,Ann Berg,OS,CSE-A\n20240012,a@x.example,Bo Lind,OS,CSE-A\n"
    assert "Make both the same" in refused((head + lines).encode())[0]


FIVE = "subject_code,class_code,student_number,student_email,student_name\n"


def test_what_a_web_page_made_of_a_name_is_changed_back(course):
    made = plan(f"{FIVE}OS,CSE-A,S7,a@x.example,M&uuml;ller &amp; O&#39;Brien\n".encode())
    assert "student Müller & O'Brien (S7)" in names(made, Action.ADDED)
    assert any("was read as “Müller & O'Brien”" in note for note in made.notes)
    made = plan(f"{FIVE}OS,CSE-A,S7,a@x.example,R&D; Ltd\n".encode())
    assert "student R&D; Ltd (S7)" in names(made, Action.ADDED)
    made = plan(f"{FIVE}OS,CSE-A,S7,a@x.example,Art&copy &amp; Co\n".encode())
    assert "student Art&copy & Co (S7)" in names(made, Action.ADDED)


def test_what_a_web_page_hides_is_no_way_around_a_check(course):
    [problem] = refused(f"{FIVE}OS,CSE-A,S7,a@x.example,&#61;cmd()\n".encode())
    assert "begins with '='" in problem


def test_of_many_courses_that_were_told_by_their_class_alone_only_some_are_named(course, teacher):
    lines = ["Class,Student ID,Email,Name,Extra"]
    for number in range(MOST_NAMED + 2):
        group = ClassGroup.objects.create(code=f"G{number:02}", name=f"Group {number}")
        Course.objects.create(subject=course.subject, class_group=group, teacher=teacher)
        lines.append(f"G{number:02},N{number},n{number}@x.example,Ann Berg,x")
    [told] = [note for note in plan("\n".join(lines).encode()).notes if "only the class" in note]
    assert "OS · G00; OS · G01; " in told
    assert "OS · G11; 2 more. Choose" in told


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#####"])
def test_an_error_of_a_spreadsheet_is_nobodys_name(course, error):
    data = f"{FIVE}OS,CSE-A,S7,a@x.example,{error}\n".encode()
    assert refused(data) == [f"line 2, student_name: is {error}, an error of a spreadsheet."]


def test_what_a_spreadsheet_has_not_found_is_nobodys_name_and_no_text_that_may_be_missing(course):
    head = "subject_code,class_code,student_number,student_email,First name,Last name,Department"
    given, family = "S7,a@x.example,#N/A,Berg,", "S8,b@x.example,Bo,#N/A,"
    told = "is #N/A, an error of a spreadsheet."
    assert refused(f"{head}\nOS,CSE-A,{given}\nOS,CSE-A,{family}\n".encode()) == [
        f"line 2, student_given_name: {told}",
        f"line 3, student_family_name: {told}",
    ]
    run(f"{head}\nOS,CSE-A,S7,a@x.example,Ann,Berg,#N/A\n".encode())
    assert User.objects.get(institution_number="S7").department == ""


@pytest.mark.parametrize(
    "header",
    [
        *(
            "Kurs-Code;Klasse;Matrikelnummer;E-Mail;Name",
            "Code matière;Groupe;N° étudiant;Mail;Nom",
        ),
        *("Asignatura;Grupo;Matrícula;Email;Nombre", "Codice corso;Classe;Matricola;Email;Nome"),
        *("Kod przedmiotu;Grupa;Numer albumu;E-mail;Name", "课程代码;班级;学号;Email;姓名"),
        *(
            "Código da disciplina;Turma;Matrícula;E-mail;Nome completo",
            "رمز المقرر;المجموعة;رقم الطالب;Email;Name",
        ),
    ],
)
def test_subject_and_class_are_known_in_many_languages(course, header):
    """By the class alone all would be on its one course, whatever the subject."""
    made = plan(f"{header}\nOS;CSE-A;12345;a@x.example;Ann Berg\n".encode())
    assert [name for name in names(made, Action.ADDED) if name.startswith("enrolment")] == [
        "enrolment Ann Berg (12345) in OS · CSE-A · T1"
    ]
    assert not any("not read" in note for note in made.notes)
    with pytest.raises(ImportRefused):
        plan(f"{header}\nDB;CSE-A;12345;a@x.example;Ann Berg\n".encode())


def test_a_course_that_was_taken_by_its_class_alone_is_said_where_more_was_not_read(course):
    data = "Lerneinheit;Klasse;Matrikelnummer;E-Mail;Name\nDB;CSE-A;12345;a@x.example;Ann Berg\n"
    [note] = [note for note in plan(data.encode()).notes if "the one course that has it" in note]
    assert "OS · CSE-A" in note
    assert "“Lerneinheit”" in note
    without = data.replace("Lerneinheit;", "").replace("DB;", "")
    assert not any("the one course" in note for note in plan(without.encode()).notes)


@pytest.mark.parametrize("number", ["@00123456", " @00123456 "])
def test_the_sign_in_front_of_banners_numbers_is_no_formula(db, number):
    run(f"SPRIDEN_ID,Email,First Name,Last Name\n{number},a@x.example,Ann,Berg\n".encode())
    assert people() == {"@00123456": "Ann Berg"}
    run(f"SPRIDEN_ID,Email,First Name,Last Name\n'{number},,Ann,Ågren\n".encode())
    assert people() == {"@00123456": "Ann Ågren"}


@pytest.mark.parametrize("number", ["@1", "@SUM(A1)", "@00123456+1", "@٠٠١٢٣٤٥٦", "=@00123456"])
def test_other_cells_with_that_sign_are_still_refused(db, number):
    head = "Student ID,Email,First Name,Last Name"
    told = refused(f"{head}\n{number},a@x.example,Ann,Berg\n".encode())
    assert "which spreadsheets read as a formula" in told[0]


@pytest.mark.parametrize(
    ("head", "cells", "name"),
    [
        ("First name,Last name", "Sukarno,.", "Sukarno"),
        ("First name,Last name", ".,Madonna", "Madonna"),
        ("Initials,Surname", "A.K.,Berg", "A.K. Berg"),
        ("Initials,First name,Surname", "A.K.,Ann,Berg", "Ann Berg"),
    ],
)
def test_names_in_parts_are_read_as_systems_give_them(db, head, cells, name):
    run(f"Student ID,Email,{head}\nS701,a@x.example,{cells}\n".encode())
    assert people() == {"S701": name}


def test_members_and_owners_of_a_team_are_students_and_teachers(db):
    rows = "S701,Ann Berg,a@x.example,Member\nT701,Tea Cher,t@x.example,Owner\n"
    run(f"Student ID,Full Name,Email,Role\n{rows}".encode())
    roles = dict(User.objects.values_list("institution_number", "role"))
    assert roles == {"S701": Role.STUDENT, "T701": Role.TEACHER}
