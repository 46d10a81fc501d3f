"""Every text of a template goes through gettext, so that other languages can be added."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, Token, TokenType

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.*"))
SPOKEN = re.compile(r"\b(?:alt|aria-label|title|placeholder|value)=\"([^\"]*)\"")
NO_TEXT = re.compile(r"<(script|style|code)\b.*?</\1>|<!--.*?-->", re.DOTALL)
TAG = re.compile(r"<[^>]*>", re.DOTALL)
ENTITY = re.compile(r"&\w+;")
WORD = re.compile(r"[^\W\d_]{2,}")
# These names are the same in every language.
NAMES = {"kbd", "Esc", "CSV", "XLSX", "UTC"}
UNSPOKEN = {"comment", "blocktranslate"}
CLASSES = re.compile(r"{% block (?:body_class|theme) %}.*?{% endblock %}")
LITERAL = re.compile(r"{% include [^%]*\blabel=\"([^\"]+)\"")


def untranslated(source: str) -> list[str]:
    """The words of a template outside of its translation tags."""
    visible = _without_blocks(Lexer(CLASSES.sub("", source)).tokenize())
    visible = NO_TEXT.sub(" ", visible)
    attributes = [value for value in SPOKEN.findall(visible) if " " in value.strip()]
    texts = [*attributes, *LITERAL.findall(source), ENTITY.sub(" ", TAG.sub(" ", visible))]
    return [word for text in texts for word in WORD.findall(text) if word not in NAMES]


def _without_blocks(tokens: list[Token]) -> str:
    """The plain text, with each tag or variable replaced by a harmless sign."""
    kept, inside = [], None
    for token in tokens:
        name = token.contents.split()[0] if token.token_type == TokenType.BLOCK else None
        if inside:
            inside = None if name == "end" + inside else inside
        elif name in UNSPOKEN:
            inside = name
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
        else:
            kept.append("·")
    return "".join(kept)


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates"))
)
def test_template_says_nothing_that_cannot_be_translated(template):
    assert untranslated(template.read_text()) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<img alt="A red dot">', ["red", "dot"]),
        ('<p class="soft">{{ name }} · {% translate "Hello" %}</p>', []),
        ("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %} 12:00", []),
        ("{# Hello #}{% comment %}Hello{% endcomment %}<!-- Hello -->", []),
    ],
)
def test_the_search_finds_texts_and_only_those(source, words):
    assert untranslated(source) == words


def test_pages_name_their_language(client, db):
    page = client.get("/login/", headers={"accept-language": "de, en;q=0.5"})
    assert '<html lang="en-gb"' in page.content.decode()
    assert "Accept-Language" in page.headers["Vary"]
