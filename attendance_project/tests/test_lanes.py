"""The order in which several workers run the tests."""

from types import SimpleNamespace

import pytest

from attendance_project.tests.lanes import waiting_first


def item(name, *marks):
    return SimpleNamespace(name=name, get_closest_marker=lambda mark: mark in marks or None)


ITEMS = [item(f"computes {n}") for n in range(20)]
ITEMS += [item(f"browser {n}", "browser") for n in range(5)]
ITEMS += [item("class", "slow", "waits"), *(item(f"long {n}", "long") for n in range(2))]


def names(workers):
    return [item.name for item in waiting_first(ITEMS, workers=workers)]


@pytest.mark.parametrize("workers", [1, 2, 4, 30])
def test_none_is_lost_and_none_runs_twice(monkeypatch, workers):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert sorted(names(workers)) == sorted(item.name for item in ITEMS)


def test_the_slices_of_the_cores_begin_with_what_takes_long_and_the_others_with_what_waits(
    monkeypatch,
):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    ordered = names(4)
    assert ordered[:4] == ["class", "browser 1", "browser 3", "computes 0"]
    assert ordered[7:11] == ["browser 0", "browser 2", "browser 4", "computes 4"]
    assert (ordered[14], ordered[21]) == ("long 0", "long 1")
    assert all(name.startswith("computes") for name in [*ordered[15:21], *ordered[22:]])


def test_with_no_worker_to_spare_one_of_them_begins_with_all_that_wait(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    ordered = names(2)
    assert ordered[:6] == ["class", *(f"browser {n}" for n in range(5))]
    assert ordered[14:16] == ["long 0", "long 1"]
