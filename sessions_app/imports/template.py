"""A workbook to fill in, with the columns that the import of people and courses reads."""

import io

import xlsxwriter
from django.utils.translation import gettext as _

from sessions_app.imports.layout import ENROLMENTS
from sessions_app.imports.rows import COLUMNS


def template() -> bytes:
    """The bytes of the workbook: a sheet to fill in, and one that explains the columns."""
    out = io.BytesIO()
    labels = ENROLMENTS.by_name
    names = [name for name in labels if name in COLUMNS]  # students first, as a list begins
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
        people = workbook.add_worksheet(_("People"))
        people.set_column(0, len(names) - 1, 20, text)
        people.write_row(0, 0, names, bold)
        people.freeze_panes(1, 0)
        explained = workbook.add_worksheet(_("Columns"))
        explained.set_column(0, 1, 32)
        for row, column in enumerate(names):
            explained.write_string(row, 0, column)
            explained.write_string(row, 1, str(labels[column].label))
    return out.getvalue()
