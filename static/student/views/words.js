// Says in words how a student stands in a session, since colour alone does not reach everybody.

import { fill, h } from "../lib/dom.js";
import { time } from "../lib/moments.js";

/**
 * A badge that says how something stands.
 * @param {string} kind  The badge's class in the style sheet; "" for a plain badge.
 * @param {string} words
 */
export const badge = (kind, words) => h("span", { class: `badge ${kind}` }, words);

const RECORDED = () => ({
  present: gettext("You are present"),
  late: gettext("You are present, but late"),
  excused: gettext("You are excused"),
  absent: gettext("Absent"),
});

const STATES = () => ({
  open: gettext("Open now"),
  closed: gettext("Not checked in"),
  cancelled: gettext("Cancelled"),
  annulled: gettext("Annulled: it does not count"),
  planned: gettext("Not open yet"),
});

/**
 * @typedef {object} Standing  How a student stands in a session.
 * @property {string} kind  The class of the badge that says so.
 * @property {string} words  The words on the badge.
 * @property {string} [next]  What the student can do next, where that is not plain.
 */

/**
 * How a student stands in one of today's sessions.
 * @param {Api.StudentSessionToday} session
 * @returns {Standing}
 */
export function standingToday({
  state,
  status,
  check_in: tried,
  starts_at: start,
  time_zone: zone,
  excused_as: as,
}) {
  if (state === "cancelled" || state === "annulled") return { kind: "", words: STATES()[state] };
  if (status && !(status === "absent" && tried)) return { kind: status, words: RECORDED()[status] };
  if (tried === "review") return { kind: "review", words: gettext("Your teacher will confirm") };
  if (tried === "refused") return refused(state);
  if (state === "planned" && as) return excusedAhead(as, RECORDED().excused);
  const planned =
    state === "planned" && fill(gettext("Starts at %(time)s"), { time: time(start, zone) });
  return { kind: state, words: planned || STATES()[state] };
}

/**
 * How a student stands who is excused from a session to come.
 * @param {Api.AttendanceStatus} as  What the excuse will make of the session.
 * @param {string} plain  The words where it is not counted.
 * @returns {Standing}
 */
function excusedAhead(as, plain) {
  /** @type {Partial<Record<Api.AttendanceStatus, string>>} */
  const words = {
    absent: gettext("Excused, counts as an absence"),
    present: gettext("Excused, counts as present"),
  };
  return { kind: "excused", words: words[as] ?? plain };
}

/**
 * Says the kind of an excuse beside a badge; null where there is nothing to say.
 * @param {string} kind  The name of the kind; "" for an excuse without one.
 * @param {boolean} isOpen  Whether the session is open, so that the badge says nothing of the
 *   excuse.
 */
export function excuseNote(kind, isOpen) {
  const plain = isOpen ? gettext("You are excused") : kind;
  const words = isOpen && kind ? fill(gettext("You are excused: %(kind)s"), { kind }) : plain;
  return words ? h("span", { class: "soft" }, words) : null;
}

/**
 * How a student stands whose check-in was refused: once the session is closed, as absent.
 * @param {Api.SessionState} state
 * @returns {Standing}
 */
const refused = (state) =>
  state === "open"
    ? {
        kind: "refused",
        words: gettext("Not accepted"),
        next: gettext("Try again, or ask your teacher to mark you."),
      }
    : {
        kind: "absent",
        words: RECORDED().absent,
        next: gettext("Ask your teacher if you were there."),
      };

/**
 * How a student stands in a session of any day, as it is recorded.
 * @param {Api.StudentSession} session
 * @param {number} nowS  Seconds since 1970, by the server's clock.
 * @returns {Standing}
 */
export function standingRecorded(
  { state, status, counts, counted_as: as, starts_at: start, excused_as: ahead },
  nowS,
) {
  const words = {
    present: gettext("Present"),
    late: gettext("Late"),
    excused: gettext("Excused"),
    absent: gettext("Absent"),
  };
  if (state === "cancelled" || state === "annulled") return { kind: "", words: STATES()[state] };
  if (as === "elsewhere") return { kind: "", words: gettext("Another session counts instead") };
  if (as === "late_absence") {
    return { kind: "late", words: gettext("Late, counts as an absence") };
  }
  if (status && (counts || status === "excused")) return { kind: status, words: words[status] };
  if (state === "open") return { kind: "open", words: STATES().open };
  if (state === "closed") return { kind: "", words: STATES().closed };
  if (ahead) return excusedAhead(ahead, words.excused);
  return Date.parse(start) / 1000 > nowS
    ? { kind: "", words: gettext("Upcoming") }
    : { kind: "", words: gettext("Not opened") };
}
