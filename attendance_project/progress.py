"""The progress bar of long commands."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")


def progress_bar(console: Console, *, transient: bool = False) -> Progress:
    """A bar for each task: its words, how many are done, and the time left or, at the end, taken.

    `transient` removes the bar at the end.
    """
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=console,
        transient=transient,
    )


def progress_on_stderr() -> Progress:
    """A bar on standard error, which is not part of the output and is removed at the end."""
    return progress_bar(Console(stderr=True), transient=True)


def shown(steps: Iterable[T], *, total: int, words: str) -> Iterator[T]:
    """Yield the same steps, and move a bar on after each."""
    with progress_on_stderr() as bar:
        task = bar.add_task(words, total=total)
        for step in steps:
            yield step
            bar.advance(task)
