"""Evidence, decisions, warnings; enrolled faces."""

from verification.models.check_ins import (
    CheckInAttempt,
    CheckInDecision,
    EvidenceKind,
    EvidenceRecord,
    IssuedChallenge,
    Outcome,
    ReviewVerdict,
    Severity,
    StrikeNotice,
    Warning,
    WarningQuerySet,
    WarningVerdict,
)
from verification.models.faces import (
    AccessPurpose,
    EnrolmentFrame,
    FaceTemplate,
    LookAlike,
    PhotoMatch,
    PhotoTemplate,
    TemplateAccess,
    TemplateStatus,
)

__all__ = [
    "AccessPurpose",
    "CheckInAttempt",
    "CheckInDecision",
    "EnrolmentFrame",
    "EvidenceKind",
    "EvidenceRecord",
    "FaceTemplate",
    "IssuedChallenge",
    "LookAlike",
    "Outcome",
    "PhotoMatch",
    "PhotoTemplate",
    "ReviewVerdict",
    "Severity",
    "StrikeNotice",
    "TemplateAccess",
    "TemplateStatus",
    "Warning",
    "WarningQuerySet",
    "WarningVerdict",
]
