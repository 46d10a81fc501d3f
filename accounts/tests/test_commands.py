"""The commands of this app."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import FailedLogin, Invitation, RefreshToken, RosterEntry, SpentProof
from accounts.tests.phone import API, Phone, log_in
from attendance_project import clock

HEADER = "email,institution_number,full_name\n"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def roster(tmp_path):
    def write(text: str, encoding: str = "utf-8") -> str:
        path = tmp_path / "roster.csv"
        path.write_text(text, encoding=encoding)
        return str(path)

    return write


def test_setup_database_prints_one_line_and_may_be_repeated(db):
    for _ in range(2):
        lines = run("setup_database").splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("Database ready")


def test_roster_is_imported_and_repeated_without_harm(db, roster):
    path = roster(HEADER + "A@School.test, r-1 ,Ann Ågren\nb@school.test,R-2,\n", "utf-8-sig")
    assert run("import_roster", path) == "2 added, 0 already there\n"
    assert run("import_roster", path) == "0 added, 2 already there\n"
    entry = RosterEntry.objects.get(email="a@school.test")
    assert (entry.institution_number, entry.full_name) == ("R-1", "Ann Ågren")


def test_roster_takes_off_the_apostrophe_that_an_export_put_in_front(db, roster):
    run("import_roster", roster(HEADER + "a@school.test,'-17,'=Ann\n"))
    entry = RosterEntry.objects.get()
    assert (entry.institution_number, entry.full_name) == ("-17", "=Ann")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the header lacks email"),
        ("email,full_name\na@school.test,Ann\n", "line 1: the header lacks institution_number"),
        (HEADER + "a@school.test,R1,Ann\nno-address,R2,Bo\n", "line 3: email"),
        (HEADER + "a@school.test,,Ann\n", "line 2: institution_number"),
        (HEADER + "a@school.test\n", "line 2: institution_number"),
        (HEADER + f"a@school.test,R1,{'x' * 200}\n", "line 2: full_name"),
        (HEADER + "a@school.test,R1, =1+1\n", "line 2, full_name: begins with '='"),
        (HEADER + "a@school.test,＝1+1,Ann\n", "line 2, institution_number: begins with '＝'"),
        (HEADER + 'a@school.test,R1,"\t|cmd"\n', "line 2, full_name: begins with '|'"),
        (HEADER + "a@school.test,R1,A\nA@school.test,R2,B\n", "a@school.test is on line 2 too"),
        (HEADER + "a@school.test,R1,A\nb@school.test,r1,B\n", "line 3: R1 is on line 2 too"),
    ],
)
def test_roster_with_a_fault_names_the_line_and_changes_nothing(db, roster, text, message):
    with pytest.raises(CommandError, match=message):
        run("import_roster", roster(text))
    assert not RosterEntry.objects.exists()


def test_roster_number_of_another_entry_is_a_fault(db, roster):
    RosterEntry.objects.create(email="x@school.test", institution_number="R1")
    with pytest.raises(CommandError, match="line 2: R1 belongs to another e-mail"):
        run("import_roster", roster(HEADER + "a@school.test,R1,Ann\n"))


def test_roster_that_is_no_text_or_not_there_is_a_fault(db, roster, tmp_path):
    with pytest.raises(CommandError, match=r"roster\.csv"):
        run("import_roster", roster(HEADER + "a@school.test,R1,\x00\n"))
    with pytest.raises(CommandError, match=r"none\.csv"):
        run("import_roster", str(tmp_path / "none.csv"))


def test_roster_reads_what_the_other_import_reads(db, roster, tmp_path):
    text = "Class list\nStudent ID;Surname;Forename;Email\n20210001,0;Ågren;Zoë;z@school.test\n"
    told = run("import_roster", roster(f"{text}Total;1;;\n", "cp1252"))
    assert "“20210001,0” was read as “20210001”" in told
    assert "line 4 “Total 1" in told
    entry = RosterEntry.objects.get()
    assert (entry.institution_number, entry.full_name) == ("20210001", "Zoë Ågren")
    with pytest.raises(CommandError, match=r"line 2, institution_number: .* rounded"):
        run("import_roster", roster(HEADER + "b@school.test,2.02E+11,Bo\n"))


def test_roster_leaves_out_who_is_gone_and_guesses_no_status(db, tmp_path):
    path = tmp_path / "list.csv"
    head = "Student ID,Email,Full name,Status\n"
    lines = ("S1,ann@x.example,Ann,aktiv\n", "S2,bo@x.example,Bo,exmatrikuliert\n")
    path.write_text(head + "".join(lines))
    assert "lines 3" in run("import_roster", str(path))
    assert [entry.institution_number for entry in RosterEntry.objects.all()] == ["S1"]
    path.write_text(head + lines[0] + "S3,cy@x.example,Cy,Gasthörer\n")
    with pytest.raises(CommandError, match="line 3: status “Gasthörer” is not known"):
        run("import_roster", str(path))
    assert RosterEntry.objects.count() == 1


def test_invitation_from_the_command_line_works_once(db):
    code = run("create_invitation", "admin", "--email", "first@school.test").strip()
    body = {
        "email": "first@school.test",
        "password": "a quiet blue lamp",
        "full_name": "First",
        "institution_number": "A1",
        "invitation": code,
    }
    assert APIClient().post(f"{API}/register/admin", body, "json").status_code == 201
    assert Invitation.objects.get().created_by is None


@pytest.mark.parametrize("arguments", [["student"], ["boss"], ["admin", "--email", "x"]])
def test_invitation_that_makes_no_sense_is_refused(db, arguments):
    with pytest.raises(CommandError):
        run("create_invitation", *arguments)
    assert not Invitation.objects.exists()


def test_purge_deletes_what_has_run_out_and_nothing_else(student, teacher, settings):
    phone = Phone(student)
    phone.log_in(student)
    RefreshToken.objects.filter(user=student).first().delete()
    log_in(APIClient(), teacher)
    APIClient().post(f"{API}/login", {"email": "x@school.test", "password": "x"}, "json")
    assert run("purge_expired") == (
        "proofs: 0 deleted\nrefresh tokens: 0 deleted\n"
        "passkey challenges: 0 deleted\nfailed log-ins: 0 deleted\n"
        "reset requests: 0 deleted\nreserved addresses: 0 deleted\nweb log-ins: 0 deleted\n"
        "name requests: 0 deleted\nregistration tries: 0 deleted\nunconfirmed accounts: 0 deleted\n"
        "waiting files: 0 deleted\nface calls: 0 deleted\n"
        "enrolment challenges: 0 deleted\n"
    )
    now = clock.now()
    SpentProof.objects.update(expires_at=now - timedelta(seconds=1))
    RefreshToken.objects.filter(user=teacher).update(expires_at=now - timedelta(days=31))
    RefreshToken.objects.filter(user=student).update(expires_at=now - timedelta(days=1))
    FailedLogin.objects.update(at=now - settings.LOGIN_FAILURE_WINDOW - timedelta(seconds=1))
    assert run("purge_expired") == (
        "proofs: 1 deleted\nrefresh tokens: 1 deleted\n"
        "passkey challenges: 0 deleted\nfailed log-ins: 1 deleted\n"
        "reset requests: 0 deleted\nreserved addresses: 0 deleted\nweb log-ins: 0 deleted\n"
        "name requests: 0 deleted\nregistration tries: 0 deleted\nunconfirmed accounts: 0 deleted\n"
        "waiting files: 0 deleted\nface calls: 0 deleted\n"
        "enrolment challenges: 0 deleted\n"
    )
    assert RefreshToken.objects.get().jkt == phone.key.jkt
