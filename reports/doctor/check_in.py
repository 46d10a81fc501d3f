"""A check-in on trial: codes are made, read and judged as in earnest, and nothing is stored."""

from collections.abc import Iterator

from attendance_project import clock
from reports.doctor.lines import Line, fault, ok
from verification import services


def trial() -> Iterator[Line]:
    """Codes of now make a student present, and those of another secret are refused."""
    outcomes = services.try_codes(now=clock.now())
    if outcomes.is_as_it_should_be:
        words = "Codes of now would count and forged ones not. No phone, room or face was tried."
        yield ok("check-in", words)
    else:
        words = f"Codes of now are {outcomes.good.value}, and forged ones {outcomes.forged.value}."
        yield fault("check-in", words, "Set the clock right, then look at the check-in rules.")
