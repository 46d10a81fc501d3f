// Shows a live film: the oval and its ring, what to mend, and each move as a large sign.

import { h } from "../lib/dom.js";
import { Ring, signOf, tick } from "./signs.js";
import { speak, tellOver, untilOpen } from "./speech.js";

/** @import { Seen } from "./live_socket.js" */
/** @import { Stage } from "./stage.js" */

const HINT_MS = 900; // a hint stays so long at least, so that it can be read

/** What is on the screen during a live film. */
export class LiveView {
  #done = 0;
  #hintSince = 0;
  #shown = "";

  /** @param {Stage} screen */
  constructor(screen) {
    this.screen = screen;
    this.moves = 0;
    this.ring = new Ring();
    this.sign = h("span", { class: "sign-place", "aria-hidden": "true" });
    screen.show("filming mirrored live");
    screen.say(gettext("Look straight at the phone"), gettext("Opening the camera …"));
  }

  /**
   * Shows what the camera sees, in the oval.
   * @param {HTMLVideoElement} video
   */
  open(video) {
    const oval = h(
      "span",
      { class: "outline", "aria-hidden": "true" },
      this.ring.element,
      this.sign,
    );
    this.screen.show("filming mirrored live", video, oval);
    this.screen.stage.dataset.live = "";
    this.#straight();
  }

  /** @param {Seen} seen */
  take(seen) {
    const wasDone = this.#done;
    this.#done = seen.done;
    this.ring.fill(this.moves ? seen.done / this.moves : 0);
    if (seen.done > wasDone) tellOver();
    if (seen.phase === "face") this.#mend(seen.hint_message);
    else if (seen.phase === "move") this.#ask(seen);
    else if (seen.phase === "back") this.#back(seen.hint_message);
    else this.#judge();
  }

  /** Leaves the stage as it was before. */
  close() {
    delete this.screen.stage.dataset.live;
    delete this.screen.stage.dataset.move;
  }

  /** @param {string | null} hint */
  #mend(hint) {
    if (hint === null) {
      if (performance.now() - this.#hintSince > HINT_MS) this.#straight();
      return;
    }
    if (this.#shown !== hint && performance.now() - this.#hintSince < HINT_MS) return;
    this.#hintSince = performance.now();
    this.#show(hint, hint);
  }

  #straight() {
    this.#show("straight", gettext("Look straight at the phone"));
  }

  /** @param {Seen} seen */
  #ask({ move, message, hint_message: hint }) {
    if (!move || !message) return;
    const isNew = this.screen.stage.dataset.move !== move;
    this.screen.stage.dataset.move = move;
    const small = move === "blink" ? untilOpen() : "";
    this.#show(`move ${move}`, message, hint ?? small, () => signOf(move));
    if (isNew) speak([message, small].filter(Boolean).join(". "));
  }

  /** @param {string | null} hint */
  #back(hint) {
    delete this.screen.stage.dataset.move;
    this.#show("back", gettext("Look straight at the phone"), hint ?? "", tick);
  }

  #judge() {
    delete this.screen.stage.dataset.move;
    this.screen.offer(); // the moves are over, and so are the ways out
    this.#show("judge", gettext("Checking …"), "", tick);
  }

  /**
   * Says the words, and draws the sign where another thing is shown than before.
   * @param {string} what  What is shown, by a name of its own.
   * @param {string} words
   * @param {string} [small]
   * @param {() => SVGElement | null} [sign]
   */
  #show(what, words, small = "", sign = () => null) {
    this.screen.say(words, small);
    if (this.#shown === what) return;
    this.#shown = what;
    const drawn = sign();
    this.sign.replaceChildren(...(drawn ? [drawn] : []));
  }
}
