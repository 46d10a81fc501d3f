// Shows what the camera films, with one large sentence, one small, and buttons beneath.

import { focusOn, h } from "../lib/dom.js";
import { stateSign } from "./signs.js";
import { openSounds } from "./tones.js";

/** @import { State } from "./signs.js" */

/** What a person sees while being filmed. */
export class Stage {
  constructor() {
    this.stage = h("div", { class: "stage" });
    this.main = h("p", { class: "do", role: "status" });
    this.small = h("p", { class: "soft how", "aria-live": "polite" });
    this.actions = h("div", { class: "actions", onclick: openSounds });
  }

  /**
   * Says what to do. What is the same as before is not said again.
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
   * Shows how far the check-in is by a sign, where nothing is filmed.
   * @param {State} state
   * @param {string} [more]  Further classes of the stage in the style sheet.
   */
  showSign(state, more = "") {
    this.show(`blank ${more}`, h("p", { class: "sign" }, stateSign(state)));
  }

  /**
   * Says that the camera cannot be used.
   * @param {string} why  What to do about it, in words.
   */
  sayNoCamera(why) {
    this.showSign("no-camera");
    this.say(gettext("The camera cannot be used"), why);
  }

  /**
   * Offers these buttons, in place of those that were there.
   * @param {...(HTMLElement | null)} buttons
   */
  offer(...buttons) {
    const hadFocus = this.actions.contains(document.activeElement);
    this.actions.replaceChildren(...buttons.filter((button) => button !== null));
    if (hadFocus) focusOn(this.main, { preventScroll: true }); // who uses a keyboard goes on from here
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
