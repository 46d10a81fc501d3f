"""Estimates a distance from a signal's strength.

The estimate has a wide spread, so it is only a score for the teacher.
"""

from collections.abc import Sequence
from statistics import median

PATH_LOSS_EXPONENT = 2.2
"""How fast the signal falls with distance indoors, in sight but with bodies between; lecture rooms
measure 1.8 to 2.6 (log-distance model, ITU-R P.1238)."""
DEFAULT_TX_POWER_DBM = -59.0
"""Received power in dBm at 1 m where the phone does not report the transmitted power. It is the
usual calibration value of phones and beacons."""
FIRST_METRE_DB = 41.0
"""The decibels that are lost over the first metre at 2.4 GHz. A beacon reports its power at the
antenna."""
SHADOWING_DB = 5.0
"""Standard deviation in dB of what walls, furniture and the way a phone is held add or take."""
BODY_LOSS_DB = 12.0
"""The most in dB that the owner's body takes, with the phone in a back pocket."""
FARTHEST_M = 10_000.0


def distance_m(rssi_dbm: float, tx_powers_dbm: Sequence[float] = ()) -> float:
    """The distance in metres, by log-distance path loss: d = 10 ^ ((P_1m - RSSI) / 10 n)."""
    at_1m_dbm = median(tx_powers_dbm) - FIRST_METRE_DB if tx_powers_dbm else DEFAULT_TX_POWER_DBM
    exponent = (at_1m_dbm - rssi_dbm) / (10 * PATH_LOSS_EXPONENT)
    return round(min(10**exponent, FARTHEST_M) if exponent < 10 else FARTHEST_M, 1)


def distance_range_m(rssi_dbm: float, tx_powers_dbm: Sequence[float] = ()) -> tuple[float, float]:
    """The nearest and farthest distance in metres, one deviation of shadowing either way.

    A body in between makes a near phone read like a far one, so it widens the near side only.
    """
    nearest = distance_m(rssi_dbm + SHADOWING_DB + BODY_LOSS_DB, tx_powers_dbm)
    return nearest, distance_m(rssi_dbm - SHADOWING_DB, tx_powers_dbm)
