"""Reading pair files, and `manage.py evaluate_faces` on small folders of pictures."""

import ast
import json
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from lab import fake_engine as fake
from lab.evaluation.calibration import calibrate, pictures_in, sample
from lab.evaluation.embedding import describe_all, score_matrix
from lab.evaluation.error_rates import NO_SCORE, Comparison, Proportion
from lab.evaluation.faces import compare_pairs, report
from lab.evaluation.pairs import Pair, PairFileError, read_pairs, subject_of
from verification.engines import get_engine


def written(folder: Path, text: str, name: str = "pairs.txt") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_lfw_file_has_folds(tmp_path: Path) -> None:
    rows = "2\t1\nAda\t1\t2\nAda\t1\tBob\t3\nBob\t2\t3\nBob\t1\tAda\t12\n"

    assert read_pairs(written(tmp_path, rows)) == [
        Pair("Ada/Ada_0001.jpg", "Ada/Ada_0002.jpg", True, 1),
        Pair("Ada/Ada_0001.jpg", "Bob/Bob_0003.jpg", False, 1),
        Pair("Bob/Bob_0002.jpg", "Bob/Bob_0003.jpg", True, 2),
        Pair("Bob/Bob_0001.jpg", "Ada/Ada_0012.jpg", False, 2),
    ]


def test_lfw_development_file_has_none(tmp_path: Path) -> None:
    pairs = read_pairs(written(tmp_path, "1\nAda\t1\t2\nAda\t1\tBob\t3\n"))

    assert [pair.fold for pair in pairs] == [None, None]


def test_table_is_read_with_empty_lines_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = "\ufefffirst\tsecond\tsame\na b/1.jpg\ta b/2.png\t1\n\nx.jpg\ty.jpg\t0\r\n"

    assert read_pairs(written(tmp_path, text)) == [
        Pair("a b/1.jpg", "a b/2.png", True),
        Pair("x.jpg", "y.jpg", False),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "pairs.txt is empty"),
        ("\n\n", "pairs.txt is empty"),
        ("first,second,same\n", "line 1: neither"),
        ("0\t3\n", "line 1: '0' is not a number"),
        ("1\t2\t3\n", "line 1: neither"),
        ("²\n", "line 1: '²' is not a number"),
        ("1\nAda\t1\t2\n", "line 2: the header promises 2 pairs, there are 1"),
        ("2\t300\n", "line 1: the header promises 1200 pairs, there are 0"),
        ("1\nAda\t1\t2\n\nAda\t1\tBob\tthree\n", "line 4: 'three' is not a number"),
        ("1\nAda\t1\t0\nAda\t1\tBob\t1\n", "line 2: '0' is not a number"),
        ("1\nAda\t1\t-2\nAda\t1\tBob\t1\n", "line 2: '-2' is not a number"),
        ("1\nAda\t1\nAda\t1\tBob\t1\n", "line 2: three or four fields are needed, there are 2"),
        ("first\tsecond\tsame\na\tb\tyes\n", "line 2: same is 1 or 0, not 'yes'"),
        ("first\tsecond\tsame\na\tb\n", "line 2: three fields are needed, there are 2"),
        ("first\tsecond\tsame\n", "both needed"),
        ("first\tsecond\tsame\na\tb\t1\n", "both needed"),
    ],
)
def test_malformed_file_is_named_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(PairFileError) as raised:
        read_pairs(written(tmp_path, text))

    assert problem in str(raised.value)


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(PairFileError, match="not UTF-8"):
        read_pairs(path)


def test_subject_is_the_folder() -> None:
    assert subject_of("Ada/Ada_0001.jpg") == "Ada"
    assert subject_of("alone.jpg") == "alone.jpg"


PEOPLE = [f"P{n}" for n in range(8)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eight people with three pictures each, for the fake engine."""
    for who in PEOPLE:
        (tmp_path / "images" / who).mkdir(parents=True)
        for n in (1, 2, 3):
            data = fake.picture(who, grain=n)
            (tmp_path / "images" / who / f"{who}_{n:04d}.jpg").write_bytes(data)
    return tmp_path


@pytest.fixture
def crowd(folder: Path) -> Path:
    """Forty more people with one picture each."""
    for n in range(40):
        (folder / f"images/Q{n}").mkdir()
        (folder / f"images/Q{n}/Q{n}_0001.jpg").write_bytes(fake.picture(f"Q{n}"))
    return folder


def lfw_file(folder: Path) -> Path:
    """Two folds, each with half of the people."""
    rows = ["2\t4"]
    for half in (PEOPLE[:4], PEOPLE[4:]):
        rows += [f"{who}\t1\t2" for who in half]
        rows += [f"{who}\t1\t{other}\t3" for who, other in zip(half, half[::-1], strict=True)]
    return written(folder, "\n".join(rows))


def evaluate(folder: Path, *more: str) -> None:
    call_command(
        "evaluate_faces",
        f"--images={folder / 'images'}",
        f"--pairs={lfw_file(folder)}",
        "--engine=fake",
        *more,
    )


def test_people_who_are_told_apart_have_no_errors(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(folder, f"--json={folder / 'figures.json'}", f"--roc={folder / 'roc.png'}")

    (figures,) = json.loads((folder / "figures.json").read_text())
    assert (figures["genuine_pairs"], figures["impostor_pairs"]) == (8, 8)
    assert figures["accuracy"] == 1.0
    assert figures["accuracy_is_cross_validated"] is True
    assert figures["accuracy_standard_error"] == 0.0
    assert figures["eer"] == 0.0
    assert figures["eer_interval"] == pytest.approx([0.0, 0.3244], abs=1e-4)  # Wilson, 0 of 8
    assert [each["tar"] for each in figures["tar_at_far"]] == [1.0, 1.0]
    printed = capsys.readouterr().out
    assert re.search(r"Accuracy +│ +100\.00 % \(80\.64 to 100\.00\)", printed)
    assert "fewer than ten impostor pairs" in printed
    assert "each fold is decided" in printed


def test_roc_picture_shows_a_curve_a_engine(folder: Path) -> None:
    evaluate(folder, f"--roc={folder / 'roc.png'}")

    with Image.open(folder / "roc.png") as picture:
        assert picture.format == "PNG"
        pixels = np.asarray(picture.convert("RGB"))
    blue = (abs(pixels - (0, 0x72, 0xB2)) < 40).all(axis=2)
    assert blue[54:59, 96:928].any(axis=0).mean() > 0.95  # TAR 1 from the left edge to the right


def test_pictures_without_a_face_are_counted_and_never_match(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "images/P0/P0_0001.jpg").write_bytes(fake.picture("P0", faces=0))
    (folder / "images/P7/P7_0001.jpg").write_bytes(b"no picture")

    evaluate(folder, f"--json={folder / 'figures.json'}")

    (figures,) = json.loads((folder / "figures.json").read_text())
    assert figures["pictures"] == 24
    assert figures["pictures_without_face"] == ["P0/P0_0001.jpg"]
    assert figures["pictures_unreadable"] == ["P7/P7_0001.jpg"]
    assert figures["genuine_pairs_without_face"] == 2
    assert figures["impostor_pairs_without_face"] == 2
    assert figures["accuracy"] == 14 / 16
    assert figures["tar_at_far"][0]["tar"] == 6 / 8
    printed = capsys.readouterr().out
    assert "Unreadable: P7/P7_0001.jpg" in printed
    assert "counts as a non-match" in printed


def test_calibration_is_printed_as_python(crowd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate(crowd, "--calibrate")

    printed = capsys.readouterr().out
    assert "1,992 comparisons of different people" in printed  # 64 * 63 / 2 - 8 * 3
    assert "64 pictures of 48 people, all of 64 with a face" in printed
    (literal,) = re.findall(r"points=(\(.*?^\))", printed, re.DOTALL | re.MULTILINE)
    points = ast.literal_eval(literal)
    assert [fmr for fmr, _score in points] == [0.3, 0.1, 0.03, 0.01]  # 0.3 % would rest on five
    assert [score for _fmr, score in points] == sorted(score for _fmr, score in points)


def test_calibration_rows_hold_what_they_say(crowd: Path) -> None:
    engine = get_engine("fake")
    names = pictures_in(crowd / "images")
    gallery = describe_all(engine, crowd / "images", names, lambda: None)
    genuine = [Comparison(0.9, True), Comparison(NO_SCORE, True), Comparison(0.9, False)]

    rows = calibrate("fake", engine, gallery, names, genuine, lambda: None).points

    pairs = [(a, b) for a, b in combinations(names, 2) if subject_of(a) != subject_of(b)]
    scores = [engine.compare(gallery.templates[a], gallery.templates[b]) for a, b in pairs]
    for row in rows:
        assert sum(score >= row.score for score in scores) == row.above
        assert 10 <= row.above <= row.fmr * len(scores)
        assert row.fnmr == Proportion(1, 2)


def test_calibration_on_two_pictures_has_no_rows(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluate(folder, "--calibrate", "--comparisons=1")

    printed = capsys.readouterr().out
    assert "2 pictures of 2 people, drawn at random of 24" in printed
    assert "Too few comparisons" in printed


def test_sample_is_bounded_and_repeatable(folder: Path) -> None:
    names = pictures_in(folder / "images")
    gallery = describe_all(get_engine("fake"), folder / "images", names, lambda: None)

    assert sample(gallery, 276, seed=1) == names  # 24 * 23 / 2
    assert len(sample(gallery, 275, seed=1)) == 23
    assert sample(gallery, 45, seed=1) == sample(gallery, 45, seed=1)
    assert sample(gallery, 45, seed=1) != sample(gallery, 45, seed=2)


def test_score_matrix_is_what_the_engine_says(folder: Path) -> None:
    engine = get_engine("fake")
    names = pictures_in(folder / "images")[:5]
    gallery = describe_all(engine, folder / "images", names, lambda: None)
    templates = [gallery.templates[name] for name in names]

    matrix = score_matrix(engine, templates, lambda: None)

    assert matrix.shape == (5, 5)
    assert np.isnan(matrix.diagonal()).all()
    assert matrix[3, 1] == matrix[1, 3] == pytest.approx(engine.compare(templates[3], templates[1]))


def test_every_picture_is_looked_at_once(folder: Path) -> None:
    seen: list[str] = []
    names = pictures_in(folder / "images")
    describe_all(get_engine("fake"), folder / "images", names, lambda: seen.append("one"))

    assert len(seen) == len(names) == 24


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--engine=none"], "no face engine is called 'none'"),
        (["--comparisons=0"], "not a whole number from 1 on"),
        (["--roc=/no/such/folder/roc.png"], "cannot be written"),
        (["--images=/no/such/folder"], "is not a folder"),
        (["--pairs=/no/such/file"], "No such file"),
    ],
)
def test_wrong_options_are_errors_that_say_why(
    folder: Path, options: list[str], problem: str
) -> None:
    with pytest.raises(CommandError, match=problem):
        evaluate(folder, *options)


def test_missing_pictures_are_named(folder: Path) -> None:
    (folder / "images/P3/P3_0002.jpg").unlink()

    with pytest.raises(CommandError, match=r"1 of 24 pictures .*: P3/P3_0002\.jpg"):
        evaluate(folder)


def test_malformed_pair_file_is_an_error_with_its_line(folder: Path) -> None:
    path = written(folder, "1\nP0\t1\t2\nP0\tone\tP1\t1\n", "broken.txt")

    with pytest.raises(CommandError, match=r"broken\.txt, line 3: 'one'"):
        evaluate(folder, f"--pairs={path}")


def test_report_needs_no_more_than_two_pairs(folder: Path) -> None:
    engine = get_engine("fake")
    pairs = [Pair("a.jpg", "b.jpg", True), Pair("c.jpg", "d.jpg", False)]
    for pair in pairs:
        for name in (pair.first, pair.second):
            (folder / name).write_bytes(fake.picture("x", faces=0))
    gallery = describe_all(engine, folder, ["a.jpg", "b.jpg", "c.jpg", "d.jpg"], lambda: None)

    made = report("fake", compare_pairs(engine, pairs, gallery), gallery, seed=1)

    # Nobody was found, so nothing matches, and only the strangers are decided rightly.
    assert made.accuracy.right.value == 0.5
    assert [each.tar.value for each in made.tars] == [0.0, 0.0]
    json.dumps(made.to_json(), allow_nan=False)


@pytest.mark.slow
def test_real_engine_tells_the_photographed_apart(
    tmp_path: Path, photographs: dict[str, list[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    for who, pictures in photographs.items():
        (tmp_path / "images" / who).mkdir(parents=True)
        for n, picture in enumerate(pictures, 1):
            (tmp_path / "images" / who / f"{who}_{n:04d}.jpg").write_bytes(picture)
    rows = ["obama\t1\t2", "obama\t2\t3", "obama\t1\tbiden\t1", "biden\t1\tastronaut\t1"]
    pairs = written(tmp_path, "\n".join(["2", *rows]))

    call_command(
        "evaluate_faces",
        f"--images={tmp_path / 'images'}",
        f"--pairs={pairs}",
        "--engine=opencv",
        "--engine=fake",
        f"--json={tmp_path / 'figures.json'}",
    )

    opencv, other = json.loads((tmp_path / "figures.json").read_text())
    assert opencv["engine"] == "opencv"
    assert opencv["accuracy"] == 1.0
    assert opencv["pictures_without_face"] == []
    # The fake engine reads texts only, so it can read no photograph, and nothing matches.
    assert len(other["pictures_unreadable"]) == 5
    assert re.search(r"opencv.*fake", capsys.readouterr().out)
