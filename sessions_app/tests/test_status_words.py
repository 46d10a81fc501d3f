"""Statuses that nobody knows are asked about, and the answer is kept."""

from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from sessions_app.imports import WordsUnclear
from sessions_app.models import StatusWord
from sessions_app.tests.import_files import plan, refused, run
from sessions_app.tests.test_import_pages import digest_of, upload
from sessions_app.tests.test_import_rosters import numbers

PEOPLE, WORDS = "/imports/enrolments/", "/imports/enrolments/words/"


def roster(*statuses: str, column: str = "Status") -> bytes:
    lines = [f"Student ID,Email,Full name,{column}"]
    names = ("Ann Berg", "Bo Lind", "Cy Dahl", "Di Ek")
    for at, (status, name) in enumerate(zip(statuses, names, strict=False), 1):
        lines.append(f"S70{at},p{at}@x.example,{name},{status}")
    return "\n".join([*lines, ""]).encode()


OWN_WORDS = roster("aktiv", "zurückgestellt", "Gasthörer", "zurückgestellt")


@pytest.fixture
def office(client, admin_user):
    client.force_login(admin_user)
    return client


def test_a_status_that_nobody_knows_imports_nobody_and_is_named(db):
    with pytest.raises(WordsUnclear):
        plan(OWN_WORDS)
    assert refused(OWN_WORDS) == [
        "line 3, status: “zurückgestellt” is not known, on 2 lines. Choose on the page if such "
        "people are gone, or give --status “zurückgestellt=gone” or “zurückgestellt=here”.",
        "line 4, status: “Gasthörer” is not known, on 1 line. Choose on the page if such people "
        "are gone, or give --status “Gasthörer=gone” or “Gasthörer=here”.",
    ]


@pytest.mark.parametrize("column", ["Status", "Enabled User", "Registration status"])
@pytest.mark.parametrize("word", ["…", "42", "?", "???", "z" * 300])
def test_a_sign_or_a_long_remark_is_asked_about_too(db, column, word):
    assert "is not known" in refused(roster("active", word, column=column))[0]


def test_the_page_asks_and_remembers(office):
    sent = office.post(PEOPLE, {"file": SimpleUploadedFile("a.csv", OWN_WORDS)}, follow=True)
    assert sent.redirect_chain[-1] == (WORDS, 302)
    page = office.get(WORDS).content.decode()
    assert "<code>zurückgestellt</code>" in page
    assert "2 lines" in page
    assert numbers() == {"A1"}
    assert "required" in office.post(WORDS, {"word-0": "here", "word-1": "gone"}).content.decode()
    assert not StatusWord.objects.exists()
    answer = {"word-0": "here", "word-1": "gone", "word-2": "here"}
    preview = office.post(WORDS, answer, follow=True).content.decode()
    assert "line 3 “Bo Lind, zurückgestellt”" in preview
    office.post(f"{PEOPLE}apply/", {"digest": digest_of(preview)})
    assert numbers() == {"A1", "S701", "S703"}
    kept = StatusWord.objects.order_by("key").values_list("word", "is_gone")
    assert list(kept) == [("Gasthörer", False), ("zurückgestellt", True)]
    again = upload(office, PEOPLE, roster("GASTHÖRER", "Zurückgestellt"), "next.csv")
    assert "Zurückgestellt" in again
    assert "Preview changes" in again


def test_what_is_known_is_said_otherwise_by_the_page(office):
    page = upload(office, PEOPLE, roster("aktiv", "beurlaubt"), "list.csv")
    assert f'href="{WORDS}"' in page
    office.post(WORDS, {"word-0": "here", "word-1": "here"})
    assert StatusWord.objects.get().word == "beurlaubt"
    run(roster("aktiv", "beurlaubt"))
    assert numbers() == {"A1", "S701", "S702"}
    upload(office, PEOPLE, roster("beurlaubt"), "list.csv")
    office.post(WORDS, {"word-0": "gone"})
    assert StatusWord.objects.get().is_gone


def test_the_page_without_a_file_leads_back(office):
    for answer in (office.get(WORDS), office.post(WORDS, {})):
        assert answer.url == PEOPLE


def test_the_command_is_told_what_a_status_means(db, tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(OWN_WORDS)
    with pytest.raises(CommandError, match="--status"):
        call_command("import_enrolments", str(path), stdout=StringIO())
    for wrong in ("zurückgestellt", "=gone", "zurückgestellt=maybe"):
        with pytest.raises(CommandError, match="WORD=here"):
            call_command("import_enrolments", str(path), status=[wrong], stdout=StringIO())
    told = ["zurückgestellt=gone", "gasthörer=here"]
    call_command("import_enrolments", str(path), status=told, stdout=StringIO())
    assert numbers() == {"S701", "S703"}
    assert not StatusWord.objects.exists()


def test_a_column_of_remarks_is_no_status(db):
    lines = "".join(f"S8{n:03},q{n}@x.example,Ann Berg,remark {n}\n" for n in range(60))
    data = f"Student ID,Email,Full name,Status\n{lines}".encode()
    assert "More than 50 words" in refused(data)[0]
