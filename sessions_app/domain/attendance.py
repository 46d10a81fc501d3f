"""What the statuses of an attendance say about the student."""

ATTENDED = ("present", "late")
"""The statuses of a student who came to the session."""
