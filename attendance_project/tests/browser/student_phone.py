"""A student's phone in Chromium. Its cameras see the wall of the room and a person's face.

The page is the real one. What a camera would film is drawn into a canvas: the code that the running
server makes at that moment, and the moves at the times at which the server's challenge asks for
them.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

import segno
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from accounts.tests.phone import PASSWORD, Phone
from attendance_project import clock
from attendance_project.tests.browser.over_http import OverHttp
from attendance_project.tests.browser.server import Server
from attendance_project.tests.browser.watching import Watch, open_window
from lab.fake_engine import honest_burst, picture
from sessions_app.models import Session
from verification.domain.challenge import Challenge
from verification.models import EnrolmentChallenge, FaceTemplate, TemplateStatus
from verification.tests.support import FILMS_MOST

Film = list[tuple[float, bytes]]
"""For each picture its start in seconds of the burst, and its file."""
PHONE = {"width": 390, "height": 844}
FILM_FPS = 10.0

CAMERAS = """
(() => {
  const picture = (url) => new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = url;
  });
  const canvasOf = (width, height) =>
    Object.assign(document.createElement("canvas"), { width, height });

  // What the wall shows: asked for anew until it is not looked at any more.
  async function wall() {
    const canvas = canvasOf(960, 540);
    const context = canvas.getContext("2d");
    const track = canvas.captureStream(15).getVideoTracks()[0];
    const draw = async () => {
      if (track.readyState === "ended") return;
      const url = await codeOnTheWall();
      const code = url && (await picture(url));
      context.fillStyle = "#888";
      context.fillRect(0, 0, 960, 540);
      if (code) context.drawImage(code, 330, 120, 300, 300);
      setTimeout(draw, 200);
    };
    draw();
    return new MediaStream([track]);
  }

  // The page keeps the upright middle of a picture that lies, 360 of 640.
  function inTheMiddle(context, image) {
    const scale = Math.min(360 / image.width, 480 / image.height);
    const [wide, high] = [image.width * scale, image.height * scale];
    context.drawImage(image, 320 - wide / 2, 240 - high / 2, wide, high);
  }

  // The face: at rest until the page records, then as the film of its challenge has it.
  const atRest = async () =>
    Promise.all((await faceAtRest()).map(async (url, n) => [n / 4, await picture(url)]));
  let film = null;
  async function face() {
    const canvas = canvasOf(640, 480);
    const context = canvas.getContext("2d");
    const track = canvas.captureStream(15).getVideoTracks()[0];
    let since = 0;
    const recording = () => {
      const on = document.querySelector("[data-recording]");
      since = on ? since || performance.now() : 0;
    };
    new MutationObserver(recording).observe(document, {
      subtree: true, attributes: true, attributeFilter: ["data-recording"],
    });
    const opened = performance.now();
    let frames = await (film ?? atRest());
    const draw = () => {
      if (track.readyState === "ended") return;
      const rests = film ? 0 : ((performance.now() - opened) / 1000) % (frames.length / 4);
      const gapMs = window.cameraGapMs ?? 66;
      // Seen until the next is drawn, and each stands for the tenth of a second that it begins.
      const at = since ? (performance.now() - since + gapMs / 2 + 33) / 1000 : rests;
      const now = frames.filter(([start]) => start <= at).at(-1) ?? frames[0];
      context.fillStyle = "#999";
      context.fillRect(0, 0, 640, 480);
      if (now) inTheMiddle(context, now[1]);
      setTimeout(draw, gapMs);
    };
    draw();
    return new MediaStream([track]);
  }

  const microphone = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async ({ video, ...sound }) => {
    if (!video) return microphone(sound);
    window.camerasOpened = (window.camerasOpened ?? 0) + 1;
    window.firstOpenedAt ??= performance.now();
    if (window.cameraFails) throw new DOMException("", window.cameraFails);
    const towards = video.facingMode.ideal ?? video.facingMode;
    return towards === "user" ? face() : wall();
  };

  const fetchAnyway = window.fetch;
  window.burstBytes = [];
  window.burstTimes = [];
  window.fetch = async (...given) => {
    const files = given[1]?.body instanceof FormData ? given[1].body.getAll("frames") : [];
    if (files.length && !String(given[0]).includes("face/enroll")) {
      window.burstBytes.push(files.reduce((sum, file) => sum + file.size, 0));
      window.burstTimes.push(JSON.parse(given[1].body.get("times_s")));
    }
    const answer = await fetchAnyway(...given);
    if (/qr.scan|face.verify|attempts|enroll.challenge/.test(String(given[0]))) {
      const body = await answer.clone().json().catch(() => null);
      if (body?.challenge) {
        window.challenge = body.challenge;
        const loaded = async ([at, url]) => [at, await picture(url)];
        film = filmOf(body.challenge).then((frames) => Promise.all(frames.map(loaded)));
      }
    }
    return answer;
  };
})();
"""


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
    segno.make(text, error="m", micro=False).save(image, kind="png", scale=8, border=4)
    return image.getvalue()


@dataclass
class StudentsPage:
    """One student's phone with the page open."""

    page: Page
    server: Server
    session: Session | None = None
    """The session whose code is on the wall."""
    film: Callable[[Challenge], Film] = field(default_factory=lambda: fake_film("me"))
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
