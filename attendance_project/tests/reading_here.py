"""Stands in for own_process.calls in tests: the same call in this process, and without limits."""

import pickle
from collections.abc import Callable
from typing import Any


def run_here(
    function: Callable[..., Any], *arguments: Any, ask: Callable[..., Any] | None = None
) -> Any:
    """See calls.run. All that would pass from process to process is copied as it would be."""
    questions = [] if ask is None else [lambda *question: _copy(ask(*_copy(question)))]
    try:
        return _copy(_copy(function)(*_copy(arguments), *questions))
    except Exception as error:
        raise _copy(error) from error


def _copy(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))  # noqa: S301  # it comes from this process
