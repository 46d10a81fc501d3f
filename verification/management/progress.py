"""The bar that long commands show; on a terminal only, and not among their output."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")


def shown(steps: Iterable[T], *, total: int, words: str) -> Iterator[T]:
    """The same steps, each moving the bar on once it is done."""
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=total)
        for step in steps:
            yield step
            bar.advance(task)
