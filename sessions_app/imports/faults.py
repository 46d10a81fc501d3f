"""Plans the lines of a table that can be imported, where a person wants to leave out the others."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance_project.tables import ColumnsUnclear, ImportRefused, Problem
from sessions_app.imports.plans import Plan, Unused, UnusedKind
from sessions_app.imports.status_words import WordsUnclear

Lines = frozenset[int]
_MOST_ROUNDS = 4
"""How often a file is planned. What is wrong with some lines shows when others are out of the way:
a cell that cannot be read before a number that two people have. Hardly a file needs more than three
times, and a file that takes long to read must not be read often."""


def plan_without_faults(plan_of: Callable[[Lines], Plan], *, leave_out: bool) -> Plan:
    """What ``plan_of`` plans. With ``leave_out`` it is told which lines are at fault, and plans the
    others; the plan then lists these lines, and why.

    Raises ImportRefused where lines are at fault and may not be left out, or where something is
    wrong with the file as a whole. Of two lines that contradict each other both are left out, since
    nobody knows which of them is right.
    """
    found: set[Problem] = set()
    out: Lines = frozenset()
    for _round in range(_MOST_ROUNDS):
        try:
            plan = plan_of(out)
        except (ColumnsUnclear, WordsUnclear):
            raise
        except ImportRefused as refused:
            fresh = refused.lines - out if leave_out else frozenset()
            if not fresh:
                raise
            out |= fresh
            found |= {problem for one in refused.problems for problem in _of_both(one)}
            last = refused
        else:
            _tell(plan, found, out)
            return plan
    raise last


def _of_both(problem: Problem) -> list[Problem]:
    """The problem, and the same for the line that this one contradicts, if it does."""
    if not problem.other_line:
        return [problem]
    told = _("is contradicted by line %(line)d.") % {"line": problem.line}
    return [problem, Problem(problem.other_line, problem.column, told)]


def _tell(plan: Plan, found: set[Problem], out: Lines) -> None:
    if not out:
        return
    told = ngettext(
        "%(n)d line is left out, since it cannot be imported. Correct it and import the file "
        "again.",
        "%(n)d lines are left out, since they cannot be imported. Correct them and import the file "
        "again.",
        len(out),
    )
    plan.notes.insert(0, told % {"n": len(out)})
    plan.unused += [
        Unused(one.line, one.column, one.text, UnusedKind.FAULTY) for one in sorted(found)
    ]
