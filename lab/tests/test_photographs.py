"""Where the photographs come from, and what happens when they cannot be fetched."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from lab.pictures import photographs as archive


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip find no index, as on a machine without a network."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


@pytest.mark.usefixtures("offline")
def test_photographs_that_are_there_need_no_network(
    photographs_directory: Path, photographs: dict[str, list[bytes]]
) -> None:
    told: list[str] = []

    assert archive.faces(photographs_directory, told.append) == photographs
    assert told == []
    assert {who: len(pictures) for who, pictures in photographs.items()} == {
        "obama": 3,
        "biden": 1,
        "astronaut": 1,
    }


@pytest.mark.usefixtures("offline")
def test_altered_photograph_is_never_handed_out(
    tmp_path: Path, photographs_directory: Path, photographs: dict[str, list[bytes]]
) -> None:
    for picture in photographs_directory.iterdir():
        if picture.is_file():
            (tmp_path / picture.name).write_bytes(picture.read_bytes())
    (tmp_path / "biden.jpg").write_bytes(photographs["obama"][0])

    with pytest.raises(archive.PhotographsUnavailable):
        archive.faces(tmp_path)


@pytest.mark.usefixtures("offline")
def test_fetch_photographs_offline_says_what_to_do(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path

    with pytest.raises(CommandError, match="Connect to the network"):
        call_command("fetch_photographs")

    assert list((tmp_path / "photographs").iterdir()) == []


def test_fetch_photographs_tells_how_many_there_are(
    photographs: dict[str, list[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("fetch_photographs")

    assert "5 photographs of 3 people" in capsys.readouterr().out
