"""`manage.py evaluate_presentations` on small folders of people and of attacks."""

import random
import re
from pathlib import Path

import cv2
import pytest
from django.core.management import CommandError, call_command

from lab import fake_engine as fake
from lab.evaluation.error_rates import Proportion
from lab.evaluation.presentations import TOGETHER, Film, Kind, evaluate, films_in
from lab.pictures import rendering
from verification.domain.challenge import Challenge, Move, Prompt
from verification.engines import get_engine

CHALLENGE = Challenge(
    (Prompt(Move.TURN_LEFT, 1.0, 2.3), Prompt(Move.TURN_RIGHT, 3.6, 4.9)), duration_s=5.6
)


def written(folder: Path, pictures: list[bytes]) -> Path:
    folder.mkdir(parents=True)
    for n, picture in enumerate(pictures):
        (folder / f"{n:03d}.jpg").write_bytes(picture)
    return folder


def living(count: int) -> list[bytes]:
    """A person who moves and turns."""
    return [fake.picture("ada", shift=0.1, grain=n, yaw=0.5 * (n % 5 == 4)) for n in range(count)]


def tilted_print(count: int) -> list[bytes]:
    return [
        fake.picture("ada", shift=0.1, grain=n, yaw=0.5 * (n % 2), solid=False)
        for n in range(count)
    ]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Two films of people as folders of pictures: one with three bursts of eight, one with one."""
    written(tmp_path / "people/one", living(25))
    written(tmp_path / "people/two", living(8))
    return tmp_path / "people"


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    return written(tmp_path / "frozen", [fake.picture("ada")] * 16)


@pytest.fixture
def prints(tmp_path: Path) -> Path:
    return written(tmp_path / "prints", tilted_print(8))


def judged(name: str | None, path: Path, **options: bool) -> Kind:
    films = films_in(path, fps=4.0, **options)
    return evaluate(get_engine("fake"), name, films, frames=8, tick=lambda: None)


def test_living_people_are_not_taken_for_attacks(people: Path) -> None:
    kind = judged(None, people)

    assert (kind.films, kind.presentations, kind.too_short) == (2, 4, 0)
    assert {name: each.wrong for name, each in kind.errors.items()} == {
        "frozen": Proportion(0, 4),
        "flat": Proportion(0, 4),
        "signs of a camera": Proportion(0, 4),
        "passive": Proportion(0, 0),  # no network is supplied
        TOGETHER: Proportion(0, 4),
    }


def test_each_detector_lets_pass_what_only_another_sees(frozen: Path, prints: Path) -> None:
    still, tilted = judged("still", frozen), judged("print", prints)

    assert still.errors["frozen"].wrong == Proportion(0, 2)
    assert still.errors["flat"].wrong == Proportion(2, 2)
    assert tilted.errors["frozen"].wrong == Proportion(1, 1)
    assert tilted.errors["flat"].wrong == Proportion(0, 1)
    assert still.errors[TOGETHER].wrong == Proportion(0, 2)
    assert tilted.errors[TOGETHER].wrong == Proportion(0, 1)


def test_frozen_people_count_as_bona_fide_errors(frozen: Path) -> None:
    assert judged(None, frozen).errors["frozen"].wrong == Proportion(2, 2)


def test_burst_without_a_face_is_unanswered(tmp_path: Path) -> None:
    empty = [fake.picture("ada", faces=0, grain=n) for n in range(3)]
    kind = judged("empty", written(tmp_path / "empty", empty + living(5)))

    assert kind.presentations == 1
    assert {name: (each.wrong.total, each.unanswered) for name, each in kind.errors.items()} == {
        "frozen": (0, 1),
        "flat": (0, 1),
        "signs of a camera": (0, 1),
        "passive": (0, 1),
        TOGETHER: (0, 1),
    }


def test_short_films_are_counted(people: Path) -> None:
    written(people / "three", living(7))

    assert judged(None, people).too_short == 1


def test_stills_are_presentations_of_their_own(people: Path) -> None:
    assert len(films_in(people, fps=4.0)) == 2
    assert len(films_in(people, fps=4.0, stills=True)) == 33


def test_films_are_told_after_each(people: Path) -> None:
    ticks: list[int] = []
    films = films_in(people, fps=4.0)
    evaluate(get_engine("fake"), None, films, frames=8, tick=lambda: ticks.append(1))

    assert len(ticks) == 2


def run(*options: str) -> None:
    call_command("evaluate_presentations", "--engine=fake", "--frames=8", *options)


def test_table_shows_each_kind_with_counts_and_the_highest(
    people: Path, frozen: Path, prints: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(f"--bona-fide={people}", f"--attack=still={frozen}", f"--attack=print={prints}")

    printed = capsys.readouterr().out
    assert "APCER still" in printed
    assert "APCER print" in printed
    assert "4 bursts, 2 films" in printed
    assert "1 bursts, 1 film " in printed
    flat = r"flat.*0\.00 % \(0\.00 to 48\.99\), 0/4.*100\.00 % .*2/2.*0\.00 % .*0/1.*100\.00 %"
    assert re.search(flat, printed)
    assert "Moves are not judged" in printed


def test_paths_of_one_kind_are_added(
    people: Path, frozen: Path, prints: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(f"--bona-fide={people}", f"--attack=any={frozen}", f"--attack=any={prints}")

    assert re.search(r"any of them.* 0/4 .* 0/3 ", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--attack=still"], "'still' is not KIND=PATH"),
        (["--attack==x"], "'=x' is not KIND=PATH"),
        (["--attack=still=/no/such/folder"], "/no/such/folder is not there"),
        (["--frames=0"], "not a whole number"),
        (["--fps=0"], "not a number above 0"),
        (["--fps=nan"], "not a number above 0"),
        (["--engine=none"], "no face engine"),
        (["--frames=200"], "bona fide: no film holds 200 frames"),
    ],
)
def test_wrong_options_are_errors_that_say_why(
    people: Path, frozen: Path, options: list[str], problem: str
) -> None:
    with pytest.raises(CommandError, match=problem):
        run(f"--bona-fide={people}", f"--attack=still={frozen}", *options)


def test_folder_without_films_is_named(people: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()

    with pytest.raises(CommandError, match="nothing holds neither"):
        run(f"--bona-fide={people}", f"--attack=still={tmp_path / 'nothing'}")


@pytest.mark.parametrize(("name", "data"), [("a.mp4", b"no film"), ("a.jpg", b"no picture")])
def test_unreadable_file_is_named(people: Path, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / name).write_bytes(data)

    with pytest.raises(CommandError, match=re.escape(name)):
        run("--stills", f"--bona-fide={people}", f"--attack=still={tmp_path / 'bad'}")


@pytest.mark.slow
def test_real_engine_judges_films_of_the_photographed(
    tmp_path: Path, photographs: dict[str, list[bytes]]
) -> None:
    photo, rng = photographs["obama"][0], random.Random(1)
    honest = rendering.render_burst(photo, CHALLENGE, fps=3.5, rng=rng)
    still = rendering.render_still(photo, CHALLENGE, fps=3.5, rng=rng)
    folder = written(tmp_path / "honest", [jpeg for _, jpeg in honest])

    people = _judged_by_opencv(None, films_in(folder, fps=3.5))
    attack = _judged_by_opencv("still", films_in(_filmed(tmp_path, still), fps=3.5))

    assert people.errors[TOGETHER].wrong == Proportion(0, 1)
    assert attack.errors["frozen"].wrong == Proportion(0, 1)


def _judged_by_opencv(name: str | None, films: list[Film]) -> Kind:
    return evaluate(get_engine("opencv"), name, films, frames=19, tick=lambda: None)


def _filmed(folder: Path, burst: rendering.Burst) -> Path:
    """Write the burst as a film."""
    path = folder / "still.avi"
    size = (rendering.FRAME_WIDTH_PX, rendering.FRAME_HEIGHT_PX)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 3.5, size)
    for _, jpeg in burst:
        writer.write(rendering.read_image(jpeg))
    writer.release()
    return path
