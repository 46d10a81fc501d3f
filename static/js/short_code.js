// Digits for a phone whose camera fails, on the wall only while asked for.

export function createShortCode(root) {
  const line = root.querySelector("[data-short-code-line]");
  const digits = root.querySelector("[data-digits]");
  const button = root.querySelector("[data-toggle-short-code]");
  let timer = 0;

  async function refresh() {
    try {
      const answer = await fetch(root.dataset.shortCode, { cache: "no-store" });
      if (!answer.ok) return hide();
      const code = await answer.json();
      if (button.getAttribute("aria-pressed") !== "true") return undefined;
      digits.textContent = `${code.digits.slice(0, 3)} ${code.digits.slice(3)}`;
      line.hidden = false;
      timer = setTimeout(refresh, code.changes_in_s * 1000 + 50);
    } catch {
      line.hidden = true; // stale digits help nobody
      timer = setTimeout(refresh, 2000);
    }
    return undefined;
  }

  function hide() {
    clearTimeout(timer);
    button.setAttribute("aria-pressed", "false");
    line.hidden = true;
  }

  function toggle() {
    if (button.getAttribute("aria-pressed") === "true") return hide();
    button.setAttribute("aria-pressed", "true");
    return refresh();
  }

  button.addEventListener("click", toggle);
  return { toggle, hide };
}
