"""Reads the tables that people upload: CSV and XLSX files, as schools really have them."""

from attendance_project.tables.layouts import Column, Kind, Layout
from attendance_project.tables.problems import MOST_TOLD, ImportRefused, Problem, refuse
from attendance_project.tables.reading import (
    ColumnsUnclear,
    Remembered,
    Row,
    Table,
    header_of,
    read_table,
)
from attendance_project.tables.sources import MOST_BYTES, MOST_ROWS

__all__ = [
    "MOST_BYTES",
    "MOST_ROWS",
    "MOST_TOLD",
    "Column",
    "ColumnsUnclear",
    "ImportRefused",
    "Kind",
    "Layout",
    "Problem",
    "Remembered",
    "Row",
    "Table",
    "header_of",
    "read_table",
    "refuse",
]
