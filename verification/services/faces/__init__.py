"""Everything about enrolled faces: consent, enrolment, approval, reading, erasing."""

from verification.services.faces.access import log_access
from verification.services.faces.approval import answer_face, answer_look_alike
from verification.services.faces.consent import (
    ConsentText,
    consent_texts,
    decline_face,
    decline_picture,
    erase_face,
    give_consent,
    has_consent,
    withdraw_picture,
)
from verification.services.faces.course_faces import (
    CourseCompared,
    compare_due,
    compare_on_enrolling,
    compare_students,
)
from verification.services.faces.enrolment import (
    MeasuredEnrolment,
    disown_enrolment,
    measure_enrolment,
    require_may_enrol,
    store_face,
)
from verification.services.faces.photos import (
    PhotoFolder,
    PhotoImportResult,
    PhotoImportStatus,
    photos_in,
    read_photos,
)
from verification.services.faces.pictures import pictures_held, show_picture
from verification.services.faces.reference import face_reference, reference_standing
from verification.services.faces.rotation import TABLES as SEALED_TABLES
from verification.services.faces.rotation import (
    RotationResult,
    rotate_template_keys,
    rows_to_rotate,
    tables_that_no_key_opens,
)

__all__ = [
    "SEALED_TABLES",
    "ConsentText",
    "CourseCompared",
    "MeasuredEnrolment",
    "PhotoFolder",
    "PhotoImportResult",
    "PhotoImportStatus",
    "RotationResult",
    "answer_face",
    "answer_look_alike",
    "compare_due",
    "compare_on_enrolling",
    "compare_students",
    "consent_texts",
    "decline_face",
    "decline_picture",
    "disown_enrolment",
    "erase_face",
    "face_reference",
    "give_consent",
    "has_consent",
    "log_access",
    "measure_enrolment",
    "photos_in",
    "pictures_held",
    "read_photos",
    "reference_standing",
    "require_may_enrol",
    "rotate_template_keys",
    "rows_to_rotate",
    "show_picture",
    "store_face",
    "tables_that_no_key_opens",
    "withdraw_picture",
]
