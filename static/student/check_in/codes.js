// Collects the codes that the camera read: it knows which belong together, and whether they are enough.

const TOKEN = /(?:^|\/q\/)([a-z2-7]{32})\/?$/i;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const SPAN_S = 10; // codes further apart are not one look at the screen (verification/domain/policy.py)
const SENT_AT_MOST = 6;

/**
 * @typedef {object} Code
 * @property {string} token
 * @property {number} session  The number of its session.
 * @property {number} slot  The number of the slot of time in which it was shown.
 */

/**
 * What a text says of itself. Only the server can tell whether it is true.
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

/** Codes of one session that lie close enough together. */
export class Collection {
  /** @param {{needed: number, slotS: number}} policy  Of the session. */
  constructor({ needed, slotS }) {
    this.needed = needed;
    this.slotS = slotS;
    this.spanS = Math.max(SPAN_S, (needed + 1) * slotS);
    /** @type {Map<number, Code>}  By slot. */
    this.codes = new Map();
  }

  /**
   * Takes a code. Those that do not fit to it any more are dropped.
   * @param {Code} code
   * @returns {boolean}  Whether it was a new one.
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

  /** How many of the codes that are needed are there. */
  get count() {
    return Math.min(this.codes.size, this.needed);
  }

  /** Whether there are as many codes as are needed. */
  get enough() {
    return this.codes.size >= this.needed;
  }

  /** The newest tokens, oldest first. */
  get tokens() {
    const inOrder = [...this.codes.values()].sort((a, b) => a.slot - b.slot);
    return inOrder.slice(-Math.max(this.needed, SENT_AT_MOST)).map((code) => code.token);
  }
}
