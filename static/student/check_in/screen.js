// Shows what stands around each step: the class, how far the check-in is, one large sentence and one
// small.

import { fill, h } from "../lib/dom.js";
import { time } from "../lib/moments.js";

const STEPS = () => [gettext("Code"), gettext("Room"), gettext("Face")];

/** The screen of a check-in, built into the place. */
export class Screen {
  /**
   * @param {HTMLElement} place
   * @param {Api.Session} session
   */
  constructor(place, session) {
    this.steps = STEPS().map((name) => h("li", {}, h("span", { class: "unseen" }, name)));
    this.head = h("header", { class: "class" });
    this.stage = h("div", { class: "stage" });
    this.main = h("p", { class: "do", role: "status" });
    this.small = h("p", { class: "soft how" });
    this.network = h(
      "p",
      { class: "network", role: "status", hidden: true },
      gettext("No connection. Trying again …"),
    );
    this.actions = h("div", { class: "actions" });
    this.name(session);
    place.replaceChildren(
      this.head,
      h("ol", { class: "progress", "aria-label": gettext("Steps") }, this.steps),
      this.stage,
      h("div", { class: "words" }, this.main, this.network, this.small),
      this.actions,
      h("p", { class: "soft ask" }, gettext("Not working? Ask your teacher to mark you.")),
    );
  }

  /**
   * Says which session it is.
   * @param {Api.Session} session
   */
  name(session) {
    const until = fill(gettext("until %(time)s"), {
      time: time(session.ends_at, session.time_zone),
    });
    const where = session.room ? fill(gettext("Room %(room)s"), { room: session.room }) : "";
    this.head.replaceChildren(
      h("h1", { tabindex: "-1" }, session.subject_name),
      h("p", { class: "soft" }, [where, until].filter(Boolean).join(" · ")),
    );
  }

  /**
   * Marks how far the check-in is.
   * @param {number} at  The step that is on, from 0; 3 where all are done.
   */
  progress(at) {
    this.steps.forEach((step, n) => {
      step.className = n < at ? "done" : n === at ? "on" : "";
      if (n === at) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
  }

  /**
   * Says what to do, and how far the check-in is. What is the same as before is not said again.
   * @param {string} main
   * @param {string} [small]
   */
  say(main, small = "") {
    if (this.main.textContent !== main) this.main.textContent = main;
    if (this.small.textContent !== small) this.small.textContent = small;
  }

  /**
   * Puts something onto the stage, in place of what was there.
   * @param {string} kind  The stage's classes in the style sheet.
   * @param {...HTMLElement} children
   */
  show(kind, ...children) {
    this.stage.className = `stage ${kind}`;
    this.stage.replaceChildren(...children);
    scrollTo(0, 0); // brings the stage into sight, wherever the last button stood
  }

  /**
   * Offers these buttons, in place of those that were there.
   * @param {...(HTMLElement | null)} buttons
   */
  offer(...buttons) {
    this.actions.replaceChildren(...buttons.filter((button) => button !== null));
  }

  /**
   * Says whether the network is waited for.
   * @param {boolean} on
   */
  waiting(on) {
    this.network.hidden = !on;
  }

  /**
   * Offers a button for each choice.
   * @template Value
   * @param {AbortSignal} signal
   * @param {...[words: string, value: Value, kind?: string]} choices  What is written on
   *   each button, the value that it stands for, and the button's classes in the style sheet.
   * @returns {Promise<Value>}  The value of the button that is pressed.
   */
  ask(signal, ...choices) {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.offer(
        ...choices.map(([words, value, kind = "large"]) =>
          h("button", { type: "button", class: kind, onclick: () => resolve(value) }, words),
        ),
      );
    });
  }
}
