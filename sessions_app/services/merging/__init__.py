"""What follows in teaching when two accounts of one student are merged, and how it goes back."""

from sessions_app.services.merging.attendance import Marks
from sessions_app.services.merging.enrolments import Enrolments
from sessions_app.services.merging.excuses import Excuses

__all__ = ["Enrolments", "Excuses", "Marks"]
