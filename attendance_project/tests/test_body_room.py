"""Who gives way when the memory for bodies is full."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from attendance_project.body_room import BodyRoom


@dataclass(eq=False)
class Body:
    address: str = "a"
    person: str = ""
    began_at_s: float = 0.0
    kept: int = 0
    is_whole: bool = False
    gave_way: bool = False

    def give_way(self) -> None:
        self.gave_way = True


def room() -> BodyRoom:
    return BodyRoom(most=100, most_of_address=60, most_of_person=40, small=5, patience_s=10.0)


def arrive(place: BodyRoom, size: int, *, at_s: float = 0.0, now_s=None, **fields) -> Body:
    """A body that holds so many bytes, if there is room."""
    body = Body(began_at_s=at_s, **fields)
    if not place.take(body, size, now_s=at_s if now_s is None else now_s):
        body.give_way()
    return body


def test_room_is_counted_and_given_back():
    place = room()
    body = arrive(place, 60)
    assert (body.kept, place.held) == (60, 60)
    place.leave(body)
    place.leave(body)
    assert (body.kept, place.held) == (0, 0)


def test_an_address_has_no_more_than_its_part():
    place = room()
    first, second = arrive(place, 50), arrive(place, 20)
    assert (first.gave_way, second.gave_way, place.held) == (False, True, 50)


def test_a_person_has_no_more_than_a_part_of_their_address():
    place = room()
    mine = [arrive(place, 30, person="me", is_whole=True), arrive(place, 20, person="me")]
    other = arrive(place, 20, person="you")
    assert [body.gave_way for body in mine] == [False, True]
    assert not other.gave_way


def test_a_person_has_that_part_from_wherever_they_send():
    place = room()
    arrive(place, 30, person="me")
    assert arrive(place, 20, person="me", address="b").gave_way


def test_a_slow_body_gives_way_to_one_of_the_same_person():
    place = room()
    slow, other = arrive(place, 30, person="me"), arrive(place, 20, person="you")
    assert not arrive(place, 20, person="me", at_s=10.0).gave_way
    assert (slow.gave_way, other.gave_way) == (True, False)


def test_what_a_person_sent_is_given_back():
    place = room()
    for _ in range(3):
        body = arrive(place, 40, person="me")
        assert not body.gave_way
        place.leave(body)


def test_a_small_body_is_always_taken():
    place = room()
    arrive(place, 60)
    assert not arrive(place, 5).gave_way


def test_a_body_that_takes_long_gives_way_to_one_of_its_address():
    place = room()
    slow = arrive(place, 50)
    assert not arrive(place, 20, at_s=10.0).gave_way
    assert slow.gave_way


def test_who_holds_more_gives_way_at_once_to_another_address():
    place = room()
    greedy = [arrive(place, 30), arrive(place, 30), arrive(place, 40, address="b")]
    assert not arrive(place, 20, address="c", at_s=1.0).gave_way
    assert [body.gave_way for body in greedy] == [False, False, True]


def test_who_holds_less_does_not_give_way():
    place = room()
    arrive(place, 40), arrive(place, 30, address="b"), arrive(place, 30, address="c")
    assert arrive(place, 50, address="d").gave_way


def test_a_body_that_is_being_answered_does_not_give_way():
    place = room()
    whole = arrive(place, 60, is_whole=True)
    assert arrive(place, 20, at_s=60.0).gave_way
    assert not whole.gave_way


def test_of_slow_bodies_the_one_that_held_most_for_longest_gives_way():
    place = room()
    old, large = arrive(place, 10), arrive(place, 50, at_s=5.0)
    arrive(place, 40, address="b", at_s=20.0)
    assert not arrive(place, 10, address="c", at_s=20.0).gave_way
    assert (old.gave_way, large.gave_way) == (False, True)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.integers(1, 70),
            st.floats(0, 30),
            st.booleans(),
            st.booleans(),
        ),
        max_size=30,
    )
)
def test_what_is_held_is_what_the_bodies_keep_and_within_the_limits(steps):
    place, bodies, now_s = room(), [], 0.0
    for address, size, after_s, is_whole, leaves in steps:
        now_s += after_s
        body = arrive(place, size, at_s=now_s, address=address)
        body.is_whole = is_whole
        bodies.append(body)
        if leaves:
            place.leave(bodies[len(bodies) // 2])
        for each in bodies:
            assert each.kept == 0 or not each.gave_way
        assert place.held == sum(each.kept for each in bodies)
        large = [each for each in bodies if each.kept > place.small]
        small = sum(each.kept for each in bodies if each.kept <= place.small)
        assert sum(each.kept for each in large) <= place.most
        for name in "abc":
            assert sum(e.kept for e in large if e.address == name) <= place.most_of_address + small
