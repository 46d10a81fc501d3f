"""What the benchmark of check-ins makes of the marks in the page."""

from PIL import Image

from lab.evaluation.timeline_picture import draw_timelines
from lab.management.check_in_bench import Timeline, median_and_p95

LIVE = Timeline(
    [
        ("front camera opened", 900.0),  # ahead of the scan's answer
        ("rear camera opened", 1000.0),
        ("asked: blink", 2000.0),
        ("seen", 3000.0),
        ("asked: smile", 3500.0),
        ("seen", 4500.0),
        ("outcome", 5000.0),
    ]
)


def test_seconds_count_from_the_rear_camera_and_the_last_move_is_the_last_one_seen():
    assert LIVE.at_s("asked") == 1.0
    assert LIVE.at_s("seen") == 3.5
    assert LIVE.total_s == 4.0
    assert Timeline([]).total_s is None


def test_tries_are_bursts_or_live_films():
    assert LIVE.tries == 1
    twice = [("front camera opened", 1.0), ("front camera opened", 2.0)]
    assert Timeline(twice).tries == 2
    assert Timeline([*twice, ("/face/verify sent", 3.0)]).tries == 1


def test_the_95th_percentile_of_few_is_the_largest():
    assert median_and_p95([1.0, 3.0, 2.0]) == (2.0, 3.0)


def test_the_picture_has_a_row_for_each_way(tmp_path):
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    steps = [("code", 1.0), ("outcome", 2.0)]
    draw_timelines({"a": steps}, one)
    draw_timelines({"a": steps, "b": steps}, two)
    with Image.open(one) as small, Image.open(two) as large:
        assert large.height > small.height
