"""The table of distances: the document has what the command prints, and the model is sound."""

import random
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from lab.evaluation import radio
from lab.evaluation.radio import Place

DOCUMENT = Path(__file__).parents[2] / "docs" / "bluetooth.md"


def test_the_document_has_the_table_that_the_command_prints():
    out = StringIO()
    call_command("bench_radio", stdout=out)
    lines = [line for line in out.getvalue().splitlines() if line.startswith("|")]
    assert len(lines) == len(radio.DISTANCES_M) + 2
    assert "\n".join(lines) in DOCUMENT.read_text()


def test_the_farther_the_fewer_and_no_cut_lets_more_in():
    rows = list(radio.table(phones=300))
    shares = [row.passed for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 99
    for row in rows:
        assert row.with_cuts[0] <= row.with_cuts[1] <= row.passed
        assert row.nearest_m <= row.estimate_m <= row.farthest_m


def test_what_is_too_weak_is_not_received():
    rng = random.Random(1)
    assert all(Place(1).reading(rng) is not None for _ in range(100))
    assert all(Place(400).reading(rng) is None for _ in range(100))


def test_where_nobody_passes_the_row_says_so():
    table = radio.as_markdown([radio._row(900, [radio._heard(Place(900), random.Random(1))])])
    assert table.splitlines()[-1] == "| 900 m | 0 % | 0 % | 0 % | - | - | - |"
