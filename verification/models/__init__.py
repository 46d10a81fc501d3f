"""Evidence, decisions, warnings; enrolled faces."""

from verification.models.check_ins import (
    EVIDENCE_KINDS,
    OUTCOMES,
    SEVERITIES,
    CheckInAttempt,
    CheckInDecision,
    EvidenceRecord,
    IssuedChallenge,
    ReviewVerdict,
    StrikeNotice,
    Warning,
    WarningQuerySet,
    WarningVerdict,
)
from verification.models.face_calls import FaceCall
from verification.models.faces import (
    PHOTO_MATCHES,
    AccessPurpose,
    CourseComparison,
    EnrolmentChallenge,
    FaceTemplate,
    LookAlike,
    PhotoTemplate,
    TemplateAccess,
    TemplateStatus,
)
from verification.models.lots import FACE_ASKS, FaceLot
from verification.models.spared import SparedCheck

__all__ = [
    "EVIDENCE_KINDS",
    "FACE_ASKS",
    "OUTCOMES",
    "PHOTO_MATCHES",
    "SEVERITIES",
    "AccessPurpose",
    "CheckInAttempt",
    "CheckInDecision",
    "CourseComparison",
    "EnrolmentChallenge",
    "EvidenceRecord",
    "FaceCall",
    "FaceLot",
    "FaceTemplate",
    "IssuedChallenge",
    "LookAlike",
    "PhotoTemplate",
    "ReviewVerdict",
    "SparedCheck",
    "StrikeNotice",
    "TemplateAccess",
    "TemplateStatus",
    "Warning",
    "WarningQuerySet",
    "WarningVerdict",
]
