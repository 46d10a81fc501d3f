"""Rosters as schools really have them: what spreadsheets and other systems make of a list."""

import io

import pytest
from openpyxl import Workbook

from accounts.models import Role, User
from conftest import make_user
from sessions_app.imports import Action, ImportRefused
from sessions_app.models import Subject
from sessions_app.tests.import_files import ANN, csv_of, plan, refused, run

HEAD = "student_number,student_email,student_name\n"


def people() -> dict[str, str]:
    return dict(User.objects.values_list("institution_number", "full_name"))


def numbers() -> set[str]:
    return set(people())


def notes_of(text: str | bytes, **options) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    return "\n".join(run(data, **options).notes)


def one(number: str, **fields: str) -> bytes:
    return csv_of(ANN | {"student_number": number} | fields)


# What spreadsheets do to numbers


@pytest.mark.parametrize(
    "number",
    [
        *("2,021E+11", "2.021E+11", "2.021e11", "2.02E+11", "2E+11", "2e+11", "2.02 E+11"),
        *(
            "2.02×10^11",
            "2.02*10^11",
            "２．０２Ｅ＋１１",
            "2.02E11",
            "+2.02E+11",
            "2,E+11",
            "1.00E+05",
        ),
        *("12345678901234500000", "202100000000000000"),
    ],
)
def test_a_rounded_number_is_refused_with_line_and_column(db, number):
    problems = refused(one(number))
    assert len(problems) == 1
    assert problems[0].startswith("line 2, student_number: ")
    assert not numbers()


@pytest.mark.parametrize("number", ["20.210", "20210001.5", "20210001,25"])
def test_a_number_that_may_have_been_changed_is_asked_about(db, number):
    assert "has a decimal sign" in refused(one(number))[0]
    run(one(f"'{number}"))
    assert numbers() == {number}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20210001.0", "20210001"),
        ("20210001.00", "20210001"),
        ("20210001,00", "20210001"),
        ("20,210,001", "20210001"),
        ("20.210.001", "20210001"),
        ("20 210 001", "20210001"),
        ("20\u00a0210\u00a0001", "20210001"),
        ("20\u202f210\u202f001", "20210001"),
        ("20'210'001", "20210001"),
        ("20’210’001", "20210001"),
        ("20,210,001.00", "20210001"),
        ("20.210.001,00", "20210001"),
        ("２０２１０００１", "20210001"),
        ("٢٠٢١٠٠٠١", "20210001"),
        ("۲۰۲۱۰۰۰۱", "20210001"),
        ("२०२१०००१", "20210001"),
        ("٢٠٢١٠٠٠١٫٠", "20210001"),
        ("Ｓ１", "S1"),
        ("S–1", "S-1"),
    ],
)
def test_a_number_is_mended_where_it_is_sure_and_that_is_said(db, written, meant):
    assert f"“{meant}”" in notes_of(one(written))
    assert numbers() == {meant}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("’00123", "00123"),
        ("00123", "00123"),
        ("21E105", "21E105"),
        ("12.345.678-9", "12.345.678-9"),
        ("2021/12", "2021/12"),
        ("s1", "S1"),
    ],
)
def test_a_number_that_is_text_stays(db, written, kept):
    run(one(written))
    assert numbers() == {kept}


def test_an_account_that_has_the_number_as_it_stands_is_found(db):
    make_user(Role.STUDENT, "20.210.001")
    assert plan(b"student_number\n20.210.001\n").steps == []


def test_zeros_in_front_are_put_back_where_an_account_or_a_row_shows_them(db):
    make_user(Role.STUDENT, "00123")
    assert "line 2, student_number: “123” was read as “00123”" in notes_of("student_number\n123\n")
    text = HEAD + "00456,a@uni.example,A\n789,b@uni.example,B\n"
    assert "“789” was read as “00789”" in notes_of(text)
    assert numbers() == {"00123", "00456", "00789"}


def test_a_number_that_is_there_without_zeros_stays_and_doubles_are_asked_about(db):
    make_user(Role.STUDENT, "123")
    make_user(Role.STUDENT, "0123")
    assert plan(b"student_number\n123\n").steps == []
    made = plan((HEAD + "00123,x@uni.example,X\n").encode())
    assert "“00123” is new, but Student 123 (123) is there" in "\n".join(made.notes)


def test_a_number_that_is_shorter_than_all_others_is_asked_about(db):
    rows = "".join(f"2021000{n},s{n}@uni.example,S {n}\n" for n in range(5))
    made = plan(f"{HEAD}{rows}2021009,x@uni.example,X\n".encode())
    assert "line 7: “2021009” is shorter than the others" in "\n".join(made.notes)


def test_a_class_code_that_lost_its_zeros_is_found(db, course):
    type(course.class_group).objects.update(code="007")
    made = plan(b"class_code,class_name\n7,Computer Science A\n")
    assert made.steps == []
    assert "“7” was read as “007”" in "\n".join(made.notes)


@pytest.mark.parametrize("number", ["NULL", "(null)", "#N/A", "N/A", "nan"])
def test_what_databases_write_for_nothing_is_no_number(db, number):
    assert "student_number: is empty" in refused(one(number))[0]


@pytest.mark.parametrize("number", ["#REF!", "#VALUE!", "#####", "#NAME?"])
def test_errors_of_spreadsheets_are_named(db, number):
    assert "an error of a spreadsheet" in refused(one(number))[0]


# Characters


def test_numbers_with_invisible_characters_are_the_number_that_is_there(db):
    ann = make_user(Role.STUDENT, "S1", full_name="Ann Berg")
    email = ann.email
    for number in ("S1\u200b", "S\u00ad1", "S1\u2060", "S1\u00a0", "\ufeffS1", "\u200eS1\u200f"):
        row = {"student_number": number, "student_email": email, "student_name": "Ann\u200b Berg"}
        assert plan(csv_of(row)).steps == []
    text = HEAD + "S1\u200b,ann2@uni.example,Ann\u200b Berg\nS\u00ad1,ann3@uni.example,Ann Berg\n"
    assert any("for S1" in problem for problem in refused(text.encode()))
    assert numbers() == {"S1"}


def test_names_keep_what_their_letters_need(db):
    persian = "علی\u200cرضا"
    run(one("S7", student_name=f"\u200f{persian}\u00ad"))
    assert people() == {"S7": persian}


@pytest.mark.parametrize(
    "address",
    [
        *("ann@bücher.example", "ANN@BÜCHER.example", "ann@xn--bcher-kva.example"),
        *("ann@bu\u0308cher.example", "mailto:ann@bücher.example", "<ann@bücher.example>"),
        *("Ann Berg <ann@bücher.example>", "ann@bücher.example.", "ａｎｎ＠bücher.example"),
        *("ann@bücher.example;", "ann@\u200bbücher.example"),
    ],
)
def test_spellings_of_one_address_are_one(db, address):
    run(one("S7", student_email="ann@bücher.example"))
    assert plan(one("S7", student_email=address)).steps == []
    assert (
        "belongs to somebody else"
        in refused(
            csv_of(
                ANN | {"student_email": "ann@bücher.example"},
                {**ANN, "student_number": "S9"} | {"student_email": address},
            )
        )[0]
    )


def test_codes_in_two_spellings_are_one_and_the_one_that_is_there_stays(db, course):
    text = (
        "student_number,student_email,student_name,subject_code,subject_name,class_code,"
        "class_name,teacher_number\n"
        "N1,n1@uni.example,Ann,os,Operating Systems,cse-a,Computer Science A,T1\n"
        "N2,n2@uni.example,Bo,ＯＳ,Operating Systems,CSE–A,Computer Science A,t1\n"
    )
    made = run(text.encode())
    assert {c.kind for c in made.changes(Action.ADDED)} == {"student", "enrolment"}
    assert list(Subject.objects.values_list("code", flat=True)) == ["OS"]
    assert course.enrolments.count() == 4


def test_codes_in_two_spellings_in_one_file_are_one(db):
    text = "subject_code,subject_name\nOS,Operating Systems\nos,Operating Systems\n"
    run(text.encode())
    assert list(Subject.objects.values_list("code", flat=True)) == ["OS"]


# The shape of a file


def test_short_rows_and_empty_columns_are_read(db):
    run("student_number;student_email;student_name;;\r\nS1;zoe@uni.example;Zoë;;\r\n".encode())
    run(b"student_number,student_email,student_name,student_department\r\nS2,b@uni.example,Bo\r\n")
    assert people() == {"S1": "Zoë", "S2": "Bo"}


def test_a_cell_beyond_the_header_is_named(db):
    assert refused((HEAD + "S1,a@uni.example,A,more\n").encode())[0].startswith(
        "line 2: has 4 cells, but the header has 3"
    )
    told = notes_of(HEAD.replace("\n", ",,\n") + "S1,a@uni.example,A,,more\n")
    assert "Columns without a name were not read: 5" in told


def test_lines_that_are_no_data_are_named_and_left_out(db):
    text = (
        "Class list of Operating Systems\nAutumn 2026,,\n\n"
        + HEAD
        + "S1,a@uni.example,Ann\n---,---,---\n"
        + HEAD
        + "S2,b@uni.example,Bo\n,,\nTotal,2,\nReport generated on 2026-09-01 by Admin One\n"
    )
    told = notes_of(text)
    for piece in (
        "Class list",
        "Autumn 2026",
        "line 6 “--- --- ---”",
        "line 7",
        "line 10 “Total 2",
    ):
        assert piece in told
    assert "line 11 “Report generated" in told
    assert people() == {"S1": "Ann", "S2": "Bo"}


@pytest.mark.parametrize(
    "line",
    [
        *("Total,,", "Total students: 2,,", "TOTAL,2,", "Count,2", "2 rows selected.", "(2 rows)"),
        *("Grand Total,,2", "Page 1 of 1", "End of report", "Gesamt,2,", "© 2026 School", "Sum: 2"),
    ],
)
def test_footers_are_no_people(db, line):
    told = notes_of(f"{HEAD}S1,a@uni.example,Ann\nS2,b@uni.example,Bo\n{line}\n")
    assert "line 4" in told
    assert numbers() == {"S1", "S2"}


def test_a_file_without_known_names_is_read_by_its_widest_line(db):
    text = "A list\nKennung;Wer;Post\nS1;Ann;a@uni.example\n"
    assert refused(text.encode())[0].startswith("line 2: The first line has to name")
    run(b"PK,Student ID,Email,Name\n1,S1,a@uni.example,Ann\n")
    assert numbers() == {"S1"}


def test_people_who_are_called_like_a_footer_are_people(db):
    text = "student_name,student_email,student_number\nCount Basie,c@uni.example,S1\n"
    run(text.encode())
    run(b"student_number,student_email,student_name\nS2,t@uni.example,Total Perez\n")
    assert people() == {"S1": "Count Basie", "S2": "Total Perez"}


def test_one_line_in_another_encoding_is_named(db):
    rows = "S1,z@uni.example,Zoë Łukasz Ångström\n"
    data = (HEAD + rows).encode() + "S2,j@uni.example,José\n".encode("cp1252")
    assert refused(data) == [
        "line 3: is not UTF-8 text as the other lines are: “S2,j@uni.example,José”. Correct this "
        "line, and save the file as “CSV UTF-8”."
    ]
    assert refused(b"\xef\xbb\xbf" + data)[0].startswith("line 3: is not UTF-8 text")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_wide_encodings_are_read_with_and_without_a_mark(db, encoding):
    run((HEAD + "S1,z@uni.example,Zoë\n").replace(",", "\t").encode(encoding))
    assert people() == {"S1": "Zoë"}


def test_lines_that_freeze_other_readers_are_read_at_once(db):
    with pytest.raises(ImportRefused):
        plan(b'"' * 5000 + b",;" * 5000)
    refused(("\ufeffsep=|\n" + "a|" * 300).encode())


# Other systems

MOODLE = '\ufeff"First name","Last name","ID number","Email address",Groups\n'
SYSTEMS = {
    "Moodle, participants": MOODLE + "Ann,Berg,S1,ann@uni.example,CSE-A\n",
    "Moodle, grades": '"First name",Surname,"ID number",Institution,Department,"Email address",'
    '"Assignment: One (Real)","Course total (Real)"\nAnn,Berg,S1,,CS,ann@uni.example,9,9\n',
    "Moodle, upload": "username,firstname,lastname,email,idnumber\n"
    "annb,Ann,Berg,ann@uni.example,S1\n",
    "Canvas, users": "user_id,login_id,first_name,last_name,email,status\n"
    "S1,annb,Ann,Berg,ann@uni.example,active\nS2,bob,Bo,Dahl,bo@uni.example,deleted\n",
    "Canvas, gradebook": "Student,ID,SIS User ID,SIS Login ID,Section,Essay (12)\n"
    '    Points Possible,,,,,10\n"Berg, Ann",12,S1,ann@uni.example,OS A,8\n'
    '"Student, Test",13,,,,\n',
    "Blackboard, grade centre": "Last Name\tFirst Name\tUsername\tStudent ID\tAvailability\n"
    "Berg\tAnn\tann@uni.example\tS1\tYes\n",
    "Blackboard, snapshot": "EXTERNAL_PERSON_KEY|USER_ID|FIRSTNAME|LASTNAME|EMAIL|"
    "INSTITUTION_ROLE|STUDENT_ID\nk1|annb|Ann|Berg|ann@uni.example|STUDENT|S1\n",
    "Brightspace": "OrgDefinedId,Username,Last Name,First Name,Email,End-of-Line Indicator\n"
    "#S1,annb,Berg,Ann,ann@uni.example,#\n",
    "OneRoster 1.1": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,"
    "userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,"
    "password\nu1,,,true,o1,student,annb,,Ann,Berg,,S1,ann@uni.example,,,,,\n"
    "u2,,,true,o1,guardian,g,,Gus,Berg,,G1,g@uni.example,,,,,\n",
    "OneRoster 1.2": "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,"
    "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,"
    "userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns\n"
    "u1,active,,true,annb,,Ann,Berg,,S1,ann@uni.example,,,,,,,,,,,,\n",
    "Banner": "SPRIDEN_ID,SPRIDEN_LAST_NAME,SPRIDEN_FIRST_NAME,GOREMAL_EMAIL_ADDRESS\n"
    "S1,Berg,Ann,ann@uni.example\n\n1 row selected.\n",
    "SITS": "STU_CODE,STU_SURN,STU_FNM1,STU_CAEM\nS1,Berg,Ann,ann@uni.example\n",
    "SITS, programme": "SPR_CODE,STU_SURN,STU_FNM1,STU_CAEM\nS1/1,Berg,Ann,ann@uni.example\n",
    "French": "Prénom;Nom;Numéro d'identification;Adresse de courriel\n"
    "Ann;Berg;S1;ann@uni.example\n",
    "German": "Vorname;Nachname;Matrikelnummer;E-Mail\nAnn;Berg;S1;ann@uni.example\n",
}


@pytest.mark.parametrize("text", SYSTEMS.values(), ids=SYSTEMS)
def test_exports_of_other_systems_are_read(db, text):
    run(text.encode())
    assert list(User.objects.values_list("institution_number", "full_name", "email", "role")) == [
        ("S1", "Ann Berg", "ann@uni.example", Role.STUDENT)
    ]


def test_people_without_a_number_are_found_by_their_address(db, student):
    text = '"First name","Last name","Email address"\nStudent,S1,S1@school.test\n'
    assert plan(text.encode()).steps == []
    assert "student_number: is empty" in refused(text.replace("S1@", "nobody@").encode())[0]


def test_teachers_in_a_list_of_users_are_teachers_and_wait_for_approval(db):
    text = "user_id,first_name,last_name,email,role\nT5,Tea,Cher,tea@uni.example,teacher\n"
    made = run(f"{text}A5,Ad,Min,ad@uni.example,administrator\n".encode())
    person = User.objects.get()
    assert (person.role, person.is_approved) == (Role.TEACHER, False)
    assert "line 3 “Ad Min, administrator”" in "\n".join(made.notes)


def test_what_was_not_read_is_said(db):
    assert "Columns that were not read: “Phone”" in notes_of(
        'Student ID,Email,Name,Phone\nS1,a@uni.example,"Berg, Ann",=1+1\n'
    )
    assert people() == {"S1": "Ann Berg"}


# Workbooks


def book(*rows, more=(), **kinds) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "List"
    for row in rows:
        sheet.append(row)
    for place, number_format in kinds.items():
        sheet[place].number_format = number_format
    for title in more:
        workbook.create_sheet(title)["A1"] = "Notes"
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


NAMES = ["student_number", "student_email", "student_name"]


def test_a_workbook_is_read_with_its_numbers_and_what_formats_show(db):
    data = book(
        ["Class list"],
        NAMES,
        [20210001, "a@uni.example", "Zoë"],
        [20210002.0, "b@uni.example", "Bo"],
        [123, "c@uni.example", "Cy"],
        ["00456", "d@uni.example", "Di"],
        A5="00000",
        more=["Help"],
    )
    told = notes_of(data)
    assert numbers() == {"20210001", "20210002", "00123", "00456"}
    assert "Only the sheet “List” was read. The others were not: “Help”." in told
    assert "line 1 “Class list”" in told
    assert plan(data).steps == []


def test_cells_of_a_workbook_that_cannot_be_meant_are_named(db):
    from datetime import datetime

    problems = refused(
        book(
            NAMES,
            [2.0210001e17, "a@uni.example", "A"],
            [datetime(2026, 3, 1), "b@uni.example", "B"],  # noqa: DTZ001
            ["=A2+1", "c@uni.example", "C"],
            ["#REF!", "d@uni.example", "D"],
        )
    )
    assert [problem.partition(": ")[0] for problem in problems] == [
        f"line {line}, student_number" for line in (2, 3, 4, 5)
    ]
    assert "rounded" in problems[0]
    assert "the date 2026-03-01" in problems[1]
    assert "a formula whose value is not stored" in problems[2]
    assert not numbers()


def test_merged_cells_count_for_each_row(db, course):
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(
        [
            "student_number",
            "student_email",
            "student_name",
            "subject_code",
            "class_code",
            "teacher_number",
        ]
    )
    sheet.append(["N1", "n1@uni.example", "Ann", "OS", "CSE-A", "T1"])
    sheet.append(["N2", "n2@uni.example", "Bo"])
    for column in "DEF":
        sheet.merge_cells(f"{column}2:{column}3")
    out = io.BytesIO()
    workbook.save(out)
    assert "Merged cells" in notes_of(out.getvalue())
    assert course.enrolments.count() == 4


def test_a_workbook_that_would_unpack_to_too_much_is_refused(db):
    import zipfile

    out = io.BytesIO(book(NAMES, ["S1", "a@uni.example", "A"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/more.xml", b"\0" * (61 * 2**20))
    assert "too large when it is unpacked" in refused(out.getvalue())[0]


@pytest.mark.parametrize("cut", [10, 200, 2000, -30])
def test_a_damaged_workbook_is_refused(db, cut):
    data = book(NAMES, ["S1", "a@uni.example", "A"])
    assert "cannot be read as a workbook" in refused(data[:cut])[0]
    assert "is damaged or has a password" in refused(b"\xd0\xcf\x11\xe0" + data)[0]


def test_entities_in_a_workbook_are_not_unfolded(db):
    import zipfile

    source = zipfile.ZipFile(io.BytesIO(book(NAMES, ["S1", "a@uni.example", "A"])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name in source.namelist():
            xml = source.read(name)
            if name.endswith("sheet1.xml"):
                xml = b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml
            parts.writestr(name, xml)
    assert "cannot be read as a workbook" in refused(out.getvalue())[0]


def test_a_web_page_is_told_from_a_list(db):
    assert "This is a web page" in refused(b"<html><table><tr><td>S1</td></tr></table></html>")[0]
