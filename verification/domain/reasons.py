"""Every reason a check-in can have: what it leads to, how grave it is, what the student reads.

Four columns. *Label*: what the teacher reads beside the name. *Effect*: what happens to this
check-in. *Severity*: whether it is also evidence of cheating, which becomes a warning for people
to judge; most refusals are honest mishaps and carry none. *Words*: what the student reads, that
is what was seen and what to do next, without scores and without blame. Labels and words are
marked here for translation, a whole sentence each, and translated where they are shown
(verification/words.py).
"""

from sessions_app.domain.wording import gettext_noop
from verification.domain.reason_codes import Effect, Reason, Rule, Severity

__all__ = ["RULES", "Effect", "Reason", "Rule", "Severity"]

_REFUSE, _REVIEW, _NOTE = Effect.REFUSE, Effect.REVIEW, Effect.NOTE

RULES: dict[Reason, Rule] = {
    Reason.SESSION_NOT_OPEN: Rule(
        gettext_noop("Session not open"),
        _REFUSE,
        None,
        gettext_noop("This session is not open. If the lecture is on, tell your teacher."),
    ),
    Reason.NOT_ENROLLED: Rule(
        gettext_noop("Not on the course"),
        _REFUSE,
        None,
        gettext_noop("You are not on the list of this course. Ask your teacher to add you."),
    ),
    Reason.DEVICE_UNKNOWN: Rule(
        gettext_noop("Phone not registered"),
        _REFUSE,
        None,
        gettext_noop("This phone is not registered. Log in on it again, then check in."),
    ),
    Reason.DEVICE_WAITING: Rule(
        gettext_noop("New phone, not approved"),
        _REFUSE,
        None,
        gettext_noop(
            "This phone is new and waits for approval. Ask your teacher to approve or mark you."
        ),
    ),
    Reason.DEVICE_REVOKED: Rule(
        gettext_noop("Phone signed out"),
        _REFUSE,
        None,
        gettext_noop("This phone was signed out. Log in on it again, or use your other phone."),
    ),
    Reason.DEVICE_OF_ANOTHER_STUDENT: Rule(
        gettext_noop("Another student's phone"),
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "This phone is registered to another student. Use your own, or ask your teacher."
        ),
    ),
    Reason.DEVICE_CHANGED: Rule(
        gettext_noop("Phone changed on the way"),
        _REFUSE,
        None,
        gettext_noop("The check-in was started on another phone. Start again on this one."),
    ),
    Reason.CODE_MISSING: Rule(
        gettext_noop("No code"),
        _REFUSE,
        None,
        gettext_noop("No code was scanned. Scan the code on the screen again."),
    ),
    Reason.CODE_UNREADABLE: Rule(
        gettext_noop("Not a code of ours"),
        _REFUSE,
        None,
        gettext_noop("That was not this system's code. Scan the code on the screen again."),
    ),
    Reason.CODE_FORGED: Rule(
        gettext_noop("Forged code"),
        _REFUSE,
        Severity.HIGH,
        gettext_noop("The code was not made by this system. Scan the code on the screen again."),
    ),
    Reason.CODE_OF_ANOTHER_SESSION: Rule(
        gettext_noop("Code of another session"),
        _REFUSE,
        Severity.LOW,
        gettext_noop("The code belongs to another session. Scan the code on the screen again."),
    ),
    Reason.CODE_OUTSIDE_OPENING: Rule(
        gettext_noop("Code from outside the opening"),
        _REFUSE,
        None,
        gettext_noop(
            "The code was not shown while the session was open. Scan the code on the screen again."
        ),
    ),
    Reason.CODE_TOO_FEW: Rule(
        gettext_noop("Too few codes seen"),
        _REFUSE,
        None,
        gettext_noop(
            "Too few changes of the code were seen. Hold the phone on it a little longer."
        ),
    ),
    Reason.CODE_TOO_OLD: Rule(
        gettext_noop("Code too old"),
        _REFUSE,
        None,
        gettext_noop("The code was too old. Scan the code on the screen again."),
    ),
    Reason.CODE_KEPT: Rule(
        gettext_noop("Code kept for long"),
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "The code had left the screen long before. Scan the code on the screen again."
        ),
    ),
    Reason.CODE_ARRIVED_LATE: Rule(
        gettext_noop("Arrived late, slow network"),
        _REVIEW,
        None,
        gettext_noop("Your check-in took long to arrive. Your teacher will confirm."),
    ),
    Reason.SHORT_CODE_USED: Rule(
        gettext_noop("Short code typed"),
        _REVIEW,
        None,
        gettext_noop("The short code was typed in. Your teacher will confirm."),
    ),
    Reason.SHORT_CODE_WRONG: Rule(
        gettext_noop("Wrong short code"),
        _REFUSE,
        None,
        gettext_noop("The short code was not right. Type the one that is on the screen now."),
    ),
    Reason.BLUETOOTH_MISSING: Rule(
        gettext_noop("No Bluetooth heard"),
        _REVIEW,
        None,
        gettext_noop(
            "The room's beacon was not heard. Check that Bluetooth is on, or ask your teacher."
        ),
    ),
    Reason.BLUETOOTH_TOO_LITTLE: Rule(
        gettext_noop("Bluetooth heard too briefly"),
        _REVIEW,
        None,
        gettext_noop(
            "The room's beacon was heard too briefly. Leave Bluetooth on, or ask your teacher."
        ),
    ),
    Reason.BLUETOOTH_REPLAYED: Rule(
        gettext_noop("Bluetooth from earlier"),
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "What Bluetooth reported was from earlier. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.BLUETOOTH_INVENTED: Rule(
        gettext_noop("Bluetooth of no room here"),
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "What Bluetooth reported did not come from a room here. Try again, or ask "
            "your teacher to mark you."
        ),
    ),
    Reason.BLUETOOTH_COPIED: Rule(
        gettext_noop("Another student's Bluetooth"),
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "What Bluetooth reported came from another phone before. Try again, or ask "
            "your teacher to mark you."
        ),
    ),
    Reason.BLUETOOTH_FLAT: Rule(
        gettext_noop("Bluetooth signal never varied"),
        _REVIEW,
        None,
        gettext_noop(
            "The beacon's signal did not vary as it does in a room. Your teacher will confirm."
        ),
    ),
    Reason.BLUETOOTH_ANSWER_COPIED: Rule(
        gettext_noop("Beacon's answer to another student"),
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The beacon's answer was given to another student's phone. Try again, or ask "
            "your teacher to mark you."
        ),
    ),
    Reason.BLUETOOTH_ANSWER_INVENTED: Rule(
        gettext_noop("Answer of no beacon here"),
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The beacon's answer did not come from a room here. Try again, or ask "
            "your teacher to mark you."
        ),
    ),
    Reason.BLUETOOTH_ANSWER_SLOW: Rule(
        gettext_noop("Beacon's answer took long"),
        _REVIEW,
        None,
        gettext_noop("The beacon's answer took long to arrive. Your teacher will confirm."),
    ),
    Reason.BLUETOOTH_TWO_ROOMS: Rule(
        gettext_noop("Heard in two rooms at once"),
        _REVIEW,
        None,
        gettext_noop(
            "Your phone was heard in another room a moment ago. Your teacher will confirm."
        ),
    ),
    Reason.SOUND_ONLY: Rule(
        gettext_noop("Room's sound in place of Bluetooth"),
        _REVIEW,
        None,
        gettext_noop(
            "The room's sound was heard in place of Bluetooth, and a call could carry it. "
            "Your teacher will confirm."
        ),
    ),
    Reason.SOUND_NOT_IN_TIME: Rule(
        gettext_noop("Room's sound not heard in time"),
        _NOTE,
        None,
        gettext_noop(
            "The sound was not this room's, or came too late. Listen again while it plays."
        ),
    ),
    Reason.SOUND_REPLAYED: Rule(
        gettext_noop("Room's sound from earlier"),
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The sound that was reported was from earlier. Try again, or ask your teacher "
            "to mark you."
        ),
    ),
    Reason.SOUND_INVENTED: Rule(
        gettext_noop("Sound of no room here"),
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The sound that was reported did not come from a room here. Try again, or ask "
            "your teacher to mark you."
        ),
    ),
    Reason.FACE_DECLINED: Rule(
        gettext_noop("Checks in without a face"),
        _REVIEW,
        None,
        gettext_noop("You check in without a face. Your teacher will confirm."),
    ),
    Reason.FACE_NOT_ENROLLED: Rule(
        gettext_noop("No face enrolled"),
        _REFUSE,
        None,
        gettext_noop(
            "Your face is not enrolled. Enrol it, or choose to check in without; your "
            "teacher can mark you today."
        ),
    ),
    Reason.FACE_WAITING: Rule(
        gettext_noop("Face not approved yet"),
        _REVIEW,
        None,
        gettext_noop("Your enrolled face is not approved yet. Your teacher will confirm."),
    ),
    Reason.FACE_ENROL_AGAIN: Rule(
        gettext_noop("Has to enrol the face again"),
        _REVIEW,
        None,
        gettext_noop("The face check was renewed: please enrol again. Your teacher will confirm."),
    ),
    Reason.FACE_MISSING: Rule(
        gettext_noop("No face step"),
        _REFUSE,
        None,
        gettext_noop("The face step is missing. Please do it."),
    ),
    Reason.FACE_SPARED: Rule(
        gettext_noop("Cannot make the moves"),
        _REVIEW,
        None,
        gettext_noop("You went on without the face. Your teacher will confirm."),
    ),
    Reason.FACE_NOT_SEEN: Rule(
        gettext_noop("Face not seen"),
        _REFUSE,
        None,
        gettext_noop(
            "Your face was not in every picture. Keep it in the oval. Try again, or "
            "ask your teacher to mark you."
        ),
    ),
    Reason.FACE_POOR_CAPTURE: Rule(
        gettext_noop("Pictures not clear"),
        _REVIEW,
        None,
        gettext_noop("The pictures were not clear enough. Your teacher will confirm."),
    ),
    Reason.FACE_SEVERAL: Rule(
        gettext_noop("More than one face"),
        _REVIEW,
        None,
        gettext_noop("More than one face was in the picture. Your teacher will confirm."),
    ),
    Reason.FACE_SWAPPED: Rule(
        gettext_noop("Not one person throughout"),
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The pictures did not show one person throughout. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.FACE_IN_DOUBT: Rule(
        gettext_noop("Face in doubt"),
        _REVIEW,
        None,
        gettext_noop("The face could not be told for certain. Your teacher will confirm."),
    ),
    Reason.FACE_MISMATCH: Rule(
        gettext_noop("Face does not match"),
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The face did not match the enrolled one. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.MANY_CHALLENGES: Rule(
        gettext_noop("Many tries at the face"),
        _REVIEW,
        None,
        gettext_noop("The face step was begun many times. Your teacher will confirm."),
    ),
    Reason.CHALLENGE_EXPIRED: Rule(
        gettext_noop("Face step took too long"),
        _REFUSE,
        None,
        gettext_noop("The face step took too long. Start it again."),
    ),
    Reason.MOVES_UNREADABLE: Rule(
        gettext_noop("Eyes could not be read"),
        _REVIEW,
        None,
        gettext_noop(
            "Your eyes could not be seen well enough, for example behind glasses. "
            "Another move is asked next time. Your teacher will confirm."
        ),
    ),
    Reason.BLINK_SPARED: Rule(
        gettext_noop("No blink was asked for"),
        _REVIEW,
        None,
        gettext_noop(
            "Your eyes could not be read before and could now. Your teacher will confirm."
        ),
    ),
    Reason.MOVES_NOT_SEEN: Rule(
        gettext_noop("Moves not made as asked"),
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "The moves were not seen when they were asked for. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.MOVES_UNPROMPTED: Rule(
        gettext_noop("Moves that nobody asked for"),
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "There were moves that nobody asked for. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.NO_FRONTAL_START: Rule(
        gettext_noop("Did not face the phone"),
        _REFUSE,
        None,
        gettext_noop(
            "Look straight at the phone until the first prompt. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.PICTURE_FLAT: Rule(
        gettext_noop("A flat picture"),
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The moves looked like those of a flat picture. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.PICTURE_FROZEN: Rule(
        gettext_noop("A still picture"),
        _REFUSE,
        Severity.HIGH,
        gettext_noop(
            "The pictures did not change as a living face does. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.TIMES_IMPOSSIBLE: Rule(
        gettext_noop("Picture times do not fit"),
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "The pictures' times do not fit the prompts. Try again, or ask your "
            "teacher to mark you."
        ),
    ),
    Reason.FILM_RETURNS: Rule(
        gettext_noop("The same picture twice"),
        _REFUSE,
        Severity.MEDIUM,
        gettext_noop(
            "The same picture came again in the film. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.FILM_HELD: Rule(
        gettext_noop("The film stood still"),
        _REFUSE,
        None,
        gettext_noop(
            "The film stood still for a moment. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.FILM_SPLICED: Rule(
        gettext_noop("Pictures of two films"),
        _REFUSE,
        Severity.LOW,
        gettext_noop(
            "Some pictures did not fit the others. Try again, or ask your teacher to mark you."
        ),
    ),
    Reason.FILM_NOISE: Rule(
        gettext_noop("The same noise in all pictures"),
        _REVIEW,
        Severity.LOW,
        gettext_noop("The pictures were not as a camera makes them. Your teacher will confirm."),
    ),
    Reason.FILM_MIXED: Rule(
        gettext_noop("Pictures of several makes"),
        _REVIEW,
        None,
        gettext_noop("The pictures were not all made in the same way. Your teacher will confirm."),
    ),
    Reason.SCREEN_FILMED: Rule(
        gettext_noop("Looks like a filmed screen"),
        _REVIEW,
        Severity.LOW,
        gettext_noop("The pictures looked like those of a screen. Your teacher will confirm."),
    ),
    Reason.ATTACK_SUSPECTED: Rule(
        gettext_noop("Looks like a picture of a face"),
        _REVIEW,
        Severity.LOW,
        gettext_noop(
            "The face could not be told from a picture of one. Your teacher will confirm."
        ),
    ),
    Reason.EARLIER_TRY: Rule(
        gettext_noop("An earlier try did not fit"),
        _REVIEW,
        Severity.LOW,
        gettext_noop("An earlier try of this check-in did not fit. Your teacher will confirm."),
    ),
    Reason.EVIDENCE_EXPIRED: Rule(
        gettext_noop("Evidence too old"),
        _REFUSE,
        None,
        gettext_noop("The steps lie too far apart. Scan the code on the screen again."),
    ),
}
