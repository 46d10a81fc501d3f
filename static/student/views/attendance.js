// How I stand in each course, and what I may still miss.

import { get, page, serverNow, who } from "../lib/api.js";
import { day, fill, h, hours, pages } from "../lib/dom.js";
import { badge, recorded } from "./words.js";

export const title = () => gettext("My attendance");

/** @param {string[]} rest  A course's id for its sessions; nothing for all courses. */
export async function show(place, [courseId]) {
  const me = await who();
  const all = await get(`/attendance/statistics/all/${me.id}`);
  if (courseId)
    return sessionsOf(
      place,
      me,
      all.courses.find(({ course_id: id }) => id === courseId),
      courseId,
    );
  place.append(
    h("h1", {}, title()),
    all.courses.length ? rule(all.required_percent) : nothing(),
    h(
      "ul",
      { class: "cards" },
      all.courses.map((course) => card(course, all.required_percent)),
    ),
  );
  return undefined;
}

const rule = (percent) =>
  h(
    "p",
    { class: "soft" },
    fill(
      gettext(
        "Present and late count as attended. Excused sessions count for nobody. Asked for: %(percent)s %.",
      ),
      { percent },
    ),
  );

const nothing = () =>
  h(
    "div",
    { class: "card" },
    h("h2", {}, gettext("You are on no course yet")),
    h(
      "p",
      {},
      gettext(
        "Ask your teacher to enrol you with your roll number. Then your attendance stands here.",
      ),
    ),
  );

function card(course, required) {
  return h(
    "li",
    { class: "card" },
    h("h2", {}, course.subject),
    h("p", { class: "soft" }, course.class_group),
    ...standing(course),
    h("p", {}, h("strong", {}, allowance(course, required))),
    course.absence_streak > 1 && h("p", {}, streak(course.absence_streak)),
    h(
      "a",
      { class: "onward", href: `#/attendance/${course.course_id}` },
      gettext("All sessions"),
      h("span", { class: "unseen" }, ` ${course.subject}`),
    ),
  );
}

function standing({ attended, counted, late, excused, rate_percent: rate }) {
  if (!counted) return [h("p", {}, gettext("Nothing has counted yet."))];
  const more = [
    late && fill(ngettext("%(n)s of them late", "%(n)s of them late", late), { n: late }),
    excused && fill(ngettext("%(n)s excused", "%(n)s excused", excused), { n: excused }),
  ].filter(Boolean);
  const words = fill(
    ngettext(
      "You attended %(attended)s of %(counted)s session",
      "You attended %(attended)s of %(counted)s sessions",
      counted,
    ),
    { attended, counted },
  );
  return [
    h("p", { class: "figure" }, fill(gettext("%(rate)s %"), { rate })),
    h("progress", { max: 100, value: rate, "aria-label": gettext("Attended") }),
    h("p", {}, `${[words, ...more].join(", ")}.`),
  ];
}

function allowance(
  { sessions_ahead: ahead, may_still_miss: spare, can_be_met: possible },
  percent,
) {
  if (!possible)
    return fill(
      gettext(
        "%(percent)s % cannot be reached any more. Talk to your teacher about what is possible.",
      ),
      { percent },
    );
  if (!ahead) return gettext("No further session is planned.");
  if (spare === ahead)
    return fill(
      ngettext(
        "You may miss the session ahead.",
        "You may miss all %(ahead)s sessions ahead.",
        ahead,
      ),
      { ahead },
    );
  if (!spare)
    return fill(
      ngettext(
        "Be there at the %(ahead)s session ahead to reach %(percent)s %.",
        "Be there at all %(ahead)s sessions ahead to reach %(percent)s %.",
        ahead,
      ),
      { ahead, percent },
    );
  return fill(gettext("You may still miss %(spare)s of the %(ahead)s sessions ahead."), {
    spare,
    ahead,
  });
}

const streak = (n) =>
  fill(
    gettext("You were absent at the last %(n)s that counted. The next one is a good one to be at."),
    { n },
  );

// --- the sessions of a course ----------------------------------------------------------------

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
    course && h("p", { class: "soft" }, course.class_group),
    list.querySelector("li")
      ? list
      : h(
          "p",
          { class: "card" },
          gettext("No session is planned yet. As soon as one is, it stands here."),
        ),
  );
}

const back = () => h("p", {}, h("a", { href: "#/attendance" }, gettext("My attendance")));

function line(session) {
  const { kind, words } = recorded(session, serverNow());
  return h(
    "li",
    {},
    h(
      "span",
      { class: "when" },
      h("strong", {}, day(session.starts_at, session.time_zone)),
      h("span", { class: "soft" }, hours(session)),
    ),
    h("span", { class: "what" }, badge(kind, words), way(session)),
  );
}

function way({ source, status }) {
  const words = { review: gettext("confirmed by your teacher"), manual: gettext("marked by hand") }[
    source
  ];
  return words && status !== "excused" ? h("span", { class: "soft" }, words) : null;
}
