"""Every reason a check-in can have: what it leads to, how grave it is, what the student reads.

Five columns. *Label*: what the teacher reads beside the name. *About*: the kind of evidence that
the reason was found in, which is kept with a warning. *Effect*: what happens to this check-in.
*Severity*: whether the reason is also evidence of cheating, which becomes a warning for people to
judge; most refusals are honest mishaps and have no severity. *Words*: what the student reads, which
is what was seen and what to do next, without scores and without blame. Labels and words are marked
here for translation, a whole sentence each, and translated where they are shown
(verification/words.py).
"""

from sessions_app.domain.wording import gettext_noop
from verification.domain.reason_codes import About, Effect, Reason, Rule, Severity

__all__ = ["RULES", "About", "Effect", "Reason", "Rule", "Severity"]

_REFUSE, _REVIEW, _NOTE = Effect.REFUSE, Effect.REVIEW, Effect.NOTE

RULES: dict[Reason, Rule] = {
    Reason.SESSION_NOT_OPEN: Rule(
        gettext_noop("Session not open"),
        About.STANDING,
        _REFUSE,
        None,
        gettext_noop("This session is not open. If it should be, tell your teacher."),
    ),
    Reason.NOT_ENROLLED: Rule(
        gettext_noop("Not on the course"),
        About.STANDING,
        _REFUSE,
        None,
        gettext_noop("You are not on the list of this course. Ask your teacher to add you."),
    ),
    Reason.DEVICE_UNKNOWN: Rule(
        gettext_noop("Phone not registered"),
        About.DEVICE,
        _REFUSE,
        None,
        gettext_noop("This phone is not registered. Log in on it again, then check in."),
    ),
    Reason.DEVICE_WAITING: Rule(
        gettext_noop("New phone, not approved"),
        About.DEVICE,
        _REFUSE,
        None,
        gettext_noop(
            "This phone is new and not approved yet. Ask your teacher to approve it or to mark you."
        ),
    ),
    Reason.DEVICE_REVOKED: Rule(
        gettext_noop("Phone removed"),
        About.DEVICE,
        _REFUSE,
        None,
        gettext_noop("This phone was removed. Log in on it again, or use your other phone."),
    ),
    Reason.DEVICE_OF_ANOTHER_STUDENT: Rule(
        gettext_noop("Another student's phone"),
        About.DEVICE,
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "This phone is registered to another student. Use your own, or ask your teacher."
        ),
    ),
    Reason.DEVICE_CHANGED: Rule(
        gettext_noop("Phone changed during check-in"),
        About.DEVICE,
        _REFUSE,
        None,
        gettext_noop("The check-in was started on another phone. Start again on this one."),
    ),
    Reason.CODE_MISSING: Rule(
        gettext_noop("No code"),
        About.CODE,
        _REFUSE,
        None,
        gettext_noop("No code was scanned. Scan the code on the screen."),
    ),
    Reason.CODE_UNREADABLE: Rule(
        gettext_noop("Not a code from this system"),
        About.CODE,
        _REFUSE,
        None,
        gettext_noop("That code is not from this system. Scan the code on the screen."),
    ),
    Reason.CODE_FORGED: Rule(
        gettext_noop("Forged code"),
        About.CODE,
        _REFUSE,
        Severity.HIGH,
        gettext_noop("This code is not genuine. Scan the code on the screen."),
    ),
    Reason.CODE_OF_ANOTHER_SESSION: Rule(
        gettext_noop("Code from another session"),
        About.CODE,
        _REFUSE,
        Severity.LOW,
        gettext_noop("The code is from another session. Scan the code on the screen."),
    ),
    Reason.CODE_OUTSIDE_OPENING: Rule(
        gettext_noop("Code from before or after the session"),
        About.CODE,
        _REFUSE,
        None,
        gettext_noop(
            "The code was not shown while the session was open. Scan the code on the screen again."
        ),
    ),
    Reason.CODE_TOO_FEW: Rule(
        gettext_noop("Too few codes seen"),
        About.CODE,
        _REFUSE,
        None,
        gettext_noop("Too few codes were seen. Keep the code in view a little longer."),
    ),
    Reason.CODE_TOO_OLD: Rule(
        gettext_noop("Code too old"),
        About.CODE,
        _REFUSE,
        None,
        gettext_noop("The code was too old. Scan it again."),
    ),
    Reason.CODE_KEPT: Rule(
        gettext_noop("Code long expired"),
        About.CODE,
        _REFUSE,
        Severity.LOW,
        gettext_noop("The code had expired long ago. Scan the code on the screen."),
    ),
    Reason.CODE_ARRIVED_LATE: Rule(
        gettext_noop("Arrived late, slow network"),
        About.CODE,
        _REVIEW,
        None,
        gettext_noop("Your check-in took long to arrive. Your teacher will confirm."),
    ),
    Reason.CODE_ALONE: Rule(
        gettext_noop("Arrived late with codes alone"),
        About.CODE,
        _REFUSE,
        None,
        gettext_noop(
            "Your check-in arrived late, and only its codes show that you were in the room. Show "
            "yourself to your teacher, who can mark you."
        ),
    ),
    Reason.SHORT_CODE_USED: Rule(
        gettext_noop("Short code typed"),
        About.CODE,
        _REVIEW,
        None,
        gettext_noop("You typed the short code. Your teacher will confirm."),
    ),
    Reason.SHORT_CODE_WRONG: Rule(
        gettext_noop("Wrong short code"),
        About.CODE,
        _REFUSE,
        None,
        gettext_noop("The short code was wrong. Type the one that is on the screen now."),
    ),
    Reason.BLUETOOTH_MISSING: Rule(
        gettext_noop("No Bluetooth heard"),
        About.BLUETOOTH,
        _REVIEW,
        None,
        gettext_noop(
            "Your phone did not find the room. If you are there, ask your teacher to mark you."
        ),
    ),
    Reason.BLUETOOTH_TOO_LITTLE: Rule(
        gettext_noop("Bluetooth heard too briefly"),
        About.BLUETOOTH,
        _REVIEW,
        None,
        gettext_noop(
            "The room's beacon was heard too briefly. Leave Bluetooth on, or ask your teacher to "
            "mark you."
        ),
    ),
    Reason.BLUETOOTH_REPLAYED: Rule(
        gettext_noop("Old Bluetooth signal"),
        About.BLUETOOTH,
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The Bluetooth signal was too old. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.BLUETOOTH_INVENTED: Rule(
        gettext_noop("Unknown Bluetooth signal"),
        About.BLUETOOTH,
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The Bluetooth signal did not come from a room here. Try again, or ask your teacher "
            "to mark you."
        ),
    ),
    Reason.BLUETOOTH_COPIED: Rule(
        gettext_noop("Another student's Bluetooth"),
        About.BLUETOOTH,
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The Bluetooth signal came from another phone before. Try again, or ask your teacher "
            "to mark you."
        ),
    ),
    Reason.BLUETOOTH_FLAT: Rule(
        gettext_noop("Bluetooth signal never varied"),
        About.BLUETOOTH,
        _REVIEW,
        None,
        gettext_noop(
            "The beacon's signal did not vary as it does in a room. Your teacher will confirm."
        ),
    ),
    Reason.BLUETOOTH_ANSWER_COPIED: Rule(
        gettext_noop("Beacon's answer for another student"),
        About.BLUETOOTH,
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The beacon's answer was for another student's phone. Try again, or ask your teacher "
            "to mark you."
        ),
    ),
    Reason.BLUETOOTH_ANSWER_INVENTED: Rule(
        gettext_noop("Unknown beacon's answer"),
        About.BLUETOOTH,
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The beacon's answer did not come from a room here. Try again, or ask "
            "your teacher to mark you."
        ),
    ),
    Reason.BLUETOOTH_ANSWER_SLOW: Rule(
        gettext_noop("Beacon's answer was slow"),
        About.BLUETOOTH,
        _REVIEW,
        None,
        gettext_noop("The beacon's answer took long to arrive. Your teacher will confirm."),
    ),
    Reason.BLUETOOTH_TWO_ROOMS: Rule(
        gettext_noop("Heard in two rooms at once"),
        About.BLUETOOTH,
        _REVIEW,
        None,
        gettext_noop(
            "Your phone was heard in another room a moment ago. Your teacher will confirm."
        ),
    ),
    Reason.SOUND_ONLY: Rule(
        gettext_noop("Room's sound instead of Bluetooth"),
        About.SOUND,
        _REVIEW,
        None,
        gettext_noop(
            "Your phone heard the room's sound instead of Bluetooth. A phone call can carry "
            "a sound, so your teacher will confirm."
        ),
    ),
    Reason.SOUND_NOT_IN_TIME: Rule(
        gettext_noop("Room's sound not heard in time"),
        About.SOUND,
        _NOTE,
        None,
        gettext_noop(
            "The sound was not this room's, or came too late. Listen again while it plays."
        ),
    ),
    Reason.SOUND_REPLAYED: Rule(
        gettext_noop("Old room's sound"),
        About.SOUND,
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop("The room's sound was too old. Try again, or ask your teacher to mark you."),
    ),
    Reason.SOUND_INVENTED: Rule(
        gettext_noop("Unknown sound"),
        About.SOUND,
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The sound did not come from a room here. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.FACE_DECLINED: Rule(
        gettext_noop("Checks in without a face"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop("You check in without a face. Your teacher will confirm."),
    ),
    Reason.FACE_NOT_ENROLLED: Rule(
        gettext_noop("No face enrolled"),
        About.FACE,
        _REFUSE,
        None,
        gettext_noop(
            "Your face is not enrolled. Enrol it, or choose to check in without; your "
            "teacher can mark you today."
        ),
    ),
    Reason.FACE_WAITING: Rule(
        gettext_noop("Face not approved yet"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop("Your enrolled face is not approved yet. Your teacher will confirm."),
    ),
    Reason.FACE_ENROL_AGAIN: Rule(
        gettext_noop("Face must be enrolled again"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop("The face check has changed. Please enrol again. Your teacher will confirm."),
    ),
    Reason.FACE_MISSING: Rule(
        gettext_noop("No face step"),
        About.FACE,
        _REFUSE,
        None,
        gettext_noop("The face step is missing. Please complete it."),
    ),
    Reason.FACE_SPARED: Rule(
        gettext_noop("Cannot make the moves"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop("You continued without the face step. Your teacher will confirm."),
    ),
    Reason.SPARED_TOO_OFTEN: Rule(
        gettext_noop("Spared a check too often"),
        About.FACE,
        _REFUSE,
        None,
        gettext_noop(
            "A check was left out for you as often as a term allows. Do every step, or show "
            "yourself to your teacher, who can mark you."
        ),
    ),
    Reason.FACE_NOT_SEEN: Rule(
        gettext_noop("Face not seen"),
        About.FACE,
        _REFUSE,
        None,
        gettext_noop(
            "Your face was not in every picture. Keep it in the oval. Try again, or "
            "ask your teacher to mark you."
        ),
    ),
    Reason.FACE_POOR_CAPTURE: Rule(
        gettext_noop("Pictures not clear"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop("The pictures were not clear enough. Your teacher will confirm."),
    ),
    Reason.FACE_SEVERAL: Rule(
        gettext_noop("More than one face"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop("More than one face was in the picture. Your teacher will confirm."),
    ),
    Reason.FACE_SWAPPED: Rule(
        gettext_noop("Different people in the pictures"),
        About.FACE,
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The pictures did not show the same person throughout. Try again, or ask your teacher "
            "to mark you."
        ),
    ),
    Reason.FACE_IN_DOUBT: Rule(
        gettext_noop("Face match uncertain"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop(
            "Your face could not be recognised with certainty. Your teacher will confirm."
        ),
    ),
    Reason.FACE_MISMATCH: Rule(
        gettext_noop("Face does not match"),
        About.FACE,
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "Your face did not match the enrolled one. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.PASSKEY_MISSING: Rule(
        gettext_noop("No passkey"),
        About.PASSKEY,
        _REFUSE,
        None,
        gettext_noop(
            "Your passkey was not confirmed. Try again, show your face instead, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.PASSKEY_SYNCED: Rule(
        gettext_noop("Passkey of several devices"),
        About.PASSKEY,
        _REFUSE,
        None,
        gettext_noop(
            "This passkey is on several devices, so it does not count here. Use the passkey of "
            "this phone, or show your face instead."
        ),
    ),
    Reason.MANY_CHALLENGES: Rule(
        gettext_noop("Many tries at the face step"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop("The face step was started many times. Your teacher will confirm."),
    ),
    Reason.CHALLENGE_EXPIRED: Rule(
        gettext_noop("Face step took too long"),
        About.FACE,
        _REFUSE,
        None,
        gettext_noop("The face step took too long. Start it again."),
    ),
    Reason.MOVES_UNREADABLE: Rule(
        gettext_noop("Eyes not clearly visible"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop(
            "Your eyes could not be seen clearly, for example behind glasses. Next time you get "
            "another move. Your teacher will confirm."
        ),
    ),
    Reason.BLINK_SPARED: Rule(
        gettext_noop("No blink requested"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop(
            "Your eyes could not be seen clearly in an earlier try, and in this one they could. "
            "Your teacher will confirm."
        ),
    ),
    Reason.MOVES_NOT_SEEN: Rule(
        gettext_noop("Didn't follow the prompts"),
        About.FACE,
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "The moves did not follow the prompts. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.MOVES_UNPROMPTED: Rule(
        gettext_noop("Unprompted movements"),
        About.FACE,
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "There were movements without a prompt. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.NO_FRONTAL_START: Rule(
        gettext_noop("Did not face the phone"),
        About.FACE,
        _REFUSE,
        None,
        gettext_noop(
            "Look straight at the phone until the first prompt. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.PICTURE_FLAT: Rule(
        gettext_noop("Looks like a flat picture"),
        About.FACE,
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The moves looked like those of a flat picture. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.PICTURE_FROZEN: Rule(
        gettext_noop("Looks like a still picture"),
        About.FACE,
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The pictures did not change as a living face does. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.TIMES_IMPOSSIBLE: Rule(
        gettext_noop("Picture times do not match"),
        About.FACE,
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "The pictures' times do not match the prompts. Try again, or ask your teacher to mark "
            "you."
        ),
    ),
    Reason.FILM_RETURNS: Rule(
        gettext_noop("Same picture twice"),
        About.FACE,
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The same picture appeared twice. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.FILM_HELD: Rule(
        gettext_noop("Film froze"),
        About.FACE,
        _REFUSE,
        None,
        gettext_noop("The film froze for a moment. Try again, or ask your teacher to mark you."),
    ),
    Reason.FILM_SPLICED: Rule(
        gettext_noop("Pictures from two films"),
        About.FACE,
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "Some pictures did not match the others. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.FILM_NOISE: Rule(
        gettext_noop("Same noise in all pictures"),
        About.FACE,
        _REVIEW,
        Severity.LOW,
        gettext_noop(
            "The pictures did not look like those of a camera. Your teacher will confirm."
        ),
    ),
    Reason.FILM_MIXED: Rule(
        gettext_noop("Pictures from different cameras"),
        About.FACE,
        _REVIEW,
        None,
        gettext_noop(
            "The pictures seem to come from different cameras. Your teacher will confirm."
        ),
    ),
    Reason.SCREEN_FILMED: Rule(
        gettext_noop("Looks like a filmed screen"),
        About.FACE,
        _REVIEW,
        Severity.LOW,
        gettext_noop("The pictures looked like a filmed screen. Your teacher will confirm."),
    ),
    Reason.ATTACK_SUSPECTED: Rule(
        gettext_noop("Looks like a picture of a face"),
        About.FACE,
        _REVIEW,
        Severity.LOW,
        gettext_noop("Your face looked like a picture of a face. Your teacher will confirm."),
    ),
    Reason.EARLIER_TRY: Rule(
        gettext_noop("An earlier try did not match"),
        About.EARLIER,
        _REVIEW,
        Severity.LOW,
        gettext_noop("An earlier try of this check-in did not match. Your teacher will confirm."),
    ),
    Reason.EVIDENCE_EXPIRED: Rule(
        gettext_noop("Evidence too old"),
        About.ANYTHING,
        _REFUSE,
        None,
        gettext_noop("The steps took too long. Scan the code on the screen again."),
    ),
}
