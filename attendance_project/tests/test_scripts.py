"""Tests that the scripts in static/ can be read: short lines, and a comment on each export."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

LINE_MAX = 120
"""The most characters of a line. The formatter breaks lines at 100, but leaves texts whole."""
FOLDERS = ("static", "types")


def scripts() -> Iterator[Path]:
    base = Path(settings.BASE_DIR)
    for folder in FOLDERS:
        yield from sorted((base / folder).rglob("*.[jt]s"))


def ours() -> list[Path]:
    return [path for path in scripts() if "generated" not in path.parts]


@pytest.mark.parametrize("path", ours(), ids=lambda path: path.stem)
def test_no_line_is_too_long_to_read(path):
    long = [n for n, line in enumerate(path.read_text().splitlines(), 1) if len(line) > LINE_MAX]
    assert not long


@pytest.mark.parametrize("path", ours(), ids=lambda path: path.stem)
def test_each_export_says_what_it_is(path):
    """The comment ends on the line before the export, and begins with words and not with a tag."""
    if path.suffix != ".js":
        return
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        if line.startswith("export "):
            assert lines[number - 1].endswith("*/"), f"line {number + 1}"
            assert re.match(r" ?/?\*\*? [^@]", said_first(lines, number)), f"line {number + 1}"


def test_each_front_end_package_is_pinned_and_says_why_it_is_there():
    described = json.loads(Path(settings.BASE_DIR, "package.json").read_text())
    packages = described["dependencies"] | described["devDependencies"]
    assert packages.keys() == described["why"].keys()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in packages.values())


def said_first(lines: list[str], number: int) -> str:
    """The first line of the comment that ends before the line of that number, counted from 0."""
    start = number - 1
    while not lines[start].startswith("/**"):
        start -= 1
    return lines[start] if lines[start] != "/**" else lines[start + 1]
