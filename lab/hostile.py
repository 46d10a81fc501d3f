"""Bodies and files that are made to keep a server busy, for tests and ``bench_hostile``."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import openpyxl
from PIL import Image


def slow_workbook() -> bytes:
    """A workbook within the limits of what is unpacked, whose cells take seconds to read."""
    return _with_rows(("<row>" + "<c><v>1</v></c>" * 390 + "</row>") * 1_280)


def crowded_cell() -> bytes:
    """A workbook with a cell of a million attributes."""
    names = " ".join(f'a{number}=""' for number in range(1_000_000))
    return _with_rows(f"<row><c {names}/></row>")


def crowded_texts() -> bytes:
    """A workbook of 50 kB with a million texts, of which its cells use none."""
    part, schema = (
        "xl/sharedStrings.xml",
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'.encode()
    texts = f'<sst xmlns="{schema}">{"<si><t>x</t></si>" * 1_000_000}</sst>'.encode()
    return _workbook(lambda content: content.replace(b"</Types>", named), {part: texts})


def _with_rows(rows: str) -> bytes:
    end = b"</sheetData>"
    return _workbook(lambda content: content.replace(end, rows.encode() + end))


def _workbook(change: Callable[[bytes], bytes], more: Mapping[str, bytes] = {}) -> bytes:
    """A workbook with a header alone, whose parts are changed as no program would write them."""
    book = openpyxl.Workbook()
    book.active.append(["student_number", "student_email", "student_name"])
    plain, changed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with (
        zipfile.ZipFile(plain) as before,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, change(before.read(name)))
        for name, content in more.items():
            after.writestr(name, content)
    return changed.getvalue()


def slow_calendar() -> bytes:
    """A calendar whose rules walk as many days as they may, and match on few of them."""
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//lab//EN\n"
    event = (
        "BEGIN:VEVENT\nUID:{n}\nSUMMARY:OS CSE-A\nDTSTART:20200101T090000\nDTEND:20200101T103000\n"
        "RRULE:FREQ=YEARLY;COUNT=100;BYMONTHDAY=31;BYMONTH=2\nEND:VEVENT\n"
    )
    return (head + "".join(event.format(n=n) for n in range(1000)) + "END:VCALENDAR\n").encode()


def crowded_calendar(events: int = 20_000) -> bytes:
    """A calendar of as many events as a calendar may have, all of which are past."""
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//lab//EN\n"
    event = (
        "BEGIN:VEVENT\nUID:{n}\nSUMMARY:OS CSE-A\nDTSTART:2020{month:02}{day:02}T{hour:02}0000\n"
        "DTEND:2020{month:02}{day:02}T{hour:02}3000\nEND:VEVENT\n"
    )
    parts = [
        event.format(n=n, month=n % 12 + 1, day=n // 12 % 28 + 1, hour=n // 336 % 24)
        for n in range(events)
    ]
    return (head + "".join(parts) + "END:VCALENDAR\n").encode()


def crowded_json(items: int) -> bytes:
    """A body with so many items in one list."""
    return b'{"email": [' + b"0," * (items - 1) + b'0], "password": "x"}'


def scans_repeated(times: int, size: tuple[int, int] = (640, 480)) -> bytes:
    """A progressive JPEG of one colour whose last scan comes again and again: 60 bytes each."""
    file = io.BytesIO()
    Image.new("RGB", size, "grey").save(file, "JPEG", progressive=True)
    whole = file.getvalue()
    return whole[:-2] + whole[whole.rindex(b"\xff\xda") : -2] * times + whole[-2:]


def many_segments(times: int) -> bytes:
    """A JPEG with empty comments, of 4 bytes each, which a reader walks over one by one."""
    whole = scans_repeated(0)
    return whole[:2] + b"\xff\xfe\x00\x02" * times + whole[2:]


def packed_texts(times: int) -> bytes:
    """A PNG with texts of a megabyte, each packed into a kilobyte."""
    text = zlib.compress(bytes(1_000_000), 9)
    chunks = b"".join(_chunk(b"zTXt", b"%d\0\0" % n + text) for n in range(times))
    whole = flat_png(640, 480)
    after_header = 8 + 25
    return whole[:after_header] + chunks + whole[after_header:]


def entangled_exif(fields: int = 5000) -> bytes:
    """A JPEG whose EXIF fields all have the same 60,000 bytes as their value."""
    entries = b"".join(struct.pack("<HHII", 0x9000 + n, 5, 7500, 8) for n in range(fields))
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, fields) + entries + bytes(4)
    whole = scans_repeated(0)
    return whole[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + whole[2:]


def crowded_form(size: int) -> tuple[str, bytes]:
    """The type and the body of a form with as many fields as go into it."""
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    return "multipart/form-data; boundary=x", part * (size // len(part)) + b"--x--\r\n"


def flat_png(width: int, height: int, *, interlaced: bool = False) -> bytes:
    """A PNG of one colour, which packs millions of pixels into a few kilobytes."""

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced)
    rows = zlib.compress(b"\0" * (width + 1) * height)
    begin = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header)
    return begin + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + checksum
