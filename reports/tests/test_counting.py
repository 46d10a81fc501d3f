"""What sessions count as by the rules of a course: tables, and a slower and plainer calculation."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.counting import HOUR_S, Ahead, CountedAs, CourseRules, ahead, count
from reports.domain.counting import StudentSession as Stands
from reports.domain.rates import Tally, absence_streak, allowance, tally
from reports.domain.risk import RiskLimits, RiskSign, standing_of

LETTERS = {"P": "present", "L": "late", "E": "excused", "A": "absent", ".": None}
STATES = {"": "closed", "o": "open", "p": "planned", "x": "cancelled", "z": "annulled"}
HOURS = CourseRules(by_hours=True)


def stands(word: str, **more) -> Stands:
    """``A`` absent from a closed session, ``.p`` nothing in a planned one, ``.f`` in a forgotten
    one, ``.l`` in one after the student had left."""
    letter, state = word[0], word[1:]
    if state == "f":
        return Stands("planned", LETTERS[letter], is_over=True, **more)
    if state == "l":
        return Stands("closed", LETTERS[letter], had_left=True, **more)
    return Stands(STATES[state], LETTERS[letter], **more)


def offered(words: str, **more) -> list[Stands]:
    """The sessions of one offering."""
    return [stands(word, offering="Lab 1", **more) for word in words.split()]


def weighed(*pairs: tuple[str, float]) -> list[Stands]:
    return [stands(word, weight_s=int(hours * HOUR_S)) for word, hours in pairs]


# --- lates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "lates_per_absence", "late_absences", "attended", "counted"),
    [
        ("LLLL", 0, 0, 4, 4),  # off
        ("LL", 3, 0, 2, 2),
        ("LLL", 3, 1, 2, 3),
        ("LPLAL", 3, 1, 3, 5),
        ("LLLLLL", 3, 2, 4, 6),
        ("LLLLL", 2, 2, 3, 5),
        ("LLL", 1, 3, 0, 3),
        ("LELEL", 3, 1, 2, 3),
        ("PPPA", 1, 0, 3, 4),
    ],
)
def test_every_nth_late_takes_away_one_attendance(
    marks, lates_per_absence, late_absences, attended, counted
):
    done = tally(map(stands, marks), CourseRules(lates_per_absence=lates_per_absence))
    assert (done.late_absences, done.attended, done.counted) == (late_absences, attended, counted)
    assert (done.late, done.absent) == (marks.count("L"), marks.count("A"))


def test_it_is_the_nth_late_itself_that_counts_as_an_absence():
    counted = count([stands(mark) for mark in "LPLLL"], CourseRules(lates_per_absence=2))
    places = [
        place for place, one in enumerate(counted) if one.counted_as == CountedAs.LATE_ABSENCE
    ]
    assert places == [2, 4]


def test_a_late_that_counts_as_an_absence_still_ends_a_row_of_absences():
    rules = CourseRules(lates_per_absence=1)
    assert absence_streak([stands(mark) for mark in "AALA"], rules) == 1
    assert absence_streak([stands(mark) for mark in "LLL"], rules) == 0


def test_a_late_counts_only_where_its_session_counts():
    rules = CourseRules(lates_per_absence=2)
    assert tally(map(stands, ["L", "Lo", "Lx", "Lz", "Lf"]), rules).late_absences == 0


def test_lates_alone_can_bring_a_student_under_the_limit():
    limits = RiskLimits(percent=75, absences=3)
    sessions = [stands(mark) for mark in "LLPL"]
    assert standing_of(sessions, limits=limits).signs == ()
    rules = CourseRules(lates_per_absence=2)
    assert standing_of(sessions, limits=limits, rules=rules).signs == ()  # exactly 75 %
    rules = CourseRules(lates_per_absence=1)
    assert standing_of(sessions, limits=limits, rules=rules).signs == (RiskSign.RATE,)


# --- hours ----------------------------------------------------------------------------


def test_by_hours_each_session_has_its_weight():
    sessions = weighed(("P", 3), ("L", 1), ("A", 2), ("E", 8))
    by_hours, by_sessions = tally(sessions, HOURS), tally(sessions)
    assert (by_hours.attended_h, by_hours.counted_h, by_hours.rate_percent) == (4, 6, 66.7)
    assert (by_sessions.attended_h, by_sessions.counted_h) == (None, None)
    assert by_sessions.rate_percent == by_hours.rate_percent == 66.7  # 2 of 3, by chance 4 of 6
    assert tally(weighed(("P", 3), ("A", 1)), HOURS).rate_percent == 75.0


def test_a_late_that_counts_as_an_absence_takes_away_its_own_hours():
    rules = CourseRules(lates_per_absence=2, by_hours=True)
    done = tally(weighed(("L", 1), ("L", 3), ("P", 2)), rules)
    assert (done.attended_h, done.counted_h) == (3, 6)


def test_a_limit_by_hours_is_exact():
    limits = RiskLimits(percent=75, absences=3)
    exactly = weighed(("P", 0.5), ("P", 1), ("A", 0.5))
    assert standing_of(exactly, limits=limits, rules=HOURS).signs == ()
    below = weighed(("P", 0.5), ("P", 0.99), ("A", 0.5))
    assert standing_of(below, limits=limits, rules=HOURS).signs == (RiskSign.RATE,)


def test_sums_over_courses_that_count_differently_add_what_each_counts():
    by_hours = tally(weighed(("P", 3), ("A", 1)), HOURS)
    by_sessions = tally(map(stands, "PA"))
    both = by_hours + by_sessions
    assert both.rate_percent == round(100 * 4 / 6, 1)
    assert (both.attended, both.counted, both.counted_h) == (2, 4, None)
    assert (by_hours + Tally()).counted_h == 4


# --- offerings ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "counts_as", "is_ahead"),
    [
        ("A P", "present", False),
        ("P A", "present", False),
        ("L P", "present", False),
        ("A L", "late", False),
        ("A E", "excused", False),
        ("E P", "present", False),
        ("P P", "present", False),
        ("A A", "absent", False),
        ("A A A", "absent", False),
        ("A .p", None, True),  # one can still be attended
        (".p .p", None, True),
        ("A .o", None, True),
        ("A Po", None, False),  # seen, and the session is not closed yet
        ("A Ep", None, False),  # excused in advance
        ("P .p", "present", False),
        ("E .p", "excused", False),
        ("A .f", None, False),  # nobody knows whether it was held
        ("A Pf", None, False),
        ("A .x", "absent", False),  # cancelled
        ("A Pz", "absent", False),  # annulled
        ("A Px .p", None, True),
        ("A .l", None, False),  # the student had left before the other one
        ("A .", "absent", False),  # the mark of the other one was cleared
        (". .", None, False),
    ],
)
def test_an_offering_counts_once(words, counts_as, is_ahead):
    sessions = offered(words)
    done = tally(sessions)
    expected = Tally(**{counts_as: 1}) if counts_as else Tally()
    assert done == expected
    assert len(ahead(sessions)) == int(is_ahead)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("A P A", ["elsewhere", "status", "elsewhere"]),
        ("A A", ["elsewhere", "status"]),
        ("A .p", ["waiting", "nothing"]),
        ("P Pp", ["status", "waiting"]),
        ("L A P", ["elsewhere", "elsewhere", "status"]),
        ("A Az", ["status", "nothing"]),
    ],
)
def test_one_session_carries_what_an_offering_counts_as(words, expected):
    assert [one.counted_as.value for one in count(offered(words))] == expected


def test_an_absence_from_one_offering_is_in_no_row_of_absences():
    sessions = [stands("A"), *offered("A P"), stands("A")]
    assert absence_streak(sessions) == 1
    missed = [stands("A"), *offered("A A"), stands("A")]
    assert absence_streak(missed) == 3


def test_a_late_that_does_not_count_is_not_counted_among_the_lates():
    rules = CourseRules(lates_per_absence=2)
    assert tally([stands("L"), *offered("L P")], rules).late_absences == 0
    assert tally([stands("L"), *offered("L A")], rules).late_absences == 1


def test_offerings_are_told_apart_by_their_text_in_any_case_and_spelling():
    pair = [Stands("closed", "absent", offering="Übung"), Stands("closed", "present")]
    other = Stands("closed", "present", offering="U\u0308BUNG")
    assert tally([pair[0], other]) == Tally(present=1)
    assert tally([pair[0], Stands("closed", "present", offering="Übung 2")]).absent == 1
    assert tally([Stands("closed", "absent"), pair[1]]) == Tally(present=1, absent=1)


def test_an_offering_weighs_what_was_attended_or_else_the_least():
    def group(*pairs: tuple[str, float]) -> Tally:
        sessions = [
            stands(word, weight_s=int(hours * HOUR_S), offering="x") for word, hours in pairs
        ]
        return tally(sessions, HOURS)

    assert group(("P", 3), ("A", 1)).counted_h == 3
    assert group(("A", 3), ("P", 1)).counted_h == 1
    assert group(("A", 3), ("A", 1), ("A", 2)).counted_h == 1
    assert group(("A", 3), ("A", 2), (".x", 1)).counted_h == 2


def test_what_is_ahead_of_an_offering_weighs_between_its_least_and_its_most():
    sessions = [
        Stands("closed", "absent", weight_s=HOUR_S, offering="x"),
        Stands("planned", None, weight_s=2 * HOUR_S, offering="x"),
        Stands("planned", None, weight_s=3 * HOUR_S, offering="x"),
        Stands("planned", None, weight_s=4 * HOUR_S),
    ]
    assert set(ahead(sessions, HOURS)) == {Ahead(HOUR_S, 3 * HOUR_S), Ahead(4 * HOUR_S, 4 * HOUR_S)}
    assert ahead(sessions) == [Ahead(HOUR_S, HOUR_S)] * 2


# --- compared with a plainer calculation ----------------------------------------------

SESSIONS = st.lists(
    st.builds(
        Stands,
        st.sampled_from(["planned", "open", "closed", "closed", "closed", "cancelled", "annulled"]),
        st.sampled_from([None, "present", "late", "excused", "absent"]),
        st.booleans(),
        weight_s=st.sampled_from([1800, 3000, 3600, 7200]),
        offering=st.sampled_from(["", "", "x", "y"]),
    ),
    max_size=9,
)
RULES = st.builds(CourseRules, lates_per_absence=st.integers(0, 4), by_hours=st.booleans())


def plainly(sessions: list[Stands], rules: CourseRules) -> tuple[Fraction, Fraction]:
    """The weights of what was attended and of what counts, session by session."""
    attended = counted = Fraction(0)
    lates = 0
    for session, counts_as, weight_s in _chosen(sessions):
        weight = Fraction(weight_s if rules.by_hours else HOUR_S)
        if counts_as == "late":
            lates += 1
            own = Fraction(session.weight_s if rules.by_hours else HOUR_S)
            is_absence = rules.lates_per_absence and lates % rules.lates_per_absence == 0
            attended += 0 if is_absence else own
            counted += own
        elif counts_as == "present":
            attended += weight
            counted += weight
        elif counts_as == "absent":
            counted += weight
    return attended, counted


def _chosen(sessions: list[Stands]) -> list[tuple[Stands, str, int]]:
    found: dict[int, tuple[Stands, str, int]] = {}
    for place, session in enumerate(sessions):
        if session.state == "closed" and session.status and not session.offering:
            found[place] = (session, session.status, session.weight_s)
    for name in ("x", "y"):
        group = [
            (place, s)
            for place, s in enumerate(sessions)
            if s.offering == name and s.state not in ("cancelled", "annulled")
        ]
        held = [(place, s) for place, s in group if s.state == "closed" and s.status]
        by_status = {s: [p for p in held if p[1].status == s] for s in LETTERS.values() if s}
        live = [s.weight_s for _, s in group if not (s.state == "planned" and s.is_over)]
        for status in ("present", "late", "excused"):
            if by_status[status]:
                place, s = by_status[status][0]
                found[place] = (s, status, s.weight_s)
                break
        else:
            if by_status["absent"] and all(s.state == "closed" for _, s in group):
                found[by_status["absent"][-1][0]] = (group[0][1], "absent", min(live))
    return [found[place] for place in sorted(found)]


@given(SESSIONS, RULES)
def test_the_figures_are_those_of_a_plainer_calculation(sessions, rules):
    done = tally(sessions, rules)
    attended, counted = plainly(sessions, rules)
    assert (done.attended_s, done.counted_s) == (attended, counted)
    assert done.rate_percent == (round(float(100 * attended / counted), 1) if counted else None)


@given(SESSIONS)
def test_without_rules_and_offerings_nothing_changes(sessions):
    alone = [Stands(s.state, s.status, s.is_over) for s in sessions]
    for session, one in zip(alone, count(alone), strict=True):
        assert one.counts == session.counts
        assert one.weight_s is None
    assert len(ahead(alone)) == sum(session.is_ahead for session in alone)


@given(SESSIONS, RULES, st.data())
def test_coming_instead_of_being_absent_never_lowers_a_rate(sessions, rules, data):
    absent = [place for place, s in enumerate(sessions) if s.status == "absent"]
    if not absent:
        return
    place = data.draw(st.sampled_from(absent))
    session = sessions[place]
    came = Stands(
        session.state,
        "present",
        session.is_over,
        weight_s=session.weight_s,
        offering=session.offering,
    )
    before = tally(sessions, rules)
    after = tally([*sessions[:place], came, *sessions[place + 1 :]], rules)
    if not rules.lates_per_absence and before.counted_s and after.counted_s:
        assert after.attended_s * before.counted_s >= before.attended_s * after.counted_s


@given(
    attended=st.integers(0, 20),
    missed=st.integers(0, 20),
    weights=st.lists(st.sampled_from([1800, 3000, 3600, 7200]), max_size=6),
    required=st.integers(0, 100),
)
def test_any_as_many_of_the_sessions_ahead_may_be_missed(attended, missed, weights, required):
    done = tally(
        [
            *[Stands("closed", "present", weight_s=3000)] * attended,
            *[Stands("closed", "absent", weight_s=7200)] * missed,
        ],
        HOURS,
    )
    got = allowance(
        done,
        ahead=[Ahead(weight, weight) for weight in weights],
        required_percent=required,
        by_hours=True,
    )
    total = done.counted_s + sum(weights)

    def enough(missing: tuple[int, ...]) -> bool:
        return 100 * (done.attended_s + sum(weights) - sum(missing)) >= required * total

    largest = max(
        (n for n in range(len(weights) + 1) if all(map(enough, combinations(weights, n)))),
        default=0,
    )
    assert got.may_still_miss == largest
    assert got.can_be_met == enough(())
    assert got.ahead_h == round(sum(weights) / HOUR_S, 2)
    assert got.may_still_miss_h is not None
    assert not got.can_be_met or enough((int(got.may_still_miss_h * HOUR_S),))


def test_a_heavier_session_of_an_offering_may_still_reach_what_is_required():
    done = tally(weighed(("A", 1)), HOURS)
    got = allowance(done, ahead=[Ahead(HOUR_S, 3 * HOUR_S)], required_percent=75, by_hours=True)
    assert (got.can_be_met, got.may_still_miss) == (True, 0)
