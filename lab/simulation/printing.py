"""The class in a terminal: a progress bar while it plays, then a table and a summary."""

from __future__ import annotations

from rich.table import Table

from lab.simulation.play import Lecture, PlayedAct

_COLOURS = {
    "present": "green",
    "late": "green",
    "review": "yellow",
    "refused": "red",
    "blocked": "red",
}


def line_of(played: PlayedAct) -> str:
    colour = _COLOURS.get(played.result.outcome, "magenta")
    reasons = f"  {', '.join(played.result.reasons)}" if played.result.reasons else ""
    return (
        f"[{colour}]{played.result.outcome:8}[/] {played.act.who}, who {played.act.what}{reasons}"
    )


def table_of(lecture: Lecture) -> Table:
    table = Table(title="The class")
    for heading in ("Who", "What they did", "Outcome", "Reasons"):
        table.add_column(heading, overflow="fold")
    table.add_column("Seconds", justify="right")
    table.add_column("As it should")
    for played in sorted(lecture.acts, key=lambda played: (played.act.expected, played.act.who)):
        colour = _COLOURS.get(played.result.outcome, "magenta")
        table.add_row(
            played.act.who,
            played.act.what,
            f"[{colour}]{played.result.outcome}[/]",
            ", ".join(played.result.reasons),
            f"{played.result.seconds:.1f}",
            "yes" if played.as_it_should else "[bold red]NO[/]",
        )
    return table


def error_of(lecture: Lecture) -> str:
    """Tells on a line each who was not judged as expected."""
    many = len(lecture.faults)
    people = "1 person was" if many == 1 else f"{many} people were"
    return "\n".join([f"{people} not judged as expected:", *lecture.faults])


def summary_of(lecture: Lecture) -> str:
    outcomes = [played.result.outcome for played in lecture.acts]
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
