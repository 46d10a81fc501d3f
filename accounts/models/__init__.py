"""People: their accounts, phones and log-ins, and what they agreed to."""

from accounts.models.logins import (
    FailedLogin,
    RefreshToken,
    RefreshTokenQuerySet,
    RegistrationTry,
    ResetRequest,
    SpentProof,
)
from accounts.models.merges import AccountMerge
from accounts.models.names import NameRequest, NameState
from accounts.models.people import (
    Invitation,
    ReservedEmail,
    Role,
    RosterEntry,
    User,
    UserManager,
    UserQuerySet,
    no_number,
    normalise_email,
    normalise_number,
)
from accounts.models.phones import (
    Device,
    DeviceQuerySet,
    DeviceStatus,
    Passkey,
    PasskeyChallenge,
    PasskeyPurpose,
    PasskeyTrust,
)
from accounts.models.rights import (
    ConsentAction,
    ConsentEvent,
    ErasureRequest,
    ErasureState,
)

__all__ = [
    "AccountMerge",
    "ConsentAction",
    "ConsentEvent",
    "Device",
    "DeviceQuerySet",
    "DeviceStatus",
    "ErasureRequest",
    "ErasureState",
    "FailedLogin",
    "Invitation",
    "NameRequest",
    "NameState",
    "Passkey",
    "PasskeyChallenge",
    "PasskeyPurpose",
    "PasskeyTrust",
    "RefreshToken",
    "RefreshTokenQuerySet",
    "RegistrationTry",
    "ReservedEmail",
    "ResetRequest",
    "Role",
    "RosterEntry",
    "SpentProof",
    "User",
    "UserManager",
    "UserQuerySet",
    "no_number",
    "normalise_email",
    "normalise_number",
]
