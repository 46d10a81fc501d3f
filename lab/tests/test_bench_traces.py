"""The tables of traces: the document has what the command prints."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from lab.evaluation import traces

DOCUMENT = Path(__file__).parents[2] / "docs" / "bluetooth.md"


@pytest.mark.slow
def test_the_document_has_the_tables_that_the_command_prints():
    out = StringIO()
    call_command("bench_traces", stdout=out)
    honest, copies = out.getvalue().split("\n\n")
    tables = [
        "\n".join(line for line in part.splitlines() if line.startswith("|"))
        for part in (honest, copies)
    ]
    assert len(tables[0].splitlines()) == len(traces.KINDS) + 2
    for table in tables:
        assert table in DOCUMENT.read_text()


def test_nearly_every_copy_is_found():
    rows = list(traces.copy_rows(copies=100))
    assert [row.name for row in rows] == list(traces.CHANGES)
    assert all(row.taken >= 97 for row in rows), rows
