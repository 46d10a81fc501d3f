"""All that changes people, tokens, devices and consent. Call it as ``services.verb(...)``."""

from accounts.services.access_tokens import credentials_in, person_named_in, read_access_token
from accounts.services.acts import ACTS
from accounts.services.confirming import (
    confirm_email,
    holds_idly,
    mail_confirmation,
    release_account,
    release_number,
    require_confirmed,
    require_own_confirmed,
)
from accounts.services.consent import decline_consent, give_consent, withdraw_consent
from accounts.services.devices import (
    approve_device,
    device_standing,
    own_device_standing,
    register_device,
    revoke_device,
)
from accounts.services.erasure import ask_for_erasure, erase_person, take_back_erasure
from accounts.services.following import Devices, Rows, set_one_by_one
from accounts.services.housekeeping import purge_expired
from accounts.services.invitations import create_invitation
from accounts.services.known_browsers import account_named_in
from accounts.services.links import follow_link, mail_link, read_link
from accounts.services.login import LoggedIn, check_password, log_in, waiting_for_approval
from accounts.services.mails import send_later
from accounts.services.merging import (
    check_may_switch_on,
    check_merge,
    is_undoable,
    merge_accounts,
    undo_merge,
)
from accounts.services.names import (
    NAME_ALIKE,
    answer_for_account,
    ask_for_name,
    decide_name,
    namesakes,
    require_own_names,
    undo_name,
    vouch_for_names,
)
from accounts.services.new_emails import reserve_email
from accounts.services.passkeys import (
    confirm_device,
    confirm_with_passkey,
    has_own_passkey,
    passkey_creation_options,
    passkey_request_options,
    register_passkey,
)
from accounts.services.passwords import change_password
from accounts.services.people import (
    is_claimed,
    mail_password_link,
    new_person,
    note_invited,
    noted_as_invited,
    password_link,
)
from accounts.services.profiles import update_profile
from accounts.services.proofs import spend_proof, verify_proof
from accounts.services.registration import (
    NewAccount,
    approve_account,
    register_admin,
    register_student,
    register_teacher,
)
from accounts.services.resets import ask_for_reset, set_forgotten_password
from accounts.services.roster import import_roster
from accounts.services.switching import switch_off, switch_on, switching
from accounts.services.tokens import (
    TokenPair,
    issue_tokens,
    log_out,
    password_unchanged,
    revoke_tokens,
    rotate_refresh,
)

__all__ = [
    "ACTS",
    "NAME_ALIKE",
    "Devices",
    "LoggedIn",
    "NewAccount",
    "Rows",
    "TokenPair",
    "account_named_in",
    "answer_for_account",
    "approve_account",
    "approve_device",
    "ask_for_erasure",
    "ask_for_name",
    "ask_for_reset",
    "change_password",
    "check_may_switch_on",
    "check_merge",
    "check_password",
    "confirm_device",
    "confirm_email",
    "confirm_with_passkey",
    "create_invitation",
    "credentials_in",
    "decide_name",
    "decline_consent",
    "device_standing",
    "erase_person",
    "follow_link",
    "give_consent",
    "has_own_passkey",
    "holds_idly",
    "import_roster",
    "is_claimed",
    "is_undoable",
    "issue_tokens",
    "log_in",
    "log_out",
    "mail_confirmation",
    "mail_link",
    "mail_password_link",
    "merge_accounts",
    "namesakes",
    "new_person",
    "note_invited",
    "noted_as_invited",
    "own_device_standing",
    "passkey_creation_options",
    "passkey_request_options",
    "password_link",
    "password_unchanged",
    "person_named_in",
    "purge_expired",
    "read_access_token",
    "read_link",
    "register_admin",
    "register_device",
    "register_passkey",
    "register_student",
    "register_teacher",
    "release_account",
    "release_number",
    "require_confirmed",
    "require_own_confirmed",
    "require_own_names",
    "reserve_email",
    "revoke_device",
    "revoke_tokens",
    "rotate_refresh",
    "send_later",
    "set_forgotten_password",
    "set_one_by_one",
    "spend_proof",
    "switch_off",
    "switch_on",
    "switching",
    "take_back_erasure",
    "undo_merge",
    "undo_name",
    "update_profile",
    "verify_proof",
    "vouch_for_names",
    "waiting_for_approval",
    "withdraw_consent",
]
