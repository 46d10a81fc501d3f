"""The radio of the machine on which the beacon runs."""

from __future__ import annotations

import sys

from beacon.radio import Radio


def radio_of_this_machine(adapter: str = "") -> Radio:
    """The radio of this operating system. ``adapter`` is a name such as hci1, on Linux only."""
    if sys.platform == "linux":
        from beacon.bluez import BlueZRadio

        return BlueZRadio(adapter=adapter)
    from beacon.bless_radio import BlessRadio

    return BlessRadio()
