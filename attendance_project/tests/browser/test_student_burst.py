"""When the student's page takes the pictures of a burst, by a camera and a clock of the test."""

import pytest
from playwright.sync_api import Page

pytestmark = [
    *(pytest.mark.slow, pytest.mark.browser, pytest.mark.once),
    pytest.mark.django_db(transaction=True),
]

RECORD = """async ([challenge, evenly, gapsMs]) => {
  const { Recorder } = await import("/static/student/check_in/burst.js");
  let nowMs = 1000;
  performance.now = () => nowMs;
  const camera = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  let shown = 0;
  const requestVideoFrameCallback = (done) => {
    nowMs += gapsMs[shown++ % gapsMs.length];
    setTimeout(() => done(nowMs, {}));
  };
  Object.assign(camera, { videoWidth: 640, videoHeight: 480, requestVideoFrameCallback });
  const never = new AbortController().signal;
  const how = { evenly, onPrompt: () => {} };
  const burst = await new Recorder(camera).record(challenge, how, never);
  return burst && { timesS: burst.timesS, pictures: burst.frames.length };
}"""
"""The camera shows a picture each of ``gapsMs`` after the one before, and then begins anew."""
MOMENTS_S = [0.4, 0.9, 1.3, 2.0]
FLUENT_MS = [60]
SLOW_MS = [240]
STOPS_ONCE_MS = [60] * 12 + [400] + [60] * 40
HARDLY_MS = [500]


@pytest.fixture
def page(context) -> Page:
    opened = context.new_page()
    opened.goto("/student/")
    return opened


def record(page, gaps_ms, *, evenly=False, prompts=()):
    challenge = {"number": 1, "duration_s": 3.0, "pictures_s": MOMENTS_S, "prompts": list(prompts)}
    return page.evaluate(RECORD, [challenge, evenly, gaps_ms])


def test_each_picture_is_the_first_after_its_moment(page):
    burst = record(page, FLUENT_MS)
    assert burst == {"timesS": [0.42, 0.9, 1.32, 2.04], "pictures": 4}


def test_a_picture_that_would_be_late_ends_the_film(page):
    assert record(page, STOPS_ONCE_MS) is None


def test_a_slow_camera_films_evenly(page):
    burst = record(page, SLOW_MS, evenly=True)
    assert burst["timesS"] == pytest.approx([0.24 * n for n in range(1, 14)])
    assert burst["pictures"] == 13


def test_a_fluent_camera_that_films_evenly_takes_no_more_than_the_server_does(page):
    burst = record(page, FLUENT_MS, evenly=True)
    assert burst["timesS"] == pytest.approx([0.24 * n for n in range(1, 14)])


def test_a_camera_that_hardly_gives_pictures_ends_the_film(page):
    assert record(page, HARDLY_MS, evenly=True) is None


def test_a_prompt_that_is_told_late_ends_the_film(page):
    """Whoever is told late moves late."""
    late = {"kind": "turn_left", "start_s": 0.0, "end_s": 9.0}
    assert record(page, [300, *[50] * 60], prompts=[late]) is None
    assert record(page, FLUENT_MS, prompts=[late]) is not None
