"""Workbooks to fill in, with the columns that imports of tables read."""

import io
from collections.abc import Sequence

import xlsxwriter
from django.utils.translation import gettext as _

from attendance_project.tables import Layout
from sessions_app.imports.layout import ENROLMENTS
from sessions_app.imports.rows import COLUMNS
from sessions_app.imports.session_layout import SESSIONS


def template() -> bytes:
    """The bytes of a workbook of people, classes, courses and enrolments."""
    names = [name for name in ENROLMENTS.by_name if name in COLUMNS]  # students first, as in lists
    return _workbook(_("People"), ENROLMENTS, names)


def session_template() -> bytes:
    """The bytes of a workbook of sessions."""
    return _workbook(_("Sessions"), SESSIONS, list(SESSIONS.by_name))


def _workbook(title: str, layout: Layout, names: Sequence[str]) -> bytes:
    """A sheet to fill in, whose cells are text, and one that explains the columns."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        bold, text = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "@"})
        sheet = workbook.add_worksheet(title)
        sheet.set_column(0, len(names) - 1, 20, text)
        sheet.write_row(0, 0, names, bold)
        sheet.freeze_panes(1, 0)
        explained = workbook.add_worksheet(_("Columns"))
        explained.set_column(0, 1, 32)
        for row, column in enumerate(names):
            explained.write_string(row, 0, column)
            explained.write_string(row, 1, str(layout.by_name[column].label))
    return out.getvalue()
