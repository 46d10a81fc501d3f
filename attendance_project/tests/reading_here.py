"""Stands in for own_process.calls in tests: the same call in this process, and without limits."""

import io
import pickle
from collections.abc import Callable
from functools import cache
from typing import Any

from django.utils.functional import lazy


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
    return _Unpickler(io.BytesIO(pickle.dumps(thing))).load()


class _Unpickler(pickle.Unpickler):
    """Makes one class for all texts that are translated later. Django makes one for each text."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "_lazy_proxy_unpickle":
            return _translated_later
        return super().find_class(module, name)


def _translated_later(function: Any, args: Any, kwargs: Any, *kinds: type) -> Any:
    return _lazy(function, *kinds)(*args, **kwargs)


@cache
def _lazy(function: Any, *kinds: type) -> Callable[..., Any]:
    return lazy(function, *kinds)
