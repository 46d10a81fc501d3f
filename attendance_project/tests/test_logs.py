"""What the server's log holds of an exception."""

import logging
import sys

import pytest

from attendance_project.logs import WithoutValues


def logged(error, cause=None):
    try:
        raise error from cause
    except type(error):
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "It broke.", None, sys.exc_info())
    return WithoutValues("%(message)s").format(record)


def test_a_traceback_has_places_and_class_and_no_values():
    text = logged(RuntimeError("cannot read b'\\xff\\xd8\\xff' with 0.4183922"))
    assert text.startswith("It broke.\nTraceback (most recent call last):")
    assert "test_logs.py" in text
    assert "raise error from cause" in text
    assert text.endswith("RuntimeError: cannot read b […] with […]")
    assert "4183922" not in text


def test_what_caused_it_stands_before_it_without_values_too():
    text = logged(ValueError("bad"), KeyError("secret"))
    assert text.index("KeyError: […]") < text.index("which led to:") < text.index("ValueError: bad")
    assert "secret" not in text


@pytest.mark.parametrize(("word", "hidden"), [("secret", True), ("secret", False)])
def test_what_went_before_is_told_unless_the_code_hides_it(word, hidden):
    try:
        try:
            raise KeyError(word)
        except KeyError:
            if hidden:
                raise ValueError("bad") from None
            raise ValueError("bad")  # noqa: B904  # this is what the test is about
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "It broke.", None, sys.exc_info())
    text = WithoutValues("%(message)s").format(record)
    assert ("KeyError" in text) is not hidden
    assert word not in text
