// Draws what a move looks like: a large arrow, or a face that makes it. The preview is mirrored, so that
// left is the left of the person and of the picture.

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
