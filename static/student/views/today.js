// Today's sessions, the open one first.

import { get } from "../lib/api.js";
import { day, fill, h, time } from "../lib/dom.js";

export const title = () => gettext("Today");

export async function show(place) {
  const { now, sessions } = await get("/student/today");
  place.append(
    h("h1", {}, title()),
    h("p", { class: "soft" }, day(now)),
    sessions.length ? h("ul", { class: "cards" }, sessions.map(card)) : nothing(),
  );
}

const nothing = () => h("p", { class: "card" }, gettext("No class of yours is planned for today."));

function card(session) {
  const hours = `${time(session.starts_at, session.time_zone)} – ${time(session.ends_at, session.time_zone)}`;
  const where = session.room ? fill(gettext("Room %(room)s"), { room: session.room }) : "";
  return h(
    "li",
    { class: "card" },
    h("h2", {}, session.subject_name),
    h("p", { class: "soft" }, [hours, where, session.teacher_name].filter(Boolean).join(" · ")),
    h("p", {}, h("span", { class: `badge ${session.attendance ?? session.state}` }, session.standing)),
    session.can_check_in && h("a", { class: "button large", href: `#/check-in/${session.id}` }, gettext("Check in")),
  );
}
