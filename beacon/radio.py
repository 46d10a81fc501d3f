"""What a radio does for the beacon, whichever operating system it belongs to."""

from __future__ import annotations

import asyncio
from typing import Protocol

from beacon.desk import Desk


class RadioProblem(Exception):
    """The radio cannot be used. ``str()`` says what is missing, ``mend`` what to do about it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


class Radio(Protocol):
    """Opened once and thrown away when ``lost`` is set: then a new one is opened.

    Every method may raise RadioProblem.
    """

    lost: asyncio.Event
    """Set when the adapter is gone: unplugged, switched off, its service restarted."""

    @property
    def words(self) -> str:
        """What it is, for people."""

    async def open(self, desk: Desk) -> None:
        """Take the adapter and offer the service; what phones write goes to the desk."""

    async def advertise(self, long_id: bytes, name: str) -> None:
        """From now on this id, in place of the one before."""

    async def silence(self) -> None:
        """Advertise nothing; harmless to repeat."""

    async def close(self) -> None:
        """Give everything back; never raises, since what is gone cannot be given back."""
