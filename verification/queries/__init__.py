"""What of faces, decisions and warnings a person may see: the door for other apps."""

from verification.queries.comparisons import (
    ComparisonDue,
    comparable_faces,
    comparisons_due,
    open_look_alikes,
    pairs_of_person,
    places_of,
    signs_of,
    students_on,
)
from verification.queries.face_approvals import (
    WaitingFace,
    described,
    disowned_faces,
    faces_approvable_by,
    look_alikes_of,
    waiting_faces,
)
from verification.queries.faces import (
    EnrolledFace,
    FaceStanding,
    accesses_of,
    classmates_of,
    face_standing,
    faces_of_other_engines,
    photos_of_other_engines,
    teachers_of,
)
from verification.queries.register import (
    register_extras,
    undoable_verdicts,
    unmarked_check_ins,
)
from verification.queries.reviews import (
    Try,
    WaitingReview,
    decisions_run_by,
    waiting_reviews,
    with_tries,
)
from verification.queries.to_dos import to_dos, waiting_devices
from verification.queries.warnings import (
    WarnedPerson,
    open_warnings,
    warned_people,
    warned_students,
)

__all__ = [
    "ComparisonDue",
    "EnrolledFace",
    "FaceStanding",
    "Try",
    "WaitingFace",
    "WaitingReview",
    "WarnedPerson",
    "accesses_of",
    "classmates_of",
    "comparable_faces",
    "comparisons_due",
    "decisions_run_by",
    "described",
    "disowned_faces",
    "face_standing",
    "faces_approvable_by",
    "faces_of_other_engines",
    "look_alikes_of",
    "open_look_alikes",
    "open_warnings",
    "pairs_of_person",
    "photos_of_other_engines",
    "places_of",
    "register_extras",
    "signs_of",
    "students_on",
    "teachers_of",
    "to_dos",
    "undoable_verdicts",
    "unmarked_check_ins",
    "waiting_devices",
    "waiting_faces",
    "waiting_reviews",
    "warned_people",
    "warned_students",
    "with_tries",
]
