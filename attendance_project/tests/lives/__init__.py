"""The random lives of a course. Where one of them differs from the model, the message shows how."""

import pytest

pytest.register_assert_rewrite("attendance_project.tests.lives.reading")
