"""The server's time, kept by a machine whose own clock is wrong."""

import pytest

from beacon.clock import ClockUnknown, ServerClock

SERVER_S = 1_800_000_000.0


class Machine:
    """A machine whose monotonic clock the test moves."""

    def __init__(self, wall_error_s: float = 0.0) -> None:
        self.at_s, self.wall_error_s = 500.0, wall_error_s
        self.clock = ServerClock(lambda: self.at_s, lambda: self.true_s + wall_error_s)

    @property
    def true_s(self) -> float:
        return SERVER_S + self.at_s - 500.0

    def ask(self, there_s: float, back_s: float) -> None:
        sent_s = self.at_s
        self.at_s += there_s
        server_s = self.true_s
        self.at_s += back_s
        self.clock.measure(sent_s=sent_s, received_s=self.at_s, server_unix_s=server_s)


def test_before_the_first_answer_no_time_is_known():
    clock = ServerClock()
    for read in (clock.now, clock.slot, clock.until_next_slot_s, lambda: clock.own_error_s):
        with pytest.raises(ClockUnknown):
            read()


def test_the_quickest_answer_counts():
    machine = Machine()
    machine.ask(3.0, 0.1)
    assert machine.clock.now() - machine.true_s == pytest.approx(1.45)
    machine.ask(0.02, 0.01)
    machine.ask(0.1, 2.0)
    assert machine.clock.now() == pytest.approx(machine.true_s, abs=0.02)


@pytest.mark.parametrize("wall_error_s", [-7200.0, 0.0, 4.0, 86400.0])
def test_the_machines_own_clock_is_measured_and_not_used(wall_error_s):
    machine = Machine(wall_error_s)
    machine.ask(0.01, 0.01)
    assert machine.clock.now() == pytest.approx(machine.true_s)
    assert machine.clock.own_error_s == pytest.approx(wall_error_s)


def test_slots_change_when_the_servers_do():
    machine = Machine()
    machine.ask(0.0, 0.0)
    assert machine.clock.slot() == 360_000_000
    assert machine.clock.until_next_slot_s() == 5.0
    machine.at_s += 4.9
    assert machine.clock.slot() == 360_000_000
    assert machine.clock.until_next_slot_s() == pytest.approx(0.1)
    machine.at_s += 0.2
    assert machine.clock.slot() == 360_000_001


def test_what_was_measured_before_a_sleep_is_forgotten():
    """Linux's monotonic clock stands still while the machine sleeps."""
    machine = Machine()
    machine.ask(0.001, 0.001)
    slept = 3600.0
    machine.clock.measure(
        sent_s=machine.at_s, received_s=machine.at_s + 0.2, server_unix_s=machine.true_s + slept
    )
    assert machine.clock.now() == pytest.approx(machine.true_s + slept, abs=0.2)


def test_a_slow_drift_is_followed():
    machine = Machine()
    machine.ask(0.001, 0.001)
    for _ in range(8):
        machine.at_s += 10
        machine.clock.measure(
            sent_s=machine.at_s, received_s=machine.at_s + 0.01, server_unix_s=machine.true_s + 0.4
        )
    assert machine.clock.now() == pytest.approx(machine.true_s + 0.4, abs=0.01)
