// Knows how this phone stands with the student who is logged in on it, and says what to do where it
// cannot check them in.

import { get, serverNow, who } from "./api.js";
import { fill } from "./dom.js";
import { moment } from "./moments.js";

/** @import { Who } from "./api.js" */

/**
 * @typedef {object} Obstacle  Why this phone does not check its student in, and what to do.
 * @property {"waiting" | "removed" | "of_another"} kind
 * @property {string} head  The obstacle in a few words.
 * @property {string} todo  What to do, in whole sentences.
 */

/**
 * What keeps this phone from checking its student in; null where nothing does.
 * @param {Who} [me]
 * @returns {Promise<Obstacle | null>}
 */
export async function obstacleOfPhone(me) {
  const { device } = me ?? (await who());
  if (!device) return ofAnother();
  const phone = (await get("/devices")).results.find(({ id }) => id === device);
  if (!phone) return ofAnother();
  if (phone.status === "active" || isDue(phone)) return null;
  return phone.status === "pending" ? waiting(phone) : removed();
}

/**
 * Whether the waiting time is over, so that the server lets the phone take over at its next call.
 * @param {Api.Device} phone
 */
const isDue = ({ status, activates_at: at }) =>
  status === "pending" && at !== null && Date.parse(at) / 1000 <= serverNow();

/** @returns {Obstacle} */
const ofAnother = () => ({
  kind: "of_another",
  head: gettext("This phone belongs to another student"),
  todo: gettext(
    "It cannot check you in. Log in on your own phone. If you have none, ask your teacher to mark you.",
  ),
});

/**
 * @param {Api.Device} phone
 * @returns {Obstacle}
 */
const waiting = (phone) => ({
  kind: "waiting",
  head: gettext("This phone is not approved yet"),
  todo: [gettext("Ask your teacher to approve it, or to mark you."), waitsUntil(phone)].join(" "),
});

/** @returns {Obstacle} */
const removed = () => ({
  kind: "removed",
  head: gettext("This phone was removed"),
  todo: gettext(
    "Another phone checks you in now. To use this one again, log in on it again; it then has to be " +
      "approved. Until then, ask your teacher to mark you.",
  ),
});

/**
 * When a waiting phone becomes active without anybody's approval; "" where that is not known.
 * @param {Api.Device} phone
 */
export function waitsUntil({ activates_at: at }) {
  if (!at) return "";
  const hours = Math.max(1, Math.ceil((Date.parse(at) / 1000 - serverNow()) / 3600));
  const left = fill(ngettext("in %(n)s hour", "in %(n)s hours", hours), { n: hours });
  return fill(gettext("Without approval it becomes active on %(when)s, %(left)s."), {
    when: moment(at),
    left,
  });
}
