// Collects the codes that the camera read: it knows which belong together, and whether they are enough.

const TOKEN = /(?:^|\/q\/)([a-z2-7]{32})\/?$/i;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
// Codes that are more seconds apart were not read in one go (verification/domain/policy.py).
const SPAN_SLOTS = 5;
const SPAN_MOST_S = 10; // of five slots; more where the session needs more codes
const SENT_AT_MOST = 6; // codes, unless the session needs more

/**
 * @typedef {object} Code  What one rotating code says of itself.
 * @property {string} token
 * @property {number} session  The number of its session.
 * @property {number} slot  The number of the slot of time in which it was shown.
 */

/**
 * Reads a text as a code. Only the server can tell whether the code is a true one.
 * @param {string} text
 * @returns {Code | null}  Null where it is no code of this system.
 */
export function readCode(text) {
  const token = TOKEN.exec(text.trim())?.[1]?.toUpperCase();
  if (!token) return null;
  const bytes = decoded(token);
  return { token, session: bytes.getUint32(0), slot: bytes.getUint32(4) };
}

/** @param {string} base32 */
function decoded(base32) {
  const view = new DataView(new ArrayBuffer(20));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const letter of base32) {
    value = ((value << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      view.setUint8(at, (value >> bits) & 0xff);
      at += 1;
    }
  }
  return view;
}

/** Holds codes of one session that are close enough together in time. */
export class Collection {
  /** @param {{needed: number, slotS: number}} policy  How many codes the session needs, and for how
   *   many seconds it shows each. */
  constructor({ needed, slotS }) {
    this.needed = needed;
    this.slotS = slotS;
    const wholeS = Math.min(SPAN_SLOTS * slotS, SPAN_MOST_S);
    this.spanS = Math.max(wholeS, (needed + 1) * slotS);
    /** @type {Map<number, Code>}  The codes, by their slots. */
    this.codes = new Map();
  }

  /**
   * Takes a code, and drops those that do not fit it any more.
   * @param {Code} code
   * @returns {boolean}  Whether the code was new.
   */
  add(code) {
    const known = this.codes.get(code.slot);
    if (known?.session === code.session) return false;
    this.codes.set(code.slot, code);
    for (const [slot, other] of this.codes) {
      const apart = Math.abs(code.slot - slot) * this.slotS > this.spanS;
      if (other.session !== code.session || apart) this.codes.delete(slot);
    }
    return true;
  }

  /** How many of the needed codes were read. */
  get count() {
    return Math.min(this.codes.size, this.needed);
  }

  /** Whether as many codes were read as are needed. */
  get enough() {
    return this.codes.size >= this.needed;
  }

  /** The newest tokens, oldest first. */
  get tokens() {
    const inOrder = [...this.codes.values()].sort((a, b) => a.slot - b.slot);
    return inOrder.slice(-Math.max(this.needed, SENT_AT_MOST)).map((code) => code.token);
  }
}
