// Shows what stands around each step: the class, and how far the check-in is.

import { fill, find, h } from "../lib/dom.js";
import { time } from "../lib/moments.js";
import { roomInWords } from "../lib/rooms.js";
import { Stage } from "./stage.js";

const STEPS = () => [gettext("Code"), gettext("Room"), gettext("Face")];
const LAST = 2;

/** @typedef {"done" | "skipped" | "review" | "refused"} Standing  What became of a step. */

const STANDINGS = ["done", "skipped", "review", "refused"];

/** The screen of a check-in, built into the place. */
export class Screen extends Stage {
  /**
   * @param {HTMLElement} place
   * @param {Api.Session} session
   */
  constructor(place, session) {
    super();
    this.names = STEPS();
    this.steps = this.names.map((name) => h("li", {}, h("span", { class: "unseen" }, name)));
    this.head = h("header", { class: "class" });
    this.details = h("div", { class: "details", "aria-live": "polite" });
    this.network = h(
      "p",
      { class: "network", role: "status", hidden: true },
      gettext("No connection. Trying again …"),
    );
    this.name(session);
    place.replaceChildren(
      this.head,
      h("ol", { class: "progress", "aria-label": gettext("Steps") }, this.steps),
      this.stage,
      h("div", { class: "words" }, this.main, this.network, this.small),
      this.details,
      this.actions,
      h("p", { class: "soft ask" }, gettext("Not working? Ask your teacher to mark you.")),
    );
  }

  /**
   * Puts something onto the stage. What stood below the words is over by then.
   * @param {string} kind
   * @param {...HTMLElement} children
   * @override
   */
  show(kind, ...children) {
    super.show(kind, ...children);
    this.details.replaceChildren();
  }

  /**
   * Says which session it is.
   * @param {Api.Session} session
   */
  name(session) {
    const until = fill(gettext("until %(time)s"), {
      time: time(session.ends_at, session.time_zone),
    });
    const where = roomInWords(session.room);
    this.head.replaceChildren(
      h("h1", { tabindex: "-1", dir: "auto" }, session.subject_name),
      h(
        "p",
        { class: "soft" },
        where && h("span", { class: "room", dir: "auto" }, where),
        h("span", {}, where ? ` · ${until}` : until),
      ),
    );
  }

  /**
   * Marks which step is on.
   * @param {number} at  From 0.
   */
  progress(at) {
    this.steps.forEach((step, n) => {
      step.classList.toggle("on", n === at);
      if (n === at) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    });
  }

  /**
   * Says whether the last step is the phone's lock, in place of the face.
   * @param {boolean} isLock
   */
  asksLock(isLock) {
    this.names[LAST] = isLock ? gettext("Phone's lock") : gettext("Face");
    this.mark(LAST, null);
  }

  /**
   * Marks what became of a step.
   * @param {number} n  From 0.
   * @param {Standing | null} standing  Null where nothing did yet.
   * @param {string} [words]  The same in words.
   */
  mark(n, standing, words = "") {
    const [step, name = ""] = [this.steps[n], this.names[n]];
    if (!step) return;
    for (const each of STANDINGS) step.classList.toggle(each, each === standing);
    find(step, "span").textContent = words ? `${name}: ${words}` : name;
  }

  /**
   * Says whether the network is waited for.
   * @param {boolean} on
   */
  waiting(on) {
    this.network.hidden = !on;
  }
}
