"""The class in a terminal: a progress bar while it plays, then a table and a summary."""

from __future__ import annotations

from rich.table import Table

from lab.simulation.play import Lecture, Row

_COLOURS = {
    "present": "green",
    "late": "green",
    "review": "yellow",
    "refused": "red",
    "blocked": "red",
}


def line_of(row: Row) -> str:
    colour = _COLOURS.get(row.result.outcome, "magenta")
    reasons = f"  {', '.join(row.result.reasons)}" if row.result.reasons else ""
    return f"[{colour}]{row.result.outcome:8}[/] {row.act.who}, who {row.act.what}{reasons}"


def table_of(lecture: Lecture) -> Table:
    table = Table(title="The class")
    for heading in ("Who", "What they did", "Outcome", "Reasons"):
        table.add_column(heading, overflow="fold")
    table.add_column("Seconds", justify="right")
    table.add_column("As it should")
    for row in sorted(lecture.rows, key=lambda row: (row.act.expected, row.act.who)):
        colour = _COLOURS.get(row.result.outcome, "magenta")
        table.add_row(
            row.act.who,
            row.act.what,
            f"[{colour}]{row.result.outcome}[/]",
            ", ".join(row.result.reasons),
            f"{row.result.seconds:.1f}",
            "yes" if row.as_it_should else "[bold red]NO[/]",
        )
    return table


def summary_of(lecture: Lecture) -> str:
    outcomes = [row.result.outcome for row in lecture.rows]
    stopped = outcomes.count("refused") + outcomes.count("blocked")
    lines = [
        f"In the register: {lecture.present} present, {lecture.late} late, "
        f"{lecture.absent} not there.",
        f"To review: {outcomes.count('review')}, confirmed by the teacher: {lecture.confirmed}.",
        f"Refused: {stopped} tries. Warnings: {lecture.warnings}.",
    ]
    if lecture.faults:
        lines += ["[bold red]Not as it should be:[/]", *(f"  {fault}" for fault in lecture.faults)]
    else:
        lines.append("[green]No cheat got in, and no honest student was refused.[/]")
    return "\n".join(lines)
