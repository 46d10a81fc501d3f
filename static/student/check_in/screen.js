// Shows what stands around each step: the class, and how far the check-in is.

import { fill, h } from "../lib/dom.js";
import { time } from "../lib/moments.js";
import { roomInWords } from "../lib/rooms.js";
import { Stage } from "./stage.js";

const STEPS = () => [gettext("Code"), gettext("Room"), gettext("Face")];

/** The screen of a check-in, built into the place. */
export class Screen extends Stage {
  /**
   * @param {HTMLElement} place
   * @param {Api.Session} session
   */
  constructor(place, session) {
    super();
    this.steps = STEPS().map((name) => h("li", {}, h("span", { class: "unseen" }, name)));
    this.head = h("header", { class: "class" });
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
    const where = roomInWords(session.room);
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
   * Says whether the network is waited for.
   * @param {boolean} on
   */
  waiting(on) {
    this.network.hidden = !on;
  }
}
