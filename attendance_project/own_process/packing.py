"""Turns objects into bytes and back, as pickle does, and lets other threads go on meanwhile.

``pickle.loads`` makes all objects of 20,000 events in one go, for which it held the interpreter,
and with it all other calls, for 0.6 seconds. It lets others go on wherever it calls a function that
is written in Python. So such a function gives it the bytes, of which pickle asks for 64 kB at a
time.
"""

import io
import pickle
from typing import Any


class _Bytes:
    """Bytes as a file. Its methods are written in Python, so that others go on at each call."""

    def __init__(self, content: bytes = b"") -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int) -> bytes:
        return self._file.read(size)

    def readline(self) -> bytes:
        return self._file.readline()

    def write(self, content: bytes) -> int:
        return self._file.write(content)

    def whole(self) -> bytes:
        return self._file.getvalue()


def packed(content: Any) -> bytes:
    """The bytes from which `unpacked` makes the same objects."""
    file = _Bytes()
    pickle.Pickler(file).dump(content)
    return file.whole()


def unpacked(content: bytes) -> Any:
    """The objects that `packed` was given. The bytes have to come from a process of ours, since
    pickle runs what they say."""
    return pickle.Unpickler(_Bytes(content)).load()  # noqa: S301
