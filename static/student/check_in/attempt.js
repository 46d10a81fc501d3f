// One check-in's calls to the server. Each can be repeated: the server knows a step by its nonce.

import { post, serverNow, Unreachable } from "../lib/api.js";
import { nonce } from "../lib/key.js";
import { wordOf } from "./word.js";

const PAUSES_MS = [500, 1000, 2000, 4000];
const BURST_WAITS_S = 60; // for a network to come back, before the burst is kept for later
const STEP_WAITS_S = 20;

/** The network was away for longer than this step can wait. */
export class GaveUp extends Error {
  constructor() {
    super(gettext("There was no connection for a while."));
  }
}

export class Attempt {
  /** @param {(waiting: boolean) => void} onWaiting  Told when the network goes and comes. */
  constructor(session, signal, onWaiting) {
    Object.assign(this, { session, signal, onWaiting });
    this.nonce = nonce();
    this.tokens = [];
    this.seenAt = null; // when the newest code was seen, in seconds by the server's clock
    this.burst = null; // the last one that was filmed, and when it was done
    this.doneAt = null;
    this.step = null; // the server's last word: what is needed, the challenge, the beacon's nonce
  }

  get id() {
    return this.step?.attempt ?? null;
  }

  /** Send the codes that were read. */
  async scan(tokens) {
    Object.assign(this, { tokens, seenAt: serverNow() });
    return this.#keep(
      await this.#patiently("/qr/scan", () => ({ tokens, nonce: this.nonce }), STEP_WAITS_S),
    );
  }

  /** Send the digits that were typed. */
  async type(digits) {
    const body = { short_code: digits, session: this.session.id, nonce: this.nonce };
    return this.#keep(await this.#patiently("/qr/scan", () => body, STEP_WAITS_S));
  }

  /**
   * Where the codes could not be sent: an attempt with its challenge all the same, so that
   * everything goes in one request at the end.
   */
  async openAhead() {
    const body = { session: this.session.id, nonce: this.nonce };
    const opened = await this.#patiently("/attendance/attempts", () => body, STEP_WAITS_S);
    this.inOneRequest = true;
    return this.#keep({ ...opened, accepted: true, reasons: [], decision: null });
  }

  /** A burst is done; `show` sends it. */
  filmed(burst) {
    Object.assign(this, { burst, doneAt: serverNow() });
  }

  /** Until when the server takes the burst as one in time, by its clock. */
  get burstUntil() {
    return Date.parse(this.step.challenge.expires_at) / 1000;
  }

  /** Send the burst, for as long as it is in time. */
  async show() {
    const waitsS = Math.min(BURST_WAITS_S, this.burstUntil - serverNow());
    if (this.inOneRequest) return this.#together(waitsS);
    return this.#keep(
      await this.#patiently("/face/verify", () => this.#form({ attempt: this.id }), waitsS),
    );
  }

  /** With the phone's word, since by now the codes are as old as the burst is long. */
  async #together(waitsS) {
    const files = await Promise.all(
      this.burst.frames.map(async (frame) => new Uint8Array(await frame.arrayBuffer())),
    );
    const fields = {
      attempt: this.id,
      tokens: JSON.stringify(this.tokens),
      gathered: await wordOf(this, files),
    };
    const decision = await this.#patiently(
      "/attendance/check-in",
      () => this.#form(fields),
      waitsS,
    );
    return this.#keep({ ...this.step, accepted: true, challenge: null, decision });
  }

  #form(fields) {
    const { challenge, timesS, frames } = this.burst;
    const form = new FormData();
    const all = { ...fields, nonce: this.nonce, challenge, times_s: JSON.stringify(timesS) };
    for (const [name, value] of Object.entries(all)) form.append(name, value);
    for (const [n, frame] of frames.entries()) form.append("frames", frame, `${n}.jpg`);
    return form;
  }

  /** The decision; asking again finds the same one, and where the student stands by now. */
  async mark({ withoutFace = false } = {}) {
    const body = { attempt: this.id, nonce: this.nonce, without_face: withoutFace };
    return this.#patiently("/attendance/mark", () => body, BURST_WAITS_S);
  }

  #keep(step) {
    this.step = step;
    return step;
  }

  /** The answer, waited for through a network that comes and goes. */
  async #patiently(path, body, waitsS) {
    const until = performance.now() + waitsS * 1000;
    for (let tries = 0; ; tries += 1) {
      this.signal.throwIfAborted();
      try {
        const answer = await post(path, body());
        this.onWaiting(false);
        return answer;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        if (performance.now() > until) throw new GaveUp();
        this.onWaiting(true);
        await pause(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)], this.signal);
      }
    }
  }
}

/** Waits; on the signal it ends with its reason. */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
    return undefined;
  });
}
