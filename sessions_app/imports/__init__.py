"""Imports people, courses and sessions from files: first a plan to look at, then its writes."""

from attendance_project.tables import MOST_TOLD, ColumnsUnclear, ImportRefused, Problem
from sessions_app.imports.applying import apply, obstacle
from sessions_app.imports.enrolments import plan_enrolments
from sessions_app.imports.export import export_enrolments
from sessions_app.imports.plans import Action, Change, Plan
from sessions_app.imports.timetable import plan_timetable

__all__ = [
    "MOST_TOLD",
    "Action",
    "Change",
    "ColumnsUnclear",
    "ImportRefused",
    "Plan",
    "Problem",
    "apply",
    "export_enrolments",
    "obstacle",
    "plan_enrolments",
    "plan_timetable",
]
