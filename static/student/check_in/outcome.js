// How it ended: in words and colour, what counted, and what to do next.

import { fill, h, time } from "../lib/dom.js";
import { pause } from "./attempt.js";

const SIGNS = { present: "✓", late: "✓", review: "…", refused: "✕" };
const HERE = new Set(["present", "late", "excused"]);
const ASKS_MS = [4000, 15_000]; // often for the first minutes, then less
const OFTEN = 30;
const ASKS_AT_MOST = 90;

/**
 * Shows the decision, and how it changes when the teacher has looked.
 * @param {() => Promise<object>} ask  The decision again, as it stands by then.
 * @param {{needs: object, session: object, tookS?: number, again: () => void}} more
 */
export async function showOutcome(screen, decision, ask, more, signal) {
  draw(screen, decision, more, false);
  if (decision.outcome !== "review") return;
  for (let n = 0; n < ASKS_AT_MOST && !HERE.has(decision.attendance); n += 1) {
    await pause(ASKS_MS[n < OFTEN ? 0 : 1], signal);
    const later = document.hidden ? decision : await ask().catch(() => decision);
    signal.throwIfAborted();
    if (later.attendance !== decision.attendance)
      draw(screen, later, more, HERE.has(later.attendance));
    decision = later;
  }
}

function draw(screen, decision, { needs, session, tookS, again }, confirmed) {
  const here = confirmed || HERE.has(decision.attendance);
  const outcome =
    here && !["present", "late"].includes(decision.outcome) ? "present" : decision.outcome;
  screen.progress(3);
  screen.show(
    `outcome ${outcome}`,
    h("p", { class: "verdict", "aria-hidden": "true" }, SIGNS[outcome]),
    rows(decision, needs),
  );
  const head = confirmed
    ? gettext("You are present. Your teacher confirmed.")
    : here && outcome !== decision.outcome
      ? gettext("You are present already.")
      : decision.message;
  const took = tookS ? fill(gettext("%(seconds)s seconds"), { seconds: tookS.toFixed(1) }) : "";
  screen.say(
    head,
    [time(decision.decided_at, session.time_zone), took].filter(Boolean).join(" · "),
  );
  screen.small.after(why(here ? [] : decision.reasons));
  const done = h("a", { class: "button large", href: "#/today" }, gettext("Done"));
  const retry = h(
    "button",
    { type: "button", class: "large", onclick: again },
    gettext("Try again"),
  );
  screen.offer(
    outcome === "refused"
      ? [retry, h("a", { class: "button quiet large", href: "#/today" }, gettext("Back to today"))]
      : [done],
  );
}

/** Every reason that stood against it, each with what to do. */
function why(reasons) {
  document.querySelector(".why")?.remove();
  const against = reasons.filter((reason) => reason.effect !== "note");
  return h(
    "ul",
    { class: "why" },
    against.map((reason) => h("li", {}, reason.message)),
  );
}

// --- what counted ----------------------------------------------------------------------------

function rows({ counted, reasons }, needs) {
  const effects = (kinds) =>
    reasons.filter((reason) => kinds.includes(reason.about)).map((reason) => reason.effect);
  const row = (name, kinds, good, need) => {
    const isCounted = kinds.some((kind) => counted.includes(kind));
    const [words, look] = standing(isCounted, effects(kinds), good, need);
    return h("div", {}, h("dt", {}, name), h("dd", { class: look }, words));
  };
  const phone = effects(["device"]).includes("refuse")
    ? [gettext("not accepted"), "refused"]
    : [gettext("known"), "present"];
  return h(
    "dl",
    { class: "counted" },
    row(gettext("Code on the screen"), ["code"], gettext("seen"), "required"),
    row(gettext("In the room"), ["bluetooth", "sound"], gettext("found"), needs?.bluetooth),
    row(gettext("Face and movement"), ["face"], gettext("matched"), needs?.face),
    h("div", {}, h("dt", {}, gettext("This phone")), h("dd", { class: phone[1] }, phone[0])),
  );
}

function standing(counted, effects, good, need) {
  if (counted) return [good, "present"];
  if (need === "off") return [gettext("not asked"), "soft"];
  if (effects.includes("refuse")) return [gettext("not accepted"), "refused"];
  if (effects.includes("review")) return [gettext("your teacher looks"), "review"];
  return [gettext("not done"), "soft"];
}
