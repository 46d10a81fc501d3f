"""Settings of a server that has room for few bodies and waits for none."""

from attendance_project.tests.doors.server_settings import *  # noqa: F403

BODY_ROOM_BYTES = 4_000_000
BODY_ROOM_OF_ADDRESS_BYTES = 3_000_000
BODY_ROOM_OF_PERSON_BYTES = 1_000_000
BODY_PATIENCE_S = 0.0
LONGEST_CALL_S = 10.0
