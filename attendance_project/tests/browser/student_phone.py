"""A student's phone in Chromium. Its cameras see the wall of the room and a person's face.

The page is the real one. What a camera would film is drawn into a canvas: the code that the running
server makes at that moment, and the moves: in a live film each one after the page asks for it, in a
burst all of them at the times of the server's challenge.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from accounts.tests.phone import PASSWORD, Phone
from attendance_project import clock
from attendance_project.tests.browser.over_http import OverHttp
from attendance_project.tests.browser.server import Server
from attendance_project.tests.browser.watching import Watch, open_window
from lab.fake_engine import MOVED, REST, honest_burst, picture
from sessions_app.models import Session
from verification.domain.challenge import Challenge, Move
from verification.models import EnrolmentChallenge, FaceTemplate, TemplateStatus
from verification.tests.support import FILMS_MOST

Film = list[tuple[float, bytes]]
"""For each picture its start in seconds of the burst, and its file."""
PHONE = {"width": 390, "height": 844}
FILM_FPS = 10.0

CAMERAS = Path(__file__).with_name("student_cameras.js").read_text()


Person = Callable[[str, float], bytes]
"""The picture of a person who makes that move, from 0 (at rest) to 1 (held)."""


def fake_person(who: str) -> Person:
    """`who` as a camera sees them, for the fake engine."""

    def look(move: str, share: float) -> bytes:
        return drawn_look(who, move, share)

    return look


@lru_cache(maxsize=512)
def drawn_look(who: str, move: str, share: float) -> bytes:
    shown = dict(REST)
    if share:
        name, by = MOVED[Move(move)]
        shown[name] = round(shown[name] + share * by, 3)
    return code_of(briefly(picture(who, shift=0.05, **shown)))


def fake_film(who: str) -> Callable[[Challenge], Film]:
    """`who` follows the challenge, in pictures that survive a camera (lab/fake_engine.py)."""

    def film(challenge: Challenge) -> Film:
        return [
            (at, code_of(briefly(shown)))
            for at, shown in honest_burst(who, challenge, fps=FILM_FPS)
        ]

    return film


def briefly(shown: bytes) -> str:
    """Only what differs from every picture, so that its QR code has few and large modules."""
    usual, told = json.loads(picture("")), json.loads(shown)
    return json.dumps({name: what for name, what in told.items() if what != usual.get(name)})


def code_of(text: str) -> bytes:
    image = BytesIO()
    segno.make(text, error="m", micro=False, mask=0).save(image, kind="png", scale=8, border=4)
    return image.getvalue()


@dataclass
class StudentsPage:
    """One student's phone with the page open."""

    page: Page
    server: Server
    session: Session | None = None
    """The session whose code is on the wall."""
    film: Callable[[Challenge], Film] = field(default_factory=lambda: fake_film("me"))
    person: Person = field(default_factory=lambda: fake_person("me"))
    """Who is filmed live."""
    wall: Callable[[], str] | None = None
    """Gives what is on the wall instead of the current code: the text of a code, or nothing."""
    rest: list[bytes] = field(default_factory=list)
    """What the front camera sees before a challenge begins, four pictures per second."""
    line: OverHttp | None = None
    teacher: Phone | None = None

    def log_in(self, user: User) -> None:
        self.page.goto("/student/#/more")
        self.page.get_by_label("E-mail").fill(user.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        self.page.get_by_role("heading", name="Log in").wait_for(state="detached")

    def enrol(self, user: User, film: Callable[[Challenge], Film] | None = None) -> None:
        """Enrol by the page's own calls, and approve at once. The film's time passes at once.

        A drawn film lacks a move now and then, and then another one is drawn for a new challenge.
        """
        for _film in range(FILMS_MOST):
            answer = self._send_enrolment(user, film)
            if answer.get("reasons") != ["moves_not_seen"]:
                break
        assert answer["status"] == "waiting", answer
        FaceTemplate.objects.filter(student=user).update(status=TemplateStatus.APPROVED)

    def _send_enrolment(
        self, user: User, film: Callable[[Challenge], Film] | None
    ) -> dict[str, Any]:
        """Film once. Returns the server's answer."""
        drawn = self.page.evaluate(
            """async () => {
              const { post } = await import("/static/student/lib/api.js");
              const body = { consent_version: "2027-01" };
              return (await post("/face/enroll/challenge", body)).challenge;
            }"""
        )
        challenge = Challenge.from_json(drawn)
        burst = film(challenge) if film else honest_burst("me", challenge)
        began_at = clock.now() - timedelta(seconds=challenge.duration_s + 0.5)
        EnrolmentChallenge.objects.filter(student=user).update(issued_at=began_at)
        answer: dict[str, Any] = self.page.evaluate(
            """async ({ number, times, pictures }) => {
              const { call } = await import("/static/student/lib/api.js");
              const form = new FormData();
              form.append("challenge", String(number));
              form.append("times_s", JSON.stringify(times));
              for (const text of pictures) {
                const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
                form.append("frames", new Blob([bytes], { type: "image/jpeg" }), "1.jpg");
              }
              return await call("POST", "/face/enroll", form);
            }""",
            {
                "number": drawn["number"],
                "times": [at_s for at_s, _ in burst],
                "pictures": [base64.b64encode(frame).decode() for _, frame in burst],
            },
        )
        return answer

    def close(self) -> None:
        if self.line is not None:
            self.line.close()

    def code_now(self) -> str:
        """The URL that the running server shows at this moment."""
        if self.teacher is None:
            assert self.session is not None
            self.line = OverHttp(self.server.url)
            self.teacher = Phone(self.session.teacher, client=self.line)  # type: ignore[arg-type]
        assert self.session is not None
        answer = self.teacher.get(f"/qr/generate/{self.session.pk}")
        url: str = answer.json()["url"]
        return url

    def drawn_code(self) -> str:
        if self.session is None:
            return ""
        text = self.wall() if self.wall is not None else self.code_now()
        return data_url(code_of(text)) if text else ""

    def drawn_film(self, challenge: dict[str, Any]) -> list[list[Any]]:
        return [[at, data_url(jpeg)] for at, jpeg in self.film(Challenge.from_json(challenge))]

    def drawn_person(self, move: str, share: float) -> str:
        return data_url(self.person(move, share))

    def drawn_rest(self) -> list[str]:
        return [data_url(jpeg) for jpeg in self.rest]

    def seconds(self) -> float:
        """Seconds since the camera was opened."""
        passed: float = self.page.evaluate("performance.now() - window.firstOpenedAt")
        return passed / 1000


def data_url(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def open_phone(
    chromium: Browser, server: Server, watch: Watch, **options: Any
) -> tuple[BrowserContext, StudentsPage]:
    """A phone of its own, which shares nothing with other contexts."""
    settings = {"viewport": PHONE, "reduced_motion": "reduce", "has_touch": True} | options
    context = open_window(chromium, server, watch, **settings)
    page = context.new_page()
    phone = StudentsPage(page, server)
    page.expose_function("codeOnTheWall", phone.drawn_code)
    page.expose_function("filmOf", phone.drawn_film)
    page.expose_function("faceAtRest", phone.drawn_rest)
    page.expose_function("faceThat", phone.drawn_person)
    page.add_init_script(CAMERAS)
    return context, phone


def kept_in(page: Page) -> str:
    """All that a script can read of what the page stores, and its address, as one text."""
    return json.dumps(page.evaluate(KEPT))


KEPT = """async () => {
  const readable = (value) => {
    if (value instanceof CryptoKey) return { key: value.type, extractable: value.extractable };
    if (value instanceof ArrayBuffer) return "sealed " + new TextDecoder("latin1").decode(value);
    if (ArrayBuffer.isView(value)) return "bytes";
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, readable(v)]));
    }
    return value;
  };
  const rows = {};
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    for (const table of db.objectStoreNames) {
      const store = db.transaction(table).objectStore(table);
      const all = (request) =>
        new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
      const [keys, values] = [await all(store.getAllKeys()), await all(store.getAll())];
      keys.forEach((key, n) => { rows[`${name}.${table}.${key}`] = readable(values[n]); });
    }
    db.close();
  }
  const cached = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) cached.push(request.url);
  }
  const kept = { local: { ...localStorage }, session: { ...sessionStorage } };
  return { ...kept, rows, cached, address: location.href };
}"""
