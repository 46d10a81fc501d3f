"""A language that no one speaks, in which every text of ours stands in brackets ⟦like this⟧.

Its catalogues are made from the sources as makemessages and msgfmt make them, without the gettext
binaries that those need.
"""

import ast
import re
import struct
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

CODE = "qps"
"""The makers of Windows reserve it for pseudo-languages, and Django has no catalogue of it."""
APPS = ("accounts", "attendance_project", "reports", "sessions_app", "verification")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
PYTHON_CALL = re.compile(r"\b(?:_|n?gettext|n?gettext_lazy|gettext_noop)\s*\(")
JS_STRING = r"\"(?:[^\"\\]|\\.)*\"(?:\s*\+\s*\"(?:[^\"\\]|\\.)*\")*"
"""One text in a script, which may be written as several that are added together."""
JS_CALL = re.compile(rf"\b(n?gettext)\(\s*({JS_STRING})(?:,\s*({JS_STRING}))?")
TEMPLATE_CALL = re.compile(
    r"\b(?:n?gettext|_)\(\s*u?('''.*?'''|\"\"\".*?\"\"\"|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"(?:,\s*u?('''.*?'''|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))?",
    re.DOTALL,
)
Text = tuple[str, ...]
"""A text alone, or its singular and plural."""
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"


def bracketed(text: str) -> str:
    return f"⟦{text}⟧"


def outside_brackets(text: str) -> str:
    """What is left without everything in brackets, which may be nested."""
    while (less := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = less
    return text


def write_catalogues(folder: Path) -> None:
    """A folder for ``LOCALE_PATHS``: our texts in the pseudo-language, for pages and scripts."""
    base = Path(settings.BASE_DIR)
    messages = folder / CODE / "LC_MESSAGES"
    messages.mkdir(parents=True)
    python = [path for app in APPS for path in sources(base / app)]
    texts = {text for path in python for text in python_texts(path.read_text())}
    for template in (base / "templates").rglob("*.*"):
        texts |= set(template_texts(template.read_text()))
    (messages / "django.mo").write_bytes(compiled(texts))
    scripts = {text for path in scripts_of(base) for text in js_texts(path.read_text())}
    (messages / "djangojs.mo").write_bytes(compiled(scripts))


def scripts_of(base: Path) -> list[Path]:
    """Our own scripts, with those of the student's page."""
    return sorted([*(base / "static/js").glob("*.js"), *(base / "static/student").rglob("*.js")])


def sources(app: Path) -> list[Path]:
    """An app's modules without its tests."""
    return [path for path in sorted(app.rglob("*.py")) if "tests" not in path.parts]


def python_texts(source: str) -> Iterator[Text]:
    if not PYTHON_CALL.search(source):
        return  # most modules have no texts, and parsing them takes long
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and name_of(node.func) in MARKS:
            plural = name_of(node.func).startswith("n")
            texts = [a.value for a in node.args[: 1 + plural] if isinstance(a, ast.Constant)]
            if texts:
                yield tuple(texts)


def name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def template_texts(source: str) -> Iterator[Text]:
    for call in TEMPLATE_CALL.finditer(templatize(source)):
        yield tuple(ast.literal_eval(text) for text in call.groups() if text)


def js_texts(source: str) -> Iterator[Text]:
    for kind, *texts in JS_CALL.findall(source):
        wanted = texts[: 2 if kind == "ngettext" else 1]
        yield tuple(ast.literal_eval(re.sub(r"\"\s*\+\s*\"", "", text)) for text in wanted)


def compiled(texts: set[Text]) -> bytes:
    """A catalogue as msgfmt writes it: https://www.gnu.org/software/gettext/manual/ (MO Files)."""
    pairs = {"\0".join(text): "\0".join(map(bracketed, text)) for text in texts}
    entries = sorted((key.encode(), value.encode()) for key, value in {"": HEADER, **pairs}.items())
    start = 28 + 16 * len(entries)
    tables, strings = [b"", b""], b""
    for column in (0, 1):
        for entry in entries:
            tables[column] += struct.pack("<II", len(entry[column]), start + len(strings))
            strings += entry[column] + b"\0"
    count = len(entries)
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start)
    return head + b"".join(tables) + strings
