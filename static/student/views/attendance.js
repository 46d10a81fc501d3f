// Shows how the student stands in each course, and what they may still miss.

import { get, page, serverNow, who } from "../lib/api.js";
import { fill, h, pages } from "../lib/dom.js";
import { day, hours } from "../lib/moments.js";
import { badge, excuseNote, standingRecorded } from "./words.js";

/** @import { Who } from "../lib/api.js" */

/** The title of the view. */
export const title = () => gettext("My attendance");

/**
 * Fills the place.
 * @param {HTMLElement} place
 * @param {string[]} rest  A course's id for its sessions; nothing for all courses.
 */
export async function show(place, [courseId]) {
  const me = await who();
  const statistics = await get(`/attendance/statistics/all/${me.id}`);
  const { courses } = /** @type {Api.StudentStatistics} */ (statistics);
  if (courseId) {
    const course = courses.find(({ course_id: id }) => id === courseId);
    return sessionsOf(place, me, course, courseId);
  }
  const cards = courses.map(card);
  place.append(
    h("h1", {}, title()),
    courses.length ? rule() : nothing(),
    h("ul", { class: "cards" }, cards),
  );
}

const rule = () =>
  h(
    "p",
    { class: "soft" },
    gettext("Present and late count as attended. Excused sessions are not counted."),
    " ",
    gettext("A session counts once it is closed. Of sessions that are alternatives you need one."),
  );

const nothing = () =>
  h(
    "div",
    { class: "card" },
    h("h2", {}, gettext("No courses yet")),
    h(
      "p",
      {},
      gettext(
        "Ask your teacher to add you with your student number. Your attendance then appears here.",
      ),
    ),
  );

/** @param {Api.StudentCourse} course */
function card(course) {
  return h(
    "li",
    { class: "card" },
    h("h2", {}, course.subject),
    h("p", { class: "soft" }, course.class_group),
    ...standing(course),
    rulesOf(course),
    h(
      "p",
      { class: "soft" },
      fill(gettext("Required: %(percent)s %."), { percent: course.required_percent }),
    ),
    h("p", {}, h("strong", {}, allowance(course)), excused(course)),
    course.absence_streak > 1 && h("p", {}, streak(course.absence_streak)),
    h(
      "a",
      { class: "onward", href: `#/attendance/${course.course_id}` },
      gettext("All sessions"),
      h("span", { class: "unseen" }, ` ${course.subject}`),
    ),
  );
}

/**
 * Says how the course counts, where it is not the usual way.
 * @param {Api.StudentCourse} course
 */
function rulesOf({ lates_per_absence: lates, count_by: by }) {
  const words = [
    lates
      ? fill(
          ngettext("Each late counts as one absence.", "%(n)s lates count as one absence.", lates),
          { n: lates },
        )
      : "",
    by === "hours" ? gettext("Sessions count by their hours.") : "",
  ].filter(Boolean);
  return words.length ? h("p", { class: "soft" }, words.join(" ")) : null;
}

/** @param {Api.StudentCourse} course */
function standing(course) {
  const { counted, late, excused, rate_percent: rate, late_absences: absences } = course;
  if (!counted) return [h("p", {}, gettext("No sessions counted yet."))];
  const more = [
    late ? fill(ngettext("late once", "late %(n)s times", late), { n: late }) : "",
    absences
      ? fill(
          ngettext("%(n)s late counts as an absence", "%(n)s lates count as absences", absences),
          { n: absences },
        )
      : "",
    excused ? fill(ngettext("%(n)s excused", "%(n)s excused", excused), { n: excused }) : "",
  ].filter(Boolean);
  return [
    h("p", { class: "figure" }, fill(gettext("%(rate)s %"), { rate: rate ?? 0 })),
    h("progress", { max: 100, value: rate, "aria-label": gettext("Attended") }),
    h("p", {}, `${[attendedWords(course), ...more].join(", ")}.`),
  ];
}

/**
 * How much was attended, in hours or in sessions as the course counts.
 * @param {Api.StudentCourse} course
 */
function attendedWords({ attended, counted, attended_h: attendedH, counted_h: countedH }) {
  if (attendedH !== null && countedH !== null) {
    const words = gettext("You attended %(attended)s of %(counted)s h");
    return fill(words, { attended: attendedH, counted: countedH });
  }
  const words = ngettext(
    "You attended %(attended)s of %(counted)s session",
    "You attended %(attended)s of %(counted)s sessions",
    counted,
  );
  return fill(words, { attended, counted });
}

/**
 * How many sessions may still be missed, in words, by the course's own limit.
 * @param {Api.StudentCourse} course
 */
function allowance({
  sessions_ahead: ahead,
  may_still_miss: spare,
  may_still_miss_h: spareH,
  can_be_met: possible,
  required_percent: percent,
}) {
  if (!possible) {
    const words = gettext("You can no longer reach %(percent)s %. Talk to your teacher.");
    return fill(words, { percent });
  }
  if (!ahead) return gettext("No more sessions are planned.");
  if (spare === ahead) {
    const words = ngettext(
      "You can miss 1 more session.",
      "You can miss all %(ahead)s remaining sessions.",
      ahead,
    );
    return fill(words, { ahead });
  }
  if (!spare && spareH) {
    const words = gettext(
      "You can miss %(hours)s h, which is less than the longest of the %(ahead)s remaining sessions.",
    );
    return fill(words, { hours: spareH, ahead });
  }
  if (!spare) {
    const words = ngettext(
      "Attend the last session to reach %(percent)s %.",
      "Attend all %(ahead)s remaining sessions to reach %(percent)s %.",
      ahead,
    );
    return fill(words, { ahead, percent });
  }
  if (spareH !== null) {
    const words = gettext(
      "You can miss %(hours)s h, which is any %(spare)s of the %(ahead)s remaining sessions.",
    );
    return fill(words, { hours: spareH, spare, ahead });
  }
  const words = gettext("You can miss %(spare)s of the %(ahead)s remaining sessions.");
  return fill(words, { spare, ahead });
}

/**
 * Says from how many more sessions the student may stay away without missing anything.
 * @param {Api.StudentCourse} course
 */
function excused({ excused_ahead: n }) {
  if (!n) return "";
  const words = ngettext(
    "You are excused from %(n)s more session.",
    "You are excused from %(n)s more sessions.",
    n,
  );
  return ` ${fill(words, { n })}`;
}

/** @param {number} n  How many sessions in a row were missed. */
const streak = (n) =>
  fill(
    ngettext(
      "You missed the last session. Try to attend the next one.",
      "You missed the last %(n)s sessions. Try to attend the next one.",
      n,
    ),
    { n },
  );

// --- the sessions of a course ----------------------------------------------------------------

/**
 * @param {HTMLElement} place
 * @param {Who} me
 * @param {Api.StudentCourse | undefined} course  Missing where the student is on no such course.
 * @param {string} courseId
 */
async function sessionsOf(place, me, course, courseId) {
  const query = new URLSearchParams({ course: courseId });
  const list = await pages(
    (number) => page(`/attendance/statistics/sessions/${me.id}?${query}`, number),
    line,
    { class: "lines" },
  );
  place.append(
    back(),
    h("h1", {}, course?.subject ?? gettext("Sessions")),
    course ? h("p", { class: "soft" }, course.class_group) : "",
    list.querySelector("li")
      ? list
      : h("p", { class: "card" }, gettext("No sessions planned yet. They appear here.")),
  );
}

const back = () => h("p", {}, h("a", { href: "#/attendance" }, gettext("My attendance")));

/** @param {Api.StudentSession} session */
function line(session) {
  const { kind, words } = standingRecorded(session, serverNow());
  const offering = session.offering
    ? h(
        "span",
        { class: "soft" },
        fill(gettext("one of: %(offering)s"), { offering: session.offering }),
      )
    : null;
  return h(
    "li",
    {},
    h(
      "span",
      { class: "when" },
      h("strong", {}, day(session.starts_at, session.time_zone)),
      h("span", { class: "soft" }, hours(session)),
    ),
    h("span", { class: "what" }, badge(kind, words), way(session), offering),
  );
}

/**
 * Says how a status was recorded, where a person has recorded it. Of an excuse it says the kind,
 * and in a session that is open, where the badge does not, that there is one.
 * @param {Api.StudentSession} session
 */
function way({ state, source, status, excused_as: as, excuse_kind: kind }) {
  if (as) return excuseNote(kind, state === "open");
  if (source === "excuse") return excuseNote(kind, false);
  /** @type {Record<string, string>} */
  const by = { review: gettext("confirmed by your teacher"), manual: gettext("marked by hand") };
  const words = by[source ?? ""];
  return words && status !== "excused" ? h("span", { class: "soft" }, words) : null;
}
