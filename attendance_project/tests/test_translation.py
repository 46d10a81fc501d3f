"""Everything that people read is translated: a language in which all texts are marked shows it."""

import ast
import html
import json
import re
from pathlib import Path

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.apps import apps
from django.conf import settings as django_settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils import dates, translation
from rest_framework.test import APIClient

from accounts.models import User
from attendance_project.asgi import application
from attendance_project.tests import pseudo
from attendance_project.tests.browser.test_every_page import NOT_PAGES
from attendance_project.tests.page_client import PageClient
from attendance_project.tests.patience import PATIENCE_S
from attendance_project.tests.test_access import ROWS, path_of
from attendance_project.tests.threads import wait_for_mails
from conftest import NOW
from lab.fake_engine import picture
from sessions_app import imports
from sessions_app.imports import ImportRefused
from verification.domain.capture import HINT_WORDS
from verification.domain.challenge import MOVE_WORDS
from verification.domain.reasons import RULES
from verification.models import CheckInDecision, FaceTemplate
from verification.tests.support import StudentPhone, sightings, tokens

pytestmark = [pytest.mark.slow, pytest.mark.once]

HEADERS = {"accept-language": pseudo.CODE}
COLUMN = {"anonymous": 0, "student": 2, "teacher": 4, "admin": 5}
PAGES = {
    role: [
        row
        for row in ROWS
        if row.method == "GET" and row.statuses[column] == 200 and not NOT_PAGES.search(row.route)
    ]
    for role, column in COLUMN.items()
}
NO_TEXT = re.compile(r"<(script|style|code|template)\b.*?</\1>|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r"\b(?:alt|aria-label|title|placeholder)=\"([^\"]*)\"")
WORD = re.compile(r"[^\W\d_]{2,}")
# These are the same in every language: signs, zones, file formats, columns, keys of a keyboard.
# Days and months are Django's own to translate.
DATES = {
    str(name)
    for names in (dates.WEEKDAYS, dates.WEEKDAYS_ABBR, dates.MONTHS)
    for name in names.values()
}
NAMES = {
    *DATES,
    *(month[:3] for month in DATES),
    "Esc",
    "CSV",
    "XLSX",
    "UTF",
    "UTC",
    "Europe",
    "Paris",
    "en",
    "gb",
}


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory):
    folder = tmp_path_factory.mktemp("locale")
    pseudo.write_catalogues(folder)
    return folder


@pytest.fixture
def in_brackets(settings, catalogues):
    settings.LANGUAGES = [*settings.LANGUAGES, (pseudo.CODE, "Pseudo")]
    settings.LOCALE_PATHS = [catalogues]


def of_people() -> list[str]:
    """What people typed in or are called, longest first. It is never translated."""
    texts = set()
    for app in pseudo.APPS[:1] + pseudo.APPS[2:]:
        for model in apps.get_app_config(app).get_models():
            names = [
                f.name
                for f in model._meta.fields
                if isinstance(f, models.CharField | models.TextField)
            ]
            rows = model._default_manager.values_list(*names) if names else []
            texts |= {text for row in rows for text in row}
    return sorted((t for t in texts if t), key=len, reverse=True)


def untranslated(page: str, known: list[str]) -> list[str]:
    visible = NO_TEXT.sub(" ", page[page.index("<body") :])
    texts = [*SPOKEN.findall(visible), re.sub(r"<[^>]*>", " ", visible)]
    text = pseudo.outside_brackets(html.unescape(" \n".join(texts)))
    for word in known:
        text = text.replace(word, " ")
    return [word for word in WORD.findall(text) if word not in NAMES]


@pytest.mark.parametrize("role", PAGES)
def test_no_page_says_anything_untranslated(role, world, in_brackets, subtests):
    known = of_people()
    for row in PAGES[role]:
        with subtests.test(row.route):
            path = path_of(row, world)
            page = world.client(role, path).get(path, headers=HEADERS)
            assert page.status_code == 200
            text = page.content.decode()
            assert f'<html lang="{pseudo.CODE}"' in text
            assert "⟦" in text
            assert untranslated(text, known) == []


def test_the_scripts_texts_are_served_translated(client, in_brackets):
    texts = client.get("/texts.js", headers=HEADERS)
    assert texts.headers["Content-Type"].startswith("text/javascript")
    assert "Accept-Language" in texts.headers["Vary"]
    assert json.dumps("⟦No connection. Trying again⟧") in texts.content.decode()


def test_a_service_error_is_translated_and_keeps_its_code(db, in_brackets):
    answer = APIClient().post(
        "/api/v1/login", {"email": "x@school.test", "password": "wrong"}, "json", headers=HEADERS
    )
    assert answer.status_code == 401
    assert answer.json() == {
        "code": "wrong_credentials",
        "detail": "⟦Wrong e-mail or password. Try again, or ask for a new password.⟧",
        "fields": {},
    }


def test_an_unreadable_input_is_translated(db, in_brackets):
    answer = APIClient().post("/api/v1/login", {}, "json", headers=HEADERS).json()
    assert answer["code"] == "invalid_input"
    assert pseudo.outside_brackets(answer["detail"]).strip() == ""


def test_a_refusals_reason_is_translated(student, open_session, in_brackets):
    phone = StudentPhone(student)
    body = {"tokens": ["NOT-OURS", "NOR-THIS"], "nonce": "n" * 12}
    answer = phone.post("/qr/scan", body, HTTP_ACCEPT_LANGUAGE=pseudo.CODE)
    reason = answer.json()["reasons"][0]
    assert reason["code"] == "code_unreadable"
    assert reason["message"] == f"⟦{RULES['code_unreadable'].words}⟧"


def test_an_imports_problems_are_translated(admin_user, in_brackets):
    client = PageClient()
    client.force_login(admin_user)
    file = SimpleUploadedFile("class.csv", b"student_number,rank\nS1,1\n", "text/csv")
    page = client.post("/imports/enrolments/", {"file": file}, headers=HEADERS, follow=True)
    text = page.content.decode()
    assert "⟦is not a column of this import. Rename it, or remove it.⟧" in text
    assert untranslated(text, [*of_people(), "class.csv", "rank"]) == []


@pytest.mark.django_db(transaction=True)
async def test_a_screens_register_comes_in_the_screens_language(world, open_session, in_brackets):
    await CheckInDecision.objects.aupdate(reasons=["bluetooth_missing"])
    client = await sync_to_async(world.client)("teacher", "/")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    headers = [
        (b"host", b"testserver"),
        (b"origin", b"http://testserver"),
        (b"cookie", cookies.encode()),
    ]
    screen = WebsocketCommunicator(
        application,
        f"/ws/sessions/{open_session.pk}/",
        headers=[*headers, (b"accept-language", pseudo.CODE.encode())],
    )
    try:
        assert (await screen.connect(timeout=PATIENCE_S))[0]
        message = {"type": ""}
        while message["type"] != "register":
            message = await screen.receive_json_from(timeout=PATIENCE_S)
    finally:
        await screen.disconnect()
    reasons = [reason for row in message["rows"] for reason in row["reasons"]]
    assert reasons == ["⟦No Bluetooth heard⟧"]


@pytest.fixture
def phone(student, course, settings, in_brackets):
    """The phone of a student who agreed to face recognition and reads the pseudo-language."""
    settings.FACE_ENGINE = "fake"
    phone = StudentPhone(student)
    phone.client.defaults["HTTP_ACCEPT_LANGUAGE"] = pseudo.CODE
    assert phone.enrol().status_code == 201
    return phone


def test_what_to_do_at_the_face_step_is_translated(phone, open_session):
    FaceTemplate.objects.update(status="approved")
    step = phone.scan(tokens(open_session)).json()
    phone.hear(step["attempt"], sightings(open_session))
    dark = [(at_s, picture("me", brightness=20.0)) for at_s in np.linspace(0.0, 8.0, 30)]
    answer = phone.show(step["attempt"], 1, dark).json()
    assert answer["hint_message"] == f"⟦{HINT_WORDS[answer['hint']]}⟧"
    prompts = answer["challenge"]["prompts"]
    assert [p["message"] for p in prompts] == [f"⟦{MOVE_WORDS[p['move']]}⟧" for p in prompts]


def test_a_teachers_mail_is_in_the_sites_language_and_not_in_the_students(phone, course):
    answer = phone.post("/face/not-me").json()
    assert pseudo.outside_brackets(answer["message"]).strip() == ""
    wait_for_mails()
    [sent] = mail.outbox
    assert sent.subject == "An enrolled face was not the student's own"
    assert "⟦" not in sent.body


def test_what_changed_during_an_import_is_told_translated(course, student, in_brackets):
    line = f"student_number,student_email\n{student.institution_number},new@school.test\n"
    User.objects.filter(pk=student.pk).update(password="!unusable")
    plan = imports.plan_enrolments(line.encode(), now=NOW)
    User.objects.filter(pk=student.pk).update(email="other@school.test")
    with translation.override(pseudo.CODE):
        with pytest.raises(ImportRefused) as caught:
            imports.apply(plan)
        told = [str(caught.value.problems[0]), caught.value.advice]
    assert told[0].startswith("⟦line 2⟧: ⟦⟦student⟧ S1 ")
    assert [pseudo.outside_brackets(text).strip(" :") for text in told] == ["", ""]


@pytest.mark.parametrize(
    ("module", "texts"),
    [
        ("reasons", {text for rule in RULES.values() for text in (rule.label, rule.words)}),
        ("capture", set(HINT_WORDS.values())),
        ("challenge", set(MOVE_WORDS.values())),
    ],
)
def test_what_the_domain_says_is_marked_for_translation(module, texts):
    source = Path(django_settings.BASE_DIR, f"verification/domain/{module}.py").read_text()
    assert texts <= {text[0] for text in pseudo.python_texts(source)}


# Functions that take a sentence which no page of the walk shows: errors, messages, problems.
TELLING = {
    *("Refusal", "ValidationError", "Problem", "refuse", "_refused", "problem"),
    *("add_error", "success", "_error", "_frozen", "ImpossibleSeries", "ParseError"),
}
SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;.]? [^\W\d_]+")


def spoken_outside_of_gettext(source: str) -> list[str]:
    """Literal sentences given to what tells people something, and f-strings given to gettext."""
    found = []
    for node in ast.walk(ast.parse(source)):
        name = pseudo.name_of(node.func) if isinstance(node, ast.Call) else ""
        if name in TELLING:
            found += [text for part in _parts(node) for text in _literals(part)]
        elif name in pseudo.MARKS:
            found += [ast.unparse(a) for a in node.args if isinstance(a, ast.JoinedStr)]
    return [text for text in found if SENTENCE.search(text)]


def _parts(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _literals(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Call):
        return []  # gettext's own argument, or one that is visited by itself
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    return [text for child in ast.iter_child_nodes(node) for text in _literals(child)]


MODULES = [
    path
    for app in pseudo.APPS
    for path in pseudo.sources(Path(django_settings.BASE_DIR) / app)
    if not {"management", "simulation"} & set(path.parts)
]


@pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: str(path.relative_to(django_settings.BASE_DIR))
)
def test_a_module_tells_nothing_that_cannot_be_translated(module):
    assert spoken_outside_of_gettext(module.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Refusal('a_code', 'Try it again.', Kind.INVALID)", ["Try it again."]),
        ("Refusal('a_code', _('Try it again.'), Kind.INVALID)", []),
        ("Problem(1, '', f'has {n} cells too many')", [" cells too many"]),
        ("Refusal('a', _('Look.'), kind, fields={'x': ['Not this one.']})", ["Not this one."]),
        ("_(f'Hello dear {name}')", ["f'Hello dear {name}'"]),
    ],
)
def test_the_search_finds_what_is_told_untranslated(source, found):
    assert spoken_outside_of_gettext(source) == found


LITERAL = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`")
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*$|(?<=[;,{]) //.*$", re.DOTALL | re.MULTILINE)
SCRIPTS = pseudo.scripts_of(Path(django_settings.BASE_DIR))
CLASSES = re.compile(r"\bclass: \"[^\"]*\"")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_script_says_nothing_that_cannot_be_translated(script):
    source = CLASSES.sub("", COMMENT.sub("", script.read_text()))
    marked = {f'"{text}"' for texts in pseudo.js_texts(source) for text in texts}
    spoken = [s for s in LITERAL.findall(source) if re.search(r"[A-Za-z]{2,} [a-z]{2,}", s)]
    assert [s for s in spoken if s not in marked] == []
