"""Walks the classes of the reports' rows: what figures each has, and which classes there are."""

import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import Any, get_args, get_type_hints

import reports.queries

UNSHOWN = {
    "hours": "what the hours follow from",
    "attended_s": "shown in hours",
    "counted_s": "shown in hours",
    "is_by_hours": "count_by says it",
}
"""Figures that the API and the files have in another form."""


def figures_of(row: Any) -> dict[str, Any]:
    """All numbers and truths of a row, with those of the rows in it, as the API shows them."""
    found: dict[str, Any] = {}
    for name in names_of(type(row)):
        value = getattr(row, name)
        if is_dataclass(value):
            found |= figures_of(value)
        elif value is None or isinstance(value, (bool, int, float)):
            found[name] = value
    return found


def names_of(kind: type) -> Iterator[str]:
    public = (name for name in vars(kind) if isinstance(vars(kind)[name], property))
    for name in (*(field.name for field in fields(kind)), *public):
        if not (name.startswith("_") or name in UNSHOWN):
            yield name


def rows_with_figures() -> set[str]:
    """The classes of rows of all queries in which there is a number or a tally."""
    modules = [
        import_module(f"reports.queries.{found.name}")
        for found in pkgutil.iter_modules(reports.queries.__path__)
    ]
    return {
        kind.__name__
        for module in modules
        for kind in vars(module).values()
        if is_dataclass(kind) and kind.__module__ == module.__name__ and has_figures(kind)
    }


def has_figures(kind: Any) -> bool:
    parts = {part for hint in get_type_hints(kind).values() for part in parts_of(hint)}
    return bool({int, float} & parts) or any(map(has_figures, filter(is_dataclass, parts)))


def parts_of(hint: Any) -> Iterator[Any]:
    """The type itself, and all types in its brackets."""
    yield hint
    for part in get_args(hint):
        yield from parts_of(part)
