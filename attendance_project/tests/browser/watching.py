"""A page that is watched, so that anything that goes wrong in it fails the test."""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    TimeoutError,
)

from attendance_project.tests.browser.server import Server
from attendance_project.tests.patience import PATIENCE_MS

AXE = (Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = {360: 740, 1280: 800, 1920: 1080}
SQUEEZED = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim().replace(/\\s+/g, " ");
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
    if (lines > 3 && text.length / lines <= 2) found.push(text);
  }
  return found;
}"""

OUT_OF_VIEW = """() => {
  const tabs = document.querySelector("[data-tabs]");
  const lowest = tabs.offsetParent || getComputedStyle(tabs).display !== "none"
    ? tabs.getBoundingClientRect().top : innerHeight;
  return [...document.querySelectorAll("main button, main a")]
    .filter((each) => each.offsetParent)
    .filter((each) => {
      const { top, bottom } = each.getBoundingClientRect();
      return top < 0 || bottom > lowest;
    })
    .map((each) => each.textContent);
}"""
"""The buttons that cannot be seen without scrolling."""


@dataclass
class Watch:
    """What went wrong in a context's pages. The console also tells of each CSP violation."""

    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"error {error}"))
        page.on("response", self._response)

    def expect(self, *words: str) -> None:
        """Let console messages with these words pass, in a test that breaks something."""
        self.expected += words

    def expect_no_network(self) -> None:
        """Let pass what Chromium says of a server that is away or a network that is cut.

        Its words depend on the moment: refused, reset, closed, empty or not connected.
        """
        self.expect("net::ERR_", "WebSocket", "Failed to fetch")

    def unexpected(self) -> list[str]:
        return [p for p in self.problems if not any(words in p for words in self.expected)]

    def taken(self) -> list[str]:
        """What was unexpected so far. Afterwards it is forgotten."""
        unexpected = self.unexpected()
        self.problems.clear()
        return unexpected

    def audit(self, page: Page) -> list[str]:
        """What axe-core finds, with a line for each element: rule, element, and what to do.

        Its own probing breaks the policy, so the console is ignored meanwhile.
        """
        before = len(self.problems)
        page.evaluate(AXE)
        found: list[dict[str, Any]] = page.evaluate(
            "rules => axe.run({runOnly: rules}).then(result => result.violations)", RULES
        )
        del self.problems[before:]
        return [
            f"{rule['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
            for rule in found
            for node in rule["nodes"]
        ]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            place = message.location.get("url", "")
            self.problems.append(f"console {message.type} {message.text} {place}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"status {response.status} {response.url}")


def open_window(browser: Browser, server: Server, watch: Watch, **options: Any) -> BrowserContext:
    """A browser's window on the site, which shares nothing with other windows.

    Every limit of Playwright's is the suite's own: what a test waits for is a state.
    """
    window = browser.new_context(base_url=server.url, **options)
    window.set_default_timeout(PATIENCE_MS)
    window.set_default_navigation_timeout(PATIENCE_MS)
    window.on("page", watch.on)
    return window


def overflow_px(page: Page) -> int:
    """How much wider than the window the page stays, so that people would scroll sideways.

    Charts adapt to the window a moment later.
    """
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(f"() => ({wide})() <= 0")
    overflow: int = page.evaluate(wide)
    return overflow


def squeezed(page: Page) -> list[str]:
    """Texts that are broken into lines of two signs or fewer, since their column has no width."""
    found: list[str] = page.evaluate(SQUEEZED)
    return found


def screenshots(page: Page, folder: Path, name: str) -> dict[int, int]:
    """The overflow at each width. Pictures are stored where somebody wants to see them."""
    overflow = {}
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        overflow[width] = overflow_px(page)
        if not os.environ.get("SCREENSHOT_DIR"):
            continue
        # Where it hides animations or the caret, Playwright adds a style, which the policy refuses.
        page.screenshot(path=folder / f"{name}-{width}.jpg", quality=80, caret="initial")
    return overflow
