"""What the commands that measure face engines have in common."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from rich.console import Console

from verification.engines import get_engine
from verification.engines.base import FaceEngine, PassiveModelUnusable
from verification.engines.weights import WeightsMissing


def wide_console() -> Console:
    """A console that is wide enough for the tables where the output goes into a file."""
    return Console(width=None if Console().is_terminal else 190, highlight=False)


def load_engines(names: Sequence[str] | None) -> dict[str, FaceEngine]:
    """The engines by name, FACE_ENGINE where none is given. Raises CommandError on a bad one."""
    try:
        return {name: get_engine(name) for name in names or [settings.FACE_ENGINE]}
    except (ValueError, WeightsMissing, PassiveModelUnusable) as error:
        raise CommandError(str(error)) from error


def positive_number(text: str) -> int:
    """Read an argument that is a whole number from 1 on."""
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def positive_measure(text: str) -> float:
    """Read an argument that is a number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def file_to_write(text: str) -> Path:
    """Read the path of a file to write. Its folder must exist, or an hour of measuring is lost."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise ArgumentTypeError(f"{text} cannot be written: there is no folder {path.parent}")
    return path
