"""Imports people, courses and sessions from files: first a plan to look at, then its writes."""

from attendance_project.tables import MOST_TOLD, ColumnsUnclear, ImportRefused, Problem
from sessions_app.imports.applying import apply, obstacle
from sessions_app.imports.choices import LEFT_OUT, Choices, NoSuchCourse, choices_of
from sessions_app.imports.columns import columns_of, in_encoding, remember
from sessions_app.imports.enrolments import plan_enrolments, words_of
from sessions_app.imports.export import export_enrolments
from sessions_app.imports.layout import ENROLMENTS
from sessions_app.imports.marks import Wanted, plan_marks
from sessions_app.imports.marks_layout import MARKS
from sessions_app.imports.next_steps import NextStep, next_steps
from sessions_app.imports.plans import Action, Change, Plan, Unused, UnusedKind
from sessions_app.imports.session_layout import SESSIONS
from sessions_app.imports.session_table import plan_session_table
from sessions_app.imports.status_words import FoundWord, WordsUnclear
from sessions_app.imports.status_words import remember as remember_words
from sessions_app.imports.taking_back import is_revertible, take_back
from sessions_app.imports.template import session_template, template
from sessions_app.imports.timetable import plan_timetable

__all__ = [
    "ENROLMENTS",
    "LEFT_OUT",
    "MARKS",
    "MOST_TOLD",
    "SESSIONS",
    "Action",
    "Change",
    "Choices",
    "ColumnsUnclear",
    "FoundWord",
    "ImportRefused",
    "NextStep",
    "NoSuchCourse",
    "Plan",
    "Problem",
    "Unused",
    "UnusedKind",
    "Wanted",
    "WordsUnclear",
    "apply",
    "choices_of",
    "columns_of",
    "export_enrolments",
    "in_encoding",
    "is_revertible",
    "next_steps",
    "obstacle",
    "plan_enrolments",
    "plan_marks",
    "plan_session_table",
    "plan_timetable",
    "remember",
    "remember_words",
    "session_template",
    "take_back",
    "template",
    "words_of",
]
