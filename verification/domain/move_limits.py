"""What counts as a move, and when: the numbers, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MoveLimits:
    """What counts as a move, and when.

    "Drawn" means frames drawn from LFW photographs by the rendering module, 33 people unless said
    otherwise; "live" means one recorded person of a public set, 621 frames.
    """

    neutral_frames_min: int = 2
    frontal_yaw_max: float = 0.40
    """This is a turn of about 20 degrees. 98 % of 600 frames drawn for enrolment lie below."""
    neutral_spread_max: float = 0.25
    """The most that yaw may vary at rest. Noise and sway give 0.2 at most, a turn that counts
    0.35."""

    turn_yaw_min: float = 0.35
    """Least change of yaw that is a turn. Live turns reach 0.45 to the right and 1.2 to the left;
    drawn ones by 27 degrees reach 0.45."""
    solid_residual_min: float = 0.016
    """The least planar residual of a head that moves. It grows by 0.05-0.065 with yaw, live and
    drawn, and reaches 0.025 when looking up by 25 degrees (drawn, 95 of 100). A still head stays
    below 0.007."""
    look_up_pitch_min: float = 0.06
    """Least change of pitch that is a look up. Live it was 0.19; drawn by 25 degrees it was 0.074
    or more in 95 of 100; turns and smiles give up to 0.035."""
    eyes_shut_max: float = 0.55
    """Eyes count as shut below this part of the person's own openness. Live: 0.1 in both of two
    blinks, 0.5 when looking up. Drawn: 0.48 in the median, because lids are only drawn."""
    smile_width_min: float = 1.10
    """A smile makes the mouth wider than at rest, at least by this factor. Live: 0.96-1.04 at rest,
    1.14 when looking up; a smile gave 1.27 in earlier trials with one person. Drawn: 1.12-1.23 on
    the photographs of the tests."""
    smile_turned_max: float = 0.5
    """Share of a turn or a look up below which a mouth is read, since these moves change it too."""
    nod_pitch_min: float = 0.06
    """Least change of pitch that is a look down. Drawn by 22 to 30 degrees (40 people) it was 0.094
    or more in 95 of 100; rest and all other moves give up to 0.025."""
    tilt_degrees_min: float = 12.0
    """Least change of roll, in degrees, that is a tilt of the head. Drawn by 18 to 28 degrees (40
    people) it was 16.5 or more in 95 of 100; turns give up to 4.7, all others less."""
    mouth_gap_min: float = 0.09
    """Least growth of the gap between the lips, in spans of the outer eye corners, that is an open
    mouth. Drawn (40 people) it was 0.16 in the median and 0.08 or more in 95 of 100, of mouths that
    the photographs show open as well; rest gives up to 0.025 and smiles up to 0.06. Turns give up
    to 0.094, and then no mouth is read. A mouth with a gap as large at rest is not asked to
    move."""

    eyes_readable_min: float = 0.07
    """Openness at rest from which eyes can be read. Below it, half of the openness drowns in the
    landmarks' noise of 0.03 (live)."""
    eyes_readable_spread_max: float = 0.8
    """Range of the openness at rest, as a share of its median, up to which eyes can be read. Glare
    on glasses makes it jump; live it was 0.3 at most. The lowest third of the frames is left out,
    lest one blink alone makes eyes unreadable."""

    move_frames_min: int = 2
    """How many frames have to show a move. A blink that nobody asked for lasts 0.1-0.4 s, and
    pictures of a move are 0.3 s apart or more."""
    reaction_min_s: float = 0.15
    """Seconds after a prompt's start before which a move is no reaction: people need 0.2 s or more
    to react to something seen."""
    begun_latest_s: float = 1.3
    """How long after the prompt's start the move must have begun: 0.5 s to react and 0.5 s to move,
    and the wait for a picture."""
    held_grace_s: float = 0.35
    """How long after the prompt's end a move may be held: until the person has seen the prompt
    go."""
    return_grace_s: float = 0.85
    """How long after the prompt's end the return may take: 0.5 s to react and all but the last part
    of a return of 0.5 s."""
    lead_s: float = 0.6
    """How long before the prompt the move must not be there yet, because otherwise it is no
    answer."""
    absent_max: float = 0.65
    """The part of a move up to which it counts as absent. Sway, noise and a faint smile stay
    below."""
    stray_yaw_max: float = 0.22
    """This is a turn of about 10 degrees. Nobody sways so much."""
