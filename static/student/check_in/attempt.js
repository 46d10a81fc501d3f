// Makes one check-in's calls to the server. Each can be repeated, since the server knows a step by its
// nonce.

import { post, serverNow, Unreachable } from "../lib/api.js";
import { nonce } from "../lib/key.js";
import { statementOf } from "./statement.js";

/** @import { Burst } from "./burst.js" */
/** @import { Result } from "./live_socket.js" */

const FIRST_PAUSES_MS = [500, 1000, 2000]; // between two tries of one call
const PAUSE_MS = 4000; // between all further tries
const BURST_WAITS_S = 60; // a call waits so long for a network, before the burst is kept for later
const STEP_WAITS_S = 20; // a call of an earlier step waits so long

/** Thrown where the network was away for longer than a step can wait. */
export class GaveUp extends Error {
  constructor() {
    super(gettext("There was no connection for a while."));
  }
}

/** One try of a check-in: what was gathered for it, and what the server answered last. */
export class Attempt {
  /**
   * @param {Api.Session} session
   * @param {AbortSignal} signal  When it aborts, whatever waits ends.
   * @param {(waiting: boolean) => void} onWaiting  Called with true while the network is away, and
   *   with false when it is back.
   */
  constructor(session, signal, onWaiting) {
    this.session = session;
    this.signal = signal;
    this.onWaiting = onWaiting;
    this.nonce = nonce();
    /** @type {string[]}  The codes that were read. */
    this.tokens = [];
    /** When the newest code was seen, in seconds by the server's clock; 0 before. */
    this.seenAt = 0;
    /** @type {string[]}  The beacon's answers that the server does not have yet, in hexadecimal. */
    this.answers = [];
    /** @type {Burst | null}  The burst that was filmed last. */
    this.burst = null;
    /** @type {number | null}  When the last of it was gathered, in seconds by the server's clock. */
    this.doneAt = null;
    /** Whether the codes are still to be sent, together with the burst. */
    this.inOneRequest = false;
    /** Whether the server had the codes while they counted. */
    this.inTime = false;
    /** @type {Partial<Api.Step>}  What the server answered last; empty before its first answer. */
    this.step = {};
    /** When it came, in milliseconds on the page's clock. */
    this.steppedAt = 0;
  }

  /** The server's id of the attempt; null while there is none. */
  get id() {
    return this.step.attempt ?? null;
  }

  /**
   * Sends the codes that were read.
   * @param {string[]} tokens
   */
  async scan(tokens) {
    this.tokens = tokens;
    this.seenAt = serverNow();
    const body = () => ({ tokens, nonce: this.nonce, finish: true });
    const step = await this.#patiently("/qr/scan", body, STEP_WAITS_S);
    this.inTime = step.accepted;
    return this.#keep(step);
  }

  /**
   * Sends the digits that were typed.
   * @param {string} digits
   */
  async type(digits) {
    const body = { short_code: digits, session: this.session.id, nonce: this.nonce };
    return this.#keep(await this.#patiently("/qr/scan", () => body, STEP_WAITS_S));
  }

  /**
   * Opens an attempt where the codes could not be sent: it has its challenge all the same, so that
   * everything goes in one request at the end. The codes go along, so that the server knows from when
   * they are should the network go again.
   */
  async openAhead() {
    const body = { session: this.session.id, tokens: this.tokens, nonce: this.nonce };
    const opened = await this.#patiently("/attendance/attempts", () => body, STEP_WAITS_S);
    this.inOneRequest = true;
    this.inTime = opened.codes_in_time;
    return this.#keep({ ...opened, accepted: true, reasons: [], decision: null });
  }

  /** Whether there is something that only the room gave: without it, late codes are refused. */
  get hasRoom() {
    return this.inTime || this.answers.length > 0;
  }

  /**
   * Takes answers of the beacon that could not be sent. They go with what is sent next.
   * @param {string[]} answers  In hexadecimal.
   */
  answered(answers) {
    this.answers = answers;
    this.doneAt = serverNow();
  }

  /**
   * Takes the decision where the room's evidence was the last that was needed.
   * @param {Api.Step | null | undefined} step  The server's answer to that evidence.
   */
  heard(step) {
    if (step?.decision) this.step = { ...this.step, decision: step.decision };
  }

  /**
   * Takes a burst that is done. `show` sends it.
   * @param {Burst} burst
   */
  filmed(burst) {
    this.burst = burst;
    this.doneAt = serverNow();
  }

  /**
   * Takes what came of a live film.
   * @param {Result} result
   */
  filmedLive({ step, decision }) {
    this.#keep({ ...step, decision: decision ?? step.decision });
  }

  /**
   * Takes the decision.
   * @param {Api.Decision} decision
   */
  decided(decision) {
    return this.#keep({ ...this.step, challenge: null, decision });
  }

  /**
   * Goes on without the live film, which ended without a result. A burst can be filmed for its challenge,
   * whose time is counted anew from the ticket's use.
   * @param {number | null} usedAt  When the ticket was used up, in milliseconds on the page's clock; null
   *   where it was not.
   */
  lostFilm(usedAt) {
    const { challenge } = this.step;
    if (!challenge) return;
    const laterMs = usedAt === null ? 0 : usedAt - this.steppedAt;
    const until = new Date(Date.parse(challenge.expires_at) + laterMs).toISOString();
    this.step = { ...this.step, live: null, challenge: { ...challenge, expires_at: until } };
  }

  /** The moment until which the server takes the burst as in time, in seconds by its clock. */
  get burstUntil() {
    return Date.parse(this.step.challenge?.expires_at ?? "") / 1000;
  }

  /** Sends the burst. While the network is away it tries again for as long as the burst is in time. */
  async show() {
    const waitsS = Math.min(BURST_WAITS_S, this.burstUntil - serverNow());
    if (this.inOneRequest) return this.#together(waitsS);
    await this.#sendAnswers(waitsS);
    const form = () => this.#form({ attempt: String(this.id), finish: "true" });
    return this.#keep(await this.#patiently("/face/verify", form, waitsS));
  }

  /**
   * Sends the codes and the burst, where one was filmed, in one request. The phone's statement goes with them, since
   * by now the codes are as old as the burst is long.
   * @param {number} waitsS  How long a network is waited for, in seconds.
   * @param {Record<string, string>} [more]  Further fields.
   */
  async #together(waitsS, more = {}) {
    const frames = this.burst?.frames ?? [];
    const files = await Promise.all(
      frames.map(async (frame) => new Uint8Array(await frame.arrayBuffer())),
    );
    const fields = {
      attempt: String(this.id),
      tokens: JSON.stringify(this.tokens),
      answers: JSON.stringify(this.answers),
      gathered: await statementOf(this, files),
      ...more,
    };
    const form = () => this.#form(fields);
    const decision = await this.#patiently("/attendance/check-in", form, waitsS);
    return this.#keep({ ...this.step, accepted: true, challenge: null, decision });
  }

  /**
   * Sends the beacon's answers that could not be sent when they came.
   * @param {number} waitsS  How long a network is waited for, in seconds.
   */
  async #sendAnswers(waitsS) {
    if (!this.answers.length) return;
    const body = { attempt: String(this.id), answers: this.answers, nonce: this.nonce };
    await this.#patiently("/bluetooth/check", () => body, waitsS);
    this.answers = [];
  }

  /**
   * Sends a passkey's answer.
   * @param {PublicKeyCredentialJSON} credential
   */
  async confirm(credential) {
    const body = { attempt: String(this.id), credential, nonce: this.nonce, finish: true };
    const step = await this.#patiently("/passkey/check", () => body, STEP_WAITS_S);
    this.doneAt = serverNow();
    return this.#keep(step);
  }

  /** Tells the server that the face is shown in place of the passkey, and gets its challenge. */
  async showInstead() {
    const body = { attempt: String(this.id), nonce: this.nonce };
    return this.#keep(await this.#patiently("/passkey/check", () => body, STEP_WAITS_S));
  }

  /** @param {Record<string, string>} fields */
  #form(fields) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("nonce", this.nonce);
    if (!this.burst) return form;
    const { challenge, timesS, frames } = this.burst;
    form.append("challenge", String(challenge));
    form.append("times_s", JSON.stringify(timesS));
    for (const [n, frame] of frames.entries()) form.append("frames", frame, `${n}.jpg`);
    return form;
  }

  /** Asks for the decision. Asking again gives the same one, and how the student stands by then. */
  async mark({ withoutFace = false } = {}) {
    if (this.inOneRequest && !this.step.decision) {
      const step = await this.#together(BURST_WAITS_S, { without_face: String(withoutFace) });
      if (step.decision) return step.decision;
    }
    await this.#sendAnswers(BURST_WAITS_S);
    const body = { attempt: String(this.id), nonce: this.nonce, without_face: withoutFace };
    return this.#patiently("/attendance/mark", () => body, BURST_WAITS_S);
  }

  /** @param {Partial<Api.Step>} step */
  #keep(step) {
    this.step = step;
    this.steppedAt = performance.now();
    return step;
  }

  /**
   * Gives the answer to a POST, and tries again while the network is away.
   * @template {string} Path
   * @param {Path} path
   * @param {() => Api.Body<"POST", Path> | FormData} body  Makes the body anew for each try.
   * @param {number} waitsS  How long a network is waited for, in seconds.
   * @throws {GaveUp} where the network was away for longer.
   */
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
        await pause(FIRST_PAUSES_MS[tries] ?? PAUSE_MS, this.signal);
      }
    }
  }
}

/**
 * Waits. When the signal aborts, the promise is rejected at once with the signal's reason.
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
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
  });
}
