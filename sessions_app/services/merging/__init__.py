"""What follows in teaching when two accounts of one person are merged, and how it goes back."""

from sessions_app.services.merging.attendance import Marks
from sessions_app.services.merging.choices import Choices
from sessions_app.services.merging.enrolments import Enrolments
from sessions_app.services.merging.excuses import Excuses
from sessions_app.services.merging.teaching import Teaching

__all__ = ["Choices", "Enrolments", "Excuses", "Marks", "Teaching"]
