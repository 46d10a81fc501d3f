// Shows how the check-in ended, in words and colour: what counted, and what to do next.

import { fill, h } from "../lib/dom.js";
import { time } from "../lib/moments.js";
import { pause } from "./attempt.js";
import { outcomeSign } from "./signs.js";

/** @import { Screen, Standing } from "./screen.js" */

/**
 * @typedef {Api.Reason["about"]} Kind  What a reason is about.
 *
 * @typedef {object} More  What is shown beside the decision.
 * @property {Api.Needs | null | undefined} needs  What the session requires; missing where the
 *   phone does not know it.
 * @property {Api.Session} session
 * @property {number} [tookS]  How long the check-in took; without it nothing is said of that.
 * @property {() => void} again  Begins anew.
 */

/** @type {Record<string, Standing>}  What the bar shows of a step, by the look of its row. */
const STANDINGS = { present: "done", soft: "skipped", review: "review", refused: "refused" };
const HERE = new Set(["present", "late", "excused"]);
const OFTEN_MS = 4000; // between two of the first calls for the decision
const OFTEN = 30; // so many first calls, which take two minutes
const SELDOM_MS = 15_000; // between two calls afterwards
const ASKS_AT_MOST = 90; // calls in all

/**
 * Shows the decision, and how it changes when the teacher has looked.
 * @param {Screen} screen
 * @param {Api.Decision} decision
 * @param {() => Promise<Api.Decision>} ask  Asks for the decision again, as it stands by then.
 * @param {More} more
 * @param {AbortSignal} signal
 */
export async function showOutcome(screen, decision, ask, more, signal) {
  draw(screen, decision, more, false);
  if (decision.outcome !== "review") return;
  for (let n = 0; n < ASKS_AT_MOST && !isHere(decision); n += 1) {
    await pause(n < OFTEN ? OFTEN_MS : SELDOM_MS, signal);
    const later = document.hidden ? decision : await ask().catch(() => decision);
    signal.throwIfAborted();
    if (later.attendance !== decision.attendance) draw(screen, later, more, isHere(later));
    decision = later;
  }
}

/**
 * Whether the student counts as present by now.
 * @param {Api.Decision} decision
 */
const isHere = ({ attendance }) => attendance !== null && HERE.has(attendance);

/**
 * @param {Screen} screen
 * @param {Api.Decision} decision
 * @param {More} more
 * @param {boolean} confirmed  Whether the teacher has confirmed it meanwhile.
 */
function draw(screen, decision, { needs, session, tookS, again }, confirmed) {
  const here = confirmed || isHere(decision);
  const wasAccepted = decision.outcome === "present" || decision.outcome === "late";
  const outcome = here && !wasAccepted ? "present" : decision.outcome;
  screen.progress(-1);
  screen.show(
    `outcome ${outcome}`,
    h("p", { class: "verdict", "aria-hidden": "true" }, outcomeSign(outcome)),
  );
  const head = confirmed
    ? gettext("You are present. Your teacher confirmed.")
    : here && outcome !== decision.outcome
      ? gettext("You are already present.")
      : decision.message;
  const took = tookS ? fill(gettext("%(seconds)s seconds"), { seconds: tookS.toFixed(1) }) : "";
  screen.say(
    head,
    [time(decision.decided_at, session.time_zone), took].filter(Boolean).join(" · "),
  );
  const stand = confirmed ? "confirmed" : here ? "here" : decision.outcome;
  const counted = countedIn(decision, needs, stand);
  screen.asksLock(needs?.passkey === "required");
  for (const [n, { look, words }] of counted.entries()) {
    screen.mark(n, STANDINGS[look] ?? null, words);
  }
  screen.details.append(
    why(here ? [] : against(decision), decision.spared),
    rows([...counted, phoneIn(decision)]),
  );
  const done = h("a", { class: "button large", href: "#/today" }, gettext("Done"));
  const retry = h(
    "button",
    { type: "button", class: "large", onclick: again },
    gettext("Try again"),
  );
  const back = h("a", { class: "button quiet large", href: "#/today" }, gettext("Back to today"));
  screen.offer(...(outcome === "refused" ? [retry, back] : [done]));
}

/**
 * The reasons that stood against the check-in. Where it was refused, what a teacher would have confirmed is
 * over.
 * @param {Api.Decision} decision
 */
const against = ({ outcome, reasons }) =>
  reasons.filter(({ effect }) => (outcome === "refused" ? effect === "refuse" : effect !== "note"));

/**
 * Lists the reasons, each with what to do, and how often a check was spared.
 * @param {Api.Reason[]} reasons
 * @param {Api.Decision["spared"]} spared
 */
function why(reasons, spared) {
  const words = reasons.map((reason) => reason.message);
  if (spared) words.push(often(spared));
  return h(
    "ul",
    { class: "why" },
    words.map((each) => h("li", {}, each)),
  );
}

/** @param {{ number: number, most: number }} spared */
const often = ({ number, most }) =>
  fill(gettext("A check was left out for you %(number)s of %(most)s times this term."), {
    number,
    most,
  });

// --- what counted ----------------------------------------------------------------------------

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} words
 * @property {string} look  The class of the style sheet for the words.
 *
 * @typedef {Api.Decision["outcome"] | "confirmed" | "here"} Stand  How the student stands: as it was
 *   decided, confirmed by the teacher meanwhile, or present by something else.
 */

/**
 * How the code, the room and the face stand.
 * @param {Api.Decision} decision
 * @param {Api.Needs | null | undefined} needs
 * @param {Stand} stand
 * @returns {Row[]}
 */
function countedIn({ counted, reasons }, needs, stand) {
  /**
   * @param {string} name
   * @param {Api.Decision["counted"]} kinds
   * @param {string} good  What to say where one of the kinds counted.
   * @param {string} [need]  What the session requires of it.
   */
  const row = (name, kinds, good, need) => {
    const isCounted = kinds.some((kind) => counted.includes(kind));
    const [words = "", look = ""] = standing(isCounted, effectsOf(reasons, kinds), good, {
      need,
      stand,
    });
    return { name, words, look };
  };
  const face = row(gettext("Face and movement"), ["face"], gettext("matched"), needs?.face);
  if (needs?.face_ask === "not_asked" && face.look === "soft") {
    face.words = gettext("not needed this time");
  }
  return [
    row(gettext("Code on the screen"), ["code"], gettext("seen"), "required"),
    row(gettext("In the room"), ["bluetooth", "sound"], gettext("found"), needs?.bluetooth),
    needs?.passkey === "required"
      ? row(gettext("Phone's lock"), ["passkey"], gettext("confirmed"), needs.passkey)
      : face,
  ];
}

/**
 * How the phone stands.
 * @param {Api.Decision} decision
 * @returns {Row}
 */
function phoneIn({ reasons }) {
  const isRefused = effectsOf(reasons, ["device"]).includes("refuse");
  return isRefused
    ? { name: gettext("This phone"), words: gettext("not accepted"), look: "refused" }
    : { name: gettext("This phone"), words: gettext("recognised"), look: "present" };
}

/**
 * The effects of the reasons that are about one of these.
 * @param {Api.Reason[]} reasons
 * @param {Kind[]} kinds
 * @returns {string[]}
 */
const effectsOf = (reasons, kinds) =>
  reasons.filter((reason) => kinds.includes(reason.about)).map((reason) => reason.effect);

/** @param {Row[]} all */
const rows = (all) =>
  h(
    "dl",
    { class: "counted" },
    all.map(({ name, words, look }) =>
      h("div", {}, h("dt", {}, name), h("dd", { class: look }, words)),
    ),
  );

/**
 * Says how one kind of evidence stands: its words, and the class of the style sheet for them.
 * @param {boolean} counted
 * @param {string[]} effects  The effects of the reasons that are about it.
 * @param {string} good  What to say where it counted.
 * @param {{ need?: string, stand: Stand }} how  What the session requires of it, and how the student stands.
 */
function standing(counted, effects, good, { need, stand }) {
  if (counted) return [good, "present"];
  if (need === "off") return [gettext("not required"), "soft"];
  if (stand === "here") return [gettext("not needed"), "soft"];
  if (effects.includes("refuse")) return [gettext("not accepted"), "refused"];
  if (effects.includes("review")) return doubted(stand);
  return [gettext("not done"), "soft"];
}

/**
 * Says what became of something that a teacher is to confirm.
 * @param {Stand} stand
 */
function doubted(stand) {
  if (stand === "confirmed") return [gettext("confirmed"), "present"];
  if (stand === "refused") return [gettext("not confirmed"), "review"];
  return [gettext("your teacher will confirm"), "review"];
}
