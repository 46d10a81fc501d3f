"""The tables of traces: the document has the rows of the command, and the figures hold."""

from pathlib import Path

from lab.evaluation import traces

DOCUMENT = Path(__file__).parents[2] / "docs" / "bluetooth.md"


def test_the_document_has_each_row_that_the_command_prints():
    text = DOCUMENT.read_text()
    for kind in traces.KINDS:
        assert f"| {kind.name} | {kind.pairs:,} |" in text
    for name in traces.CHANGES:
        assert f"| {name} | {traces.COPIES:,} |" in text


def test_hardly_an_honest_phone_is_taken_for_a_copy():
    rows = list(traces.honest_rows(one_in=100))
    assert [row.pairs for row in rows] == [kind.pairs // 100 for kind in traces.KINDS]
    assert sum(row.taken for row in rows) <= 1, rows


def test_the_tables_are_those_of_the_document():
    row = traces.Row("verbatim", 1000, 999)
    honest, copies = traces.as_markdown([row], [row]).split("\n\n")
    for table in (honest, copies):
        assert "\n".join(table.splitlines()[:2]) in DOCUMENT.read_text()
    assert copies.splitlines()[-1] == "| verbatim | 1,000 | 99.9 % |"


def test_nearly_every_copy_is_found():
    rows = list(traces.copy_rows(copies=60))
    assert [row.name for row in rows] == list(traces.CHANGES)
    assert all(row.taken >= 0.97 * row.pairs for row in rows), rows
