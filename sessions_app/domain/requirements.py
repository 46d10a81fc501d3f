"""What a session may ask of a kind of evidence."""

from enum import StrEnum


class Requirement(StrEnum):
    """How much a session needs one kind of evidence.

    Without required evidence a check-in is refused.

    Without preferred evidence it goes to the teacher for review. Evidence that is off is not
    asked for and not judged.
    """

    REQUIRED = "required"
    PREFERRED = "preferred"
    OFF = "off"
