"""The documents list what there is: settings, commands, routes and files."""

import ast
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands

from attendance_project.tests.described import description

ROOT = Path(settings.BASE_DIR)
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md")],
)
OURS = ("accounts", "sessions_app", "verification", "reports", "lab")
LINK = re.compile(r"\]\(([^)\s]+)\)")
RULE = re.compile(r"[|\-: ]+")
IMAGE = re.compile(r'(?:src|href)="([^"]+)"')


def rows(page: str, *, until: str = "") -> list[list[str]]:
    """The cells of every table row of a page, up to a heading, without heads and rules."""
    text = (ROOT / "docs" / page).read_text()
    text = text.partition(f"\n## {until}\n")[0] if until else text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    bodies = [
        line
        for line, below in zip(lines, [*lines[1:], ""], strict=True)
        if not RULE.fullmatch(line) and not RULE.fullmatch(below)
    ]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in bodies]


def names(cell: str) -> list[str]:
    """The texts in backticks, each up to its first blank."""
    return [each.split()[0] for each in re.findall(r"`([^`]+)`", cell)]


# --- settings -------------------------------------------------------------------------------


def read_settings() -> dict[str, str]:
    """Each variable that settings.py reads, and its default as the page writes it."""
    tree = ast.parse((ROOT / "attendance_project" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {
        call.args[0].value: _default(call)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def _default(call: ast.Call) -> str:
    named = [word.value for word in call.keywords if word.arg == "default"]
    given = [*call.args[1:], *named]
    if not given:
        return "needed"
    if not isinstance(given[0], ast.Constant | ast.List):
        return "computed"
    return _written(ast.literal_eval(given[0]))


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value) or "empty"
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:.10g}" if isinstance(value, float) else str(value) or "empty"


def test_settings_page_has_each_variable_with_its_default():
    page = {
        name: cells[1].strip("`")
        for cells in rows("settings.md", until="Variables of other programs")
        for name in names(cells[0])
    }
    read = read_settings()
    assert page.keys() == read.keys()
    differ = {name for name in read if read[name] not in (page[name], "computed")}
    assert differ == set()


# --- commands -------------------------------------------------------------------------------


def test_commands_page_has_each_command_of_ours():
    page = {
        name
        for cells in rows("commands.md")
        for name in names(cells[0])
        if name not in ("make", "manage.py")
    }
    there = {name for name, app in get_commands().items() if app in OURS}
    assert page == there


def test_commands_page_has_each_target_of_the_makefile():
    page = {
        each.split()[1]
        for cells in rows("commands.md")
        for each in re.findall(r"`(make [a-z-]+)", cells[0])
    }
    makefile = (ROOT / "Makefile").read_text()
    phony = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert page == set(" ".join(phony).split()) - {"help"}


# --- the API --------------------------------------------------------------------------------


def test_api_page_has_each_route_and_method():
    page = set()
    for cells in rows("api.md"):
        for each in re.findall(r"`([A-Z, ]+ /[^`]*)`", cells[0]):
            methods, _, route = each.rpartition(" ")
            page |= {(method, route) for method in methods.split(", ")}
    schema = description()
    there = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in schema["paths"].items()
        for method in operations
    }
    assert page == there


# --- links and lengths ----------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The addresses of a page's headings, as code forges make them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", head.lower()) for head in heads]
    return {head.strip().replace(" ", "-") for head in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path):
    text = page.read_text()
    targets = [*LINK.findall(text), *IMAGE.findall(text)]
    for target in targets:
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        leads_to = (page.parent / path).resolve() if path else page
        assert leads_to.exists(), target
        if anchor and leads_to.suffix == ".md":
            assert anchor in anchors(leads_to), target


def test_index_names_each_document():
    folder = ROOT / "docs"
    index = folder / "README.md"
    targets = LINK.findall(index.read_text())
    linked = {(folder / target.partition("#")[0]).resolve() for target in targets}
    documents = {page for page in PAGES if folder in page.parents}
    assert documents - linked - {index} == set()


def test_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


PATH = re.compile(r"`((?:[a-z_]+/)+(?:[\w.\-]+\.(?:py|js|html|md|css|txt))?)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_that_a_page_names_are_there(page: Path):
    """A path in backticks counts from the root of the tree, or from within one of its apps."""
    bases = [ROOT, *(ROOT / app for app in OURS), page.parent, ROOT / "static" / "student"]
    for path in PATH.findall(page.read_text()):
        assert any((base / path).exists() for base in bases), path


# --- limits ---------------------------------------------------------------------------------


def _is_limit(cells: list[str]) -> bool:
    return len(cells) == 3 and bool(re.fullmatch(r"`[a-z_.]+\.[A-Z_]+`", cells[2]))


UNITS = {"": 1, "MiB": 2**20, "s": 1, "h": 3600, "days": 86_400}
LIMITS = [(cells[1], names(cells[2])[0]) for cells in rows("security.md") if _is_limit(cells)]


@pytest.mark.parametrize(("written", "constant"), LIMITS, ids=[each[1] for each in LIMITS])
def test_security_page_tells_each_limit_as_the_code_has_it(written, constant):
    number, _blank, unit = written.partition(" ")
    module, _point, name = constant.rpartition(".")
    value = getattr(settings if module == "django.conf.settings" else import_module(module), name)
    value = value.total_seconds() if isinstance(value, timedelta) else value
    assert value == int(number.replace(",", "")) * UNITS[unit]


def test_security_page_has_each_limit_once():
    constants = [constant for _written, constant in LIMITS]
    assert len(set(constants)) == len(constants) >= 40
