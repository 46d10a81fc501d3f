"""Pictures that are made to keep the server busy: refused by their headers, before decoding."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from lab.hostile import flat_png, scans_repeated
from verification.engines import cpu_limit
from verification.engines.base import (
    MAX_IMAGE_PIXELS,
    MAX_SCANS,
    TooCostlyImage,
    UnreadableImage,
)
from verification.engines.cpu_limit import CpuLimit
from verification.engines.image_headers import read_header
from verification.engines.images import read_image, read_images


def jpeg(width: int, height: int, **how) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (height // 8, width // 8, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((width, height)).save(file, "JPEG", **how)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "size", "scans"),
    [
        (jpeg(640, 480), (640, 480), 1),
        (jpeg(480, 640, optimize=True, quality=95), (480, 640), 1),
        (jpeg(640, 480, progressive=True), (640, 480), 10),
        (jpeg(640, 480, restart_marker_blocks=4), (640, 480), 1),
        (scans_repeated(800), (640, 480), 810),
        (flat_png(640, 480), (640, 480), 1),
        (flat_png(640, 480, interlaced=True), (640, 480), 7),
    ],
)
def test_a_header_tells_the_size_and_the_scans(data, size, scans):
    header = read_header(data)
    assert ((header.width, header.height), header.scans) == (size, scans)


def test_a_picture_that_a_camera_or_a_browser_makes_is_read():
    for data in (jpeg(640, 480), jpeg(640, 480, progressive=True), flat_png(640, 480)):
        assert read_image(data).shape == (480, 640, 3)


def test_a_large_picture_is_read_at_reduced_size():
    assert max(read_image(jpeg(2304, 1728)).shape) == 1280


@pytest.mark.parametrize(
    "data",
    [
        scans_repeated(11),
        scans_repeated(60),
        flat_png(4096, 3072),
        flat_png(2400, 1700),
        flat_png(4097, 900),
    ],
)
def test_a_picture_of_too_many_pixels_or_scans_is_refused(data):
    with pytest.raises(TooCostlyImage):
        read_image(data)


def test_the_largest_picture_with_the_most_scans_is_read():
    assert read_header(scans_repeated(10)).scans == MAX_SCANS
    assert read_image(scans_repeated(10)).shape == (480, 640, 3)
    assert read_header(flat_png(2000, 2000)).pixels == MAX_IMAGE_PIXELS
    assert max(read_image(flat_png(2000, 2000)).shape) == 1280


@pytest.mark.parametrize("cut", [2, 4, 9, 20, 28])
def test_a_header_that_ends_too_early_is_unreadable(cut):
    for data in (jpeg(64, 64), flat_png(64, 64)):
        with pytest.raises(UnreadableImage):
            read_image(data[:cut])


def test_two_sizes_in_one_picture_are_unreadable():
    whole = jpeg(640, 480)
    at = whole.index(b"\xff\xc0")
    frame = whole[at : at + 2 + struct.unpack_from(">H", whole, at + 2)[0]]
    with pytest.raises(UnreadableImage):
        read_header(whole[:at] + frame + whole[at:])


def test_pictures_of_a_request_are_counted_together_before_the_first_is_decoded():
    six, one = [flat_png(2000, 1990)] * 6, flat_png(640, 480)
    assert len(read_images(six, CpuLimit())) == 6
    with pytest.raises(TooCostlyImage, match="together"):
        read_images([*six, one], CpuLimit())


def test_the_time_of_a_request_ends(monkeypatch):
    limit = CpuLimit(most_s=5.0)
    limit.require()
    begun = cpu_limit.thread_time()
    monkeypatch.setattr(cpu_limit, "thread_time", lambda: begun + 6.0)
    with pytest.raises(TooCostlyImage, match="too long"):
        read_images([jpeg(64, 64)], limit)
