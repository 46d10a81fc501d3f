"""Pictures that are made to keep the server busy: refused by their headers, before decoding."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps

from lab.hostile import (
    entangled_exif,
    flat_png,
    many_segments,
    packed_texts,
    scans_repeated,
)
from verification.engines import cpu_limit
from verification.engines.base import (
    MAX_IMAGE_PIXELS,
    MAX_PARTS,
    MAX_SCANS,
    TooCostlyImage,
    UnreadableImage,
)
from verification.engines.cpu_limit import CpuLimit
from verification.engines.exif import MOST_BYTES, fields_in, orientation_in
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


# --- what else a file carries ---------------------------------------------------------


@pytest.mark.parametrize("data", [many_segments(MAX_PARTS), packed_texts(MAX_PARTS)])
def test_a_picture_of_too_many_parts_is_refused(data):
    with pytest.raises(TooCostlyImage, match="parts"):
        read_header(data)


@pytest.mark.parametrize("data", [many_segments(500), packed_texts(60), entangled_exif()])
def test_only_the_picture_itself_reaches_the_decoder(data):
    header = read_header(data)

    assert len(header.bare) < 6000
    assert read_image(data).shape == (480, 640, 3)


def test_a_colour_picture_keeps_what_its_decoder_needs():
    with_profile = jpeg(640, 480, icc_profile=bytes(50_000), comment="hello", dpi=(72, 72))
    plain = jpeg(640, 480)

    assert len(read_header(with_profile).bare) <= len(plain)
    assert np.array_equal(read_image(with_profile), read_image(plain))


def test_a_second_picture_behind_the_first_is_left_out():
    assert read_header(jpeg(640, 480) * 3).bare == read_header(jpeg(640, 480)).bare
    two = flat_png(640, 480) + flat_png(4000, 4000)
    assert read_header(two).bare == flat_png(640, 480)


def test_a_second_header_in_a_png_is_unreadable():
    small, large = flat_png(640, 480), flat_png(4000, 4000)
    head = large[8 : 8 + 25]
    with pytest.raises(UnreadableImage):
        read_header(small[:33] + head + small[33:])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_turned_as_pillow_turns_it(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    ramp = np.linspace(0, 255, 96 * 120 * 3).reshape(96, 120, 3).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(ramp).save(file, kind, exif=exif)

    with Image.open(file) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))[:, :, ::-1]
    assert np.array_equal(read_image(file.getvalue()), expected)


@pytest.mark.parametrize(
    "exif",
    [b"", b"II", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", b"II*\0" + bytes(40)],
)
def test_exif_that_is_none_says_upright(exif):
    assert orientation_in(exif) == 1


def test_values_of_exif_are_read_up_to_a_limit():
    entry = struct.pack("<HHII", 0x010F, 2, 60_000, 26)
    fields = fields_in(b"II*\0\x08\0\0\0\x01\0" + entry + bytes(4) + b"x" * 60_000)
    assert fields == {0x010F: b"x" * MOST_BYTES}
