// Speaks with the server during a live film: pictures go there, and what to show comes back at once.
// docs/live-film.md describes the messages.

import { digest, signed } from "../lib/key.js";

const ADDRESS = "/ws/check-in/";
const ANSWERS_MS = 4000; // a connection on which no answer came for so long is given up
const JUDGES_MS = 30_000; // so long the result is waited for after the last picture

/**
 * @typedef {object} Terms  How the server wants the pictures.
 * @property {number} moves  How many moves it will ask for.
 * @property {number} every_ms  The least milliseconds from one picture to the next.
 * @property {number} in_flight  The most pictures that were sent and not answered.
 * @property {number} wide  In pixels, as is `high`.
 * @property {number} high
 * @property {number} most_bytes  Of a picture.
 *
 * @typedef {object} Seen  What the server saw in a picture, and what to show now.
 * @property {"face" | "move" | "back" | "done" | "ended"} phase
 * @property {number} done  How many moves were seen.
 * @property {string | null} hint_message  What to mend.
 * @property {Api.Move | null} move  The move that is asked for.
 * @property {string | null} message  The move in words.
 *
 * @typedef {object} Result  How a film was judged.
 * @property {Api.Step} step
 * @property {Api.Decision | null} decision  Null where the check-in is not decided yet.
 *
 * @typedef {{ type: "ready" } & Terms | { type: "seen" } & Seen | { type: "result" } & Result
 *   | { type: "refused", code: string, message: string }} Message  What the server says.
 *
 * @typedef {object} Beginning  What a film begins with.
 * @property {string} ticket
 * @property {() => boolean} finish  Whether the server decides at the end, since nothing else is coming.
 * @property {Promise<unknown>} begins  Resolves when pictures can be sent. The ticket is used then.
 * @property {(seen: Seen) => void} onSeen
 * @property {AbortSignal} signal  When it aborts, the connection is closed.
 */

/** Whether this browser can film live. */
export const canFilmLive = () => "WebSocket" in globalThis;

/** Thrown where a film ended without a result. The attempt has lost nothing by it. */
export class FilmLost extends Error {
  /**
   * @param {string} code  The server's, or "broken" where the connection ended, "no_answer" where none
   *   came in time, "hidden" or "no_camera".
   * @param {string} [message]  The server's sentence, for the student to read.
   */
  constructor(code, message = "") {
    super(message);
    this.code = code;
    /** When the ticket was used up, in milliseconds on the page's clock; null where it was not. */
    this.usedAt = /** @type {number | null} */ (null);
  }
}

/** The connection of one live film. */
export class LiveSocket {
  /** @type {WebSocket | null}  Null until pictures can be sent. */
  socket = null;
  #unanswered = 0;
  #timer = 0;
  /** @type {Terms | null} */
  #terms = null;
  /** When the ticket was used up, in milliseconds on the page's clock; null while it was not. */
  usedAt = /** @type {number | null} */ (null);
  /** Whether the server wants no more pictures. */
  isOver = false;

  /** @param {Beginning} beginning */
  constructor({ ticket, finish, begins, onSeen, signal }) {
    this.onSeen = onSeen;
    /** @type {Promise<Terms>}  Resolves when the server is ready for pictures. */
    this.ready = new Promise((resolve, reject) => {
      this.#give = resolve;
      this.#refuse.push(reject);
    });
    /** @type {Promise<Result>}  Resolves when the film is judged. */
    this.result = new Promise((resolve, reject) => {
      this.#judge = resolve;
      this.#refuse.push(reject);
    });
    for (const each of [this.ready, this.result]) each.catch(() => null); // one may not be waited for
    const address = new URL(ADDRESS, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.address = address;
    begins.then(
      () => this.#open(ticket, finish),
      () => null, // whoever has no camera is told by the face step
    );
    signal.addEventListener("abort", () => this.#end(signal.reason), { once: true });
  }

  /**
   * @param {string} ticket
   * @param {() => boolean} finish
   */
  #open(ticket, finish) {
    if (this.isOver) return;
    this.socket = new WebSocket(this.address);
    this.socket.addEventListener("open", () =>
      this.#begin(ticket, finish()).catch(() => this.close()),
    );
    this.socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(data)));
    this.socket.addEventListener("close", () => this.#end(new FilmLost("broken")));
    this.#wait(ANSWERS_MS);
  }

  /** @type {(terms: Terms) => void} */
  #give = () => {};
  /** @type {(result: Result) => void} */
  #judge = () => {};
  /** @type {((why: unknown) => void)[]} */
  #refuse = [];

  /** Whether the server takes a picture now. */
  get isFree() {
    return this.#terms !== null && !this.isOver && this.#unanswered < this.#terms.in_flight;
  }

  /** @param {Blob} picture */
  send(picture) {
    if (this.isOver || this.socket?.readyState !== WebSocket.OPEN) return;
    this.#unanswered += 1;
    if (this.#unanswered === 1) this.#wait(ANSWERS_MS);
    this.socket.send(picture);
  }

  /** Ends the film, if it is not over. */
  close() {
    this.#end(new FilmLost("broken"));
  }

  /**
   * @param {string} ticket
   * @param {boolean} finish
   */
  async #begin(ticket, finish) {
    if (this.isOver) return this.socket?.close();
    const proof = await signed("film+jwt", { ticket: await digest(ticket) });
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type: "begin", ticket, proof, finish }));
  }

  /** @param {Message} message */
  #take(message) {
    if (message.type === "ready") {
      this.usedAt = performance.now();
      this.#terms = message;
      clearTimeout(this.#timer);
      this.#give(message);
    } else if (message.type === "seen") {
      this.#answered(message);
    } else if (message.type === "result") {
      this.#judge(message);
      this.#end(null);
    } else if (message.type === "refused") {
      this.#end(new FilmLost(message.code, message.message));
    }
  }

  /** @param {Seen} seen */
  #answered(seen) {
    if (this.isOver) return; // pictures that were on their way when the last move was seen
    this.#unanswered -= 1;
    this.isOver = seen.phase === "done" || seen.phase === "ended";
    if (this.isOver) this.#wait(JUDGES_MS);
    else if (this.#unanswered) this.#wait(ANSWERS_MS);
    else clearTimeout(this.#timer);
    this.onSeen(seen);
  }

  /**
   * Gives the connection up where no answer comes for so long.
   * @param {number} ms
   */
  #wait(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(new FilmLost("no_answer")), ms);
  }

  /**
   * Ends the film. Only the first end counts.
   * @param {unknown} why
   */
  #end(why) {
    clearTimeout(this.#timer);
    this.isOver = true;
    for (const refuse of this.#refuse) refuse(why);
    // One that is still being opened is closed then, since browsers complain of it otherwise.
    if (this.socket?.readyState !== WebSocket.CONNECTING) this.socket?.close();
  }
}
