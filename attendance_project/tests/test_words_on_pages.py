"""How pages say a number, a day and an empty choice.

The pages are those of the access test, with one row of everything, so that what is said of a single
thing is read.
"""

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

from attendance_project.days import FORMATS, when
from attendance_project.tests import pseudo
from attendance_project.tests.browser.test_every_page import COLUMN, NOT_PAGES
from attendance_project.tests.crowd import forgotten_session, gather
from attendance_project.tests.page_lists import Element, parsed
from attendance_project.tests.test_access import ROWS, path_of
from attendance_project.tests.world import World

BASE = Path(settings.BASE_DIR)
ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
ONE_OF_MANY = re.compile(r"(?<![\w.,:/–-])1 (?:\w+ )?\w+s\b")
"""A number one before a plural, such as "1 sessions"."""
NO_TEXT = re.compile(r"<(script|style|code|template|option)\b.*?</\1>|<!--.*?-->", re.DOTALL)
HELP = re.compile(r'<small class="helptext".*?</small>', re.DOTALL)
"""It may say in which form a day is typed in."""
COUNTED = re.compile(r"%\((\w+)\)[sd] (?:of |more |new |other |remaining |the )*(\w+)s\b")
NO_PLURALS = {"is", "was", "has", "this", "as", "its", "access", "pass", "always", "times", "plus"}
NO_COUNT = {"name", "email", "person", "title", "value", "text", "key", "word", "course", "owner"}
NO_COUNT |= {"former", "new", "number"}
MORE_THAN_ONE = {
    "most": "a limit, which is far above one",
    "mb": "a limit, which is far above one",
    "seconds": "with decimals, as in 1.0 seconds, or a fixed limit of ten",
}
"""Names of numbers which are never one, each with the reason."""
ALWAYS_MANY = {
    "%(count)s moves follow, one by one. Keep your face in the oval.": "a challenge has several",
    "%(n)d dates from %(first)s to %(last)s": "one date is written without this text",
    "Page %(n)s of %(of)s, %(count)s rows": "only said where there are several pages",
    "This is more than %(n)s rows. Choose fewer days.": "a limit, which is far above one",
    "More than %(n)d words of statuses are not known. Choose which column is which, so that this "
    "one is not read.": "a limit, which is far above one",
    "Use at most %(n)d characters, since the week is added.": "a limit, which is far above one",
    "Use at most %(n)d characters.": "a limit, which is far above one",
    "Your teacher reads it. You can send one answer, up to %(n)s characters.": "a limit",
    "You can miss %(spare)s of the %(ahead)s remaining sessions.": "fewer than all, and not none",
    "You can miss %(hours)s h, which is any %(spare)s of the %(ahead)s remaining sessions.": "too",
    "You can miss %(hours)s h, which is less than the longest of the %(ahead)s remaining "
    "sessions.": "a shorter one is among them",
}
"""Texts in which the number is never one, each with the reason."""


def pages(world: World, role: str) -> dict[str, str]:
    """The HTML of each page that the role sees, by its route."""
    seen = {}
    for row in ROWS:
        is_seen = row.method == "GET" and row.statuses[COLUMN[role]] == 200
        if is_seen and not NOT_PAGES.search(row.route):
            path = path_of(row, world)
            seen[row.route] = world.client(role, path).get(path).content.decode()
    return seen


def words_of(page: str) -> str:
    visible = HELP.sub(" ", NO_TEXT.sub(" ", page[page.index("<body") :]))
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", visible)))


def amiss(page: str) -> list[str]:
    """What a page says as it should not, in words."""
    words = words_of(page)
    found = [*ISO_DAY.findall(words), *(m.group() for m in ONE_OF_MANY.finditer(words))]
    everything = [*parsed(page).within()]
    selects = {e.attributes.get("id"): e for e in everything if e.tag == "select"}
    found += [f"{pk}: {o.words()}" for pk, e in selects.items() for o in e.within() if is_blank(o)]
    labels = [e for e in everything if e.tag == "label" and "(optional)" in e.words()]
    return [*found, *(e.words() for e in labels if e.attributes.get("for") in selects)]


def is_blank(option: Element) -> bool:
    """Whether it is a choice that does not say what it means."""
    return option.tag == "option" and not re.search(r"\w", option.words())


@pytest.mark.slow
@pytest.mark.parametrize("role", ["anonymous", "teacher", "admin"])
def test_pages_say_days_in_words_one_thing_as_one_and_what_an_empty_choice_means(world, role):
    gather(world, 1)
    forgotten_session(world)
    found = {route: amiss(page) for route, page in pages(world, role).items()}
    assert len(found) > 3
    assert {route: wrong for route, wrong in found.items() if wrong} == {}


def texts() -> set[pseudo.Text]:
    """All that is translated: of Python, of templates and of scripts."""
    python = [path for app in pseudo.APPS for path in pseudo.sources(BASE / app)]
    found = {text for path in python for text in pseudo.python_texts(path.read_text())}
    for template in (BASE / "templates").rglob("*.*"):
        if template.parent.name != "consent":  # these are kept as people agreed to them
            found |= set(pseudo.template_texts(template.read_text()))
    for script in pseudo.scripts_of(BASE):
        found |= set(pseudo.js_texts(script.read_text()))
    return found


def without_singular(text: str) -> bool:
    """Whether a number stands before a plural, so that it is wrong where the number is one."""
    return text not in ALWAYS_MANY and any(
        f"{word}s" not in NO_PLURALS and name not in NO_COUNT and name not in MORE_THAN_ONE
        for name, word in COUNTED.findall(text)
    )


def test_every_counted_thing_has_a_singular():
    alone = sorted(text[0] for text in texts() if len(text) == 1)
    assert len(alone) > 500
    assert [text for text in alone if without_singular(text)] == []
    assert set(ALWAYS_MANY) <= set(alone), "a reason for a text that is gone"


def test_no_form_has_an_empty_choice_that_says_nothing():
    assert get_resolver().url_patterns  # loads every view, and its forms with it
    found = {}
    for kind in all_forms(forms.BaseForm):
        for name, field in getattr(kind, "base_fields", {}).items():
            if isinstance(field, forms.ModelChoiceField) and field.widget.input_type == "select":
                found[kind.__name__, name] = field.empty_label
    assert found
    assert {
        key for key, label in found.items() if label and not re.search(r"\w", str(label))
    } == set()


def all_forms(kind: type[forms.BaseForm]) -> list[type[forms.BaseForm]]:
    """The forms of our pages, without those of the administration."""
    below = [each for sub in kind.__subclasses__() for each in all_forms(sub)]
    is_ours = ".forms." in kind.__module__ and not kind.__module__.startswith("django.")
    return [kind, *below] if is_ours else below


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("day", "3 Mar 2026"),
        ("long week day", "Tuesday 3 March 2026"),
        ("week day and time", "Tue 3 Mar 2026, 09:05"),
        ("time", "09:05"),
    ],
)
def test_a_moment_is_written_in_one_form_of_each_kind(how, words):
    assert when(datetime(2026, 3, 3, 9, 5, tzinfo=UTC), how) == words


def test_a_stored_day_is_written_in_words_and_what_is_no_day_as_it_is():
    assert [when(text, "day") for text in ("2026-03-03", "", "soon")] == ["3 Mar 2026", "", "soon"]
    assert when(None, "day") == ""


def test_a_translation_changes_how_days_are_written(monkeypatch):
    monkeypatch.setitem(FORMATS, "day", "d.m.Y")
    assert when("2026-03-03", "day") == "03.03.2026"
    with translation.override("de"):
        monkeypatch.setitem(FORMATS, "day", "j. F Y")
        assert when("2026-03-03", "day") == "3. März 2026"


def test_python_leaves_the_form_of_a_day_to_one_place():
    own = r"date_format\(|dateformat|%-?d\.|%-?m[./]|%[AaBb]\b"
    used = {
        path.relative_to(BASE).as_posix(): written
        for app in pseudo.APPS
        for path in pseudo.sources(BASE / app)
        if (written := re.findall(own, path.read_text())) and path.name != "days.py"
    }
    assert used == {}


def test_templates_leave_the_form_of_a_day_to_one_place():
    parts = {"c", "Y-m-d", "j", "M"}  # for programs, for comparing, and in two lines of a column
    used = {
        path.relative_to(BASE).as_posix(): written
        for path in (BASE / "templates").rglob("*.*")
        if (written := set(re.findall(r"\|date:[\"']([^\"']*)", path.read_text())) - parts)
    }
    assert used == {}
