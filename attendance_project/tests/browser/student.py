"""A student's phone in a browser: the page as its owner sees it, and what stays on the phone."""

import json
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import ConsentEvent, User
from accounts.tests.phone import PASSWORD
from attendance_project import clock

WIDTH, HEIGHT = 320, 640
KEPT = """async () => {
  const rows = [];
  for (const { name } of await indexedDB.databases()) {
    const base = await new Promise((done, fail) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    for (const table of base.objectStoreNames) {
      const store = base.transaction(table).objectStore(table);
      const all = (asked) =>
        new Promise((done) => (asked.onsuccess = () => done(asked.result)));
      const [keys, values] = [await all(store.getAllKeys()), await all(store.getAll())];
      const text = (value) => {
        if (value instanceof ArrayBuffer || ArrayBuffer.isView(value))
          return new TextDecoder("latin1").decode(value);
        if (value instanceof CryptoKey) return `[CryptoKey ${value.type} ${value.extractable}]`;
        if (value && typeof value === "object")
          return Object.entries(value).map(([k, v]) => `${k}=${text(v)}`).join(" ");
        return String(value);
      };
      keys.forEach((key, n) => rows.push(`${key}: ${text(values[n])}`));
    }
    base.close();
  }
  const files = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      files.push([request.url, await (await cache.match(request)).text()]);
    }
  }
  return { rows, files, local: { ...localStorage }, session: { ...sessionStorage },
           cookies: document.cookie, address: location.href };
}"""
"""A script that returns as text all that the page left on the phone."""
CAMERA = """
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 480, height: 640 });
  const paint = canvas.getContext("2d");
  const draw = () => { paint.fillStyle = "#997766"; paint.fillRect(0, 0, 480, 640); };
  draw();
  setInterval(draw, 50);
  return canvas.captureStream(20);
};
"""
"""A script in place of the camera, which sees one colour."""


def open_student_page(context: BrowserContext, place: str = "") -> Page:
    page = context.new_page()
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"/student/#/{place}")
    return page


def log_in(page: Page, student: User | str, password: str = PASSWORD) -> None:
    """Log in on the page, which has to show its log-in form by now or soon."""
    page.get_by_label("E-mail").fill(student if isinstance(student, str) else student.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def logged_in_page(context: BrowserContext, student: User, place: str = "today") -> Page:
    page = open_student_page(context, place)
    log_in(page, student)
    expect(page.get_by_role("heading", name="Log in")).to_have_count(0)
    return page


def agree(student: User) -> None:
    ConsentEvent.objects.create(user=student, version="2027-01", action="given", at=clock.now())


def go(page: Page, place: str, heading: str) -> None:
    page.goto(f"/student/#/{place}")
    expect(page.get_by_role("heading", name=heading, level=1, exact=True)).to_be_visible()


def kept_on(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(KEPT)
    return found


def text_kept_on(page: Page) -> str:
    return json.dumps(kept_on(page), ensure_ascii=False)
