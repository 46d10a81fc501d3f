"""What a radio does for the beacon, on any operating system."""

from __future__ import annotations

import asyncio
from typing import Protocol

from beacon.desk import Desk


class RadioProblem(Exception):
    """The radio cannot be used. ``str()`` says what is missing, ``mend`` how to repair it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.mend = mend


class Radio(Protocol):
    """It is opened once. When ``lost`` is set it is thrown away, and a new one is opened.

    Every method may raise RadioProblem.
    """

    lost: asyncio.Event
    """Set when the adapter is gone: unplugged, switched off, or its service restarted."""

    @property
    def words(self) -> str:
        """What the radio is, in words for people."""

    async def open(self, desk: Desk) -> None:
        """Take the adapter and offer the service. What phones write goes to the desk."""

    async def advertise(self, long_id: bytes, name: str) -> None:
        """Advertise this id from now on, in place of the one before."""

    async def silence(self) -> None:
        """Advertise nothing. Repeating is harmless."""

    async def close(self) -> None:
        """Give everything back. It never raises, since what is gone cannot be given back."""
