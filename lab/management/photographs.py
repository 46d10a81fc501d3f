"""Photographs that a command draws people from."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from lab.evaluation.calibration import pictures_in
from lab.pictures import photographs


def add_images(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--images",
        type=Path,
        metavar="DIR",
        help="Photographs in a folder for each person; default: the public ones of the tests.",
    )


def one_for_each(folder: Path | None) -> list[bytes]:
    """One photograph for each person, in the order of names. Without a folder they are the public
    ones of the tests. Raises CommandError where there are none."""
    if folder is None:
        try:
            known = photographs.faces(Path(settings.VAR_DIR) / "photographs")
        except photographs.PhotographsUnavailable as error:
            raise CommandError(str(error)) from error
        return [pictures[0] for pictures in known.values()]
    if not folder.is_dir():
        raise CommandError(f"There is no folder {folder}.")
    first = {Path(name).parent: name for name in reversed(pictures_in(folder))}
    return [(folder / name).read_bytes() for name in sorted(first.values())]
