// How a session stands, in words: never by colour alone.

import { fill, h, time } from "../lib/dom.js";

export const badge = (kind, words) => h("span", { class: `badge ${kind}` }, words);

const RECORDED = () => ({
  present: gettext("You are present"),
  late: gettext("You are present, and late"),
  excused: gettext("You are excused"),
  absent: gettext("Absent"),
});

const STATES = () => ({
  open: gettext("Open now"),
  closed: gettext("Over, nothing recorded"),
  cancelled: gettext("Cancelled"),
  planned: gettext("Not open yet"),
});

/**
 * Where a student stands in one of today's sessions: the badge's kind and words, and what
 * comes next where that is not plain.
 */
export function meeting({ state, status, check_in: tried, starts_at: start, time_zone: zone }) {
  if (state === "cancelled") return { kind: "", words: STATES().cancelled };
  if (status && !(status === "absent" && tried)) return { kind: status, words: RECORDED()[status] };
  if (tried === "review") return { kind: "review", words: gettext("Your teacher will confirm") };
  if (tried === "refused") return refused(state);
  const planned =
    state === "planned" && fill(gettext("Starts at %(time)s"), { time: time(start, zone) });
  return { kind: state, words: planned || STATES()[state] };
}

const refused = (state) => ({
  kind: "refused",
  words: gettext("Not accepted"),
  next:
    state === "open"
      ? gettext("Try once more, or ask your teacher to mark you.")
      : gettext("Ask your teacher if you were there."),
});

/** What is recorded of a past session. */
export function recorded({ state, status, counts, starts_at: start }, nowS) {
  const words = {
    present: gettext("Present"),
    late: gettext("Late"),
    excused: gettext("Excused"),
    absent: gettext("Absent"),
  };
  if (state === "cancelled") return { kind: "", words: STATES().cancelled };
  if (status && (counts || status === "excused")) return { kind: status, words: words[status] };
  if (state === "open") return { kind: "open", words: STATES().open };
  if (state === "closed") return { kind: "", words: STATES().closed };
  return Date.parse(start) / 1000 > nowS
    ? { kind: "", words: gettext("To come") }
    : { kind: "", words: gettext("Was not opened") };
}
