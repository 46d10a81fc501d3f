// Draws the signs of a check-in: what a move looks like, by a large arrow or a face that makes it; how far
// the check-in is; and how it ended. The preview is mirrored, so that left is the left of the person and of
// the picture.

const SVG = "http://www.w3.org/2000/svg";

const ARROW = ["M50 12 12 50l38 38V66h38V34H50z", "filled"];
const LEAN = ["M84 74A46 46 0 0 0 30 27", "line"];
const LEAN_HEAD = ["M38 4 8 32l38 16z", "filled"];
const FACE = ["M50 6a44 44 0 1 1-.1 0z", "line"];
const OPEN_EYES = ["M33 36v8M67 36v8", "line"];
const SHUT_EYES = ["M24 40q9 9 18 0M58 40q9 9 18 0", "line"];
const CALM_MOUTH = ["M36 68h28", "line"];
const SMILE = ["M28 60q22 26 44 0", "line"];
const OPEN_MOUTH = ["M50 54a11 14 0 1 1-.1 0z", "filled"];

/**
 * What each move's sign is drawn of: the outline of each part, and how it is painted.
 * @type {Partial<Record<Api.Move, string[][]>>}
 */
const PARTS = {
  turn_left: [ARROW],
  turn_right: [ARROW],
  look_up: [ARROW],
  look_down: [ARROW],
  tilt_left: [LEAN, LEAN_HEAD],
  tilt_right: [LEAN, LEAN_HEAD],
  blink: [FACE, SHUT_EYES, CALM_MOUTH],
  smile: [FACE, OPEN_EYES, SMILE],
  open_mouth: [FACE, OPEN_EYES, OPEN_MOUTH],
};
/**
 * How an arrow that points to the left is turned.
 * @type {Partial<Record<Api.Move, string>>}
 */
const TURNED = {
  turn_right: "matrix(-1 0 0 1 100 0)",
  look_up: "rotate(90 50 50)",
  look_down: "rotate(270 50 50)",
  tilt_right: "matrix(-1 0 0 1 100 0)",
};

/**
 * The sign of a move; null for a move that has none, so that its words have to do.
 * @param {Api.Move} move
 */
export function signOf(move) {
  const parts = PARTS[move];
  if (!parts) return null;
  const group = svg("g", { transform: TURNED[move] ?? "" });
  group.append(...parts.map(([d = "", look = ""]) => svg("path", { d, class: look })));
  return drawing(`move-sign ${move}`, "0 0 100 100", group);
}

/** The sign of a move that was seen. */
export const tick = () =>
  drawing("move-sign seen", "0 0 100 100", svg("path", { d: "M18 52l22 22 42-48", class: "line" }));

/** How a check-in ended, each drawn of one outline. */
const OUTCOMES = {
  present: ["M18 52l22 22 42-48", "line"],
  late: ["M18 52l22 22 42-48", "line"],
  review: ["M50 8a42 42 0 1 1-.1 0zM50 26v26l16 12", "line thin"],
  refused: ["M24 24l52 52M76 24 24 76", "line"],
};

/**
 * The sign of how a check-in ended.
 * @param {Api.Decision["outcome"]} outcome
 */
export function outcomeSign(outcome) {
  const [d = "", look = ""] = OUTCOMES[outcome];
  return drawing("outcome-sign", "0 0 100 100", svg("path", { d, class: look }));
}

const CIRCLE = "M50 8a42 42 0 1 1-.1 0z";
/** What is drawn while no camera is on, by its name. Each is drawn of lines. */
const STATES = {
  waiting: ["M92 50a42 42 0 1 1-42-42"],
  again: ["M90 50A40 40 0 1 1 78 22L92 36M92 10v26H66"],
  attention: ["M50 14v46M50 84v.1"],
  room: [
    "M50 50v.1M32 68a25 25 0 0 1 0-36M68 32a25 25 0 0 1 0 36M15 84a48 48 0 0 1 0-68M85 16a48 48 0 0 1 0 68",
  ],
  lock: ["M18 46h64v44H18zM30 46V28a20 20 0 0 1 40 0v18"],
  face: [CIRCLE, "M35 38v6M65 38v6M32 60q18 18 36 0"],
  "no-camera": ["M8 28h18l10-14h28l10 14h18v58H8zM8 8l84 84"],
  later: [CIRCLE, "M50 26v26l16 12"],
  closed: ["M18 50h64"],
};

/** @typedef {keyof typeof STATES} State */

/**
 * The sign of how far a check-in is.
 * @param {State} state
 */
export function stateSign(state) {
  const lines = STATES[state].map((d) => svg("path", { d, class: "line thin" }));
  return drawing(`state-sign ${state}`, "0 0 100 100", ...lines);
}

const AROUND = "M45 3A42 57 0 0 1 45 117 42 57 0 0 1 45 3z"; // it begins at the top

/** The ring around the oval, which fills as moves are done. */
export class Ring {
  constructor() {
    const all = { d: AROUND, pathLength: 1, "stroke-dasharray": "0 1" };
    this.filled = svg("path", { ...all, class: "filling" });
    this.element = drawing("ring", "0 0 90 120", svg("path", { d: AROUND }), this.filled);
    this.element.setAttribute("preserveAspectRatio", "none"); // the oval may be narrower
  }

  /** @param {number} share  From 0 to 1. */
  fill(share) {
    this.filled.setAttribute("stroke-dasharray", `${share} 1`);
  }
}

/**
 * @param {string} look  The classes in the style sheet.
 * @param {string} viewBox
 * @param {...SVGElement} parts
 */
function drawing(look, viewBox, ...parts) {
  const element = svg("svg", { class: look, viewBox, "aria-hidden": "true" });
  element.append(...parts);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 */
function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
