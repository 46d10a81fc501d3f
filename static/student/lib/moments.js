// Says moments in words. A moment comes from the server as text in ISO 8601.

import { fill } from "./dom.js";

/**
 * The time of day, in the time zone in which the class is taught.
 * @param {string} iso
 * @param {string} [zone]  A time zone's name; without one this phone's zone is used.
 */
export function time(iso, zone) {
  return format(iso, { hour: "2-digit", minute: "2-digit" }, zone);
}

/**
 * The day, with its weekday and without the year.
 * @param {string} iso
 * @param {string} [zone]  A time zone's name; without one this phone's zone is used.
 */
export function day(iso, zone) {
  return format(iso, { weekday: "short", day: "numeric", month: "short" }, zone);
}

/**
 * Day and time.
 * @param {string | null} iso  Null is taken for a moment that is not known, and gives "".
 * @param {string} [zone]  A time zone's name; without one this phone's zone is used.
 */
export function moment(iso, zone) {
  if (!iso) return "";
  return fill(gettext("%(day)s, %(time)s"), { day: day(iso, zone), time: time(iso, zone) });
}

/**
 * The hours of a session, from its start to its end, on the clock of the room. The time zone is named
 * where this phone has another one.
 * @param {{ starts_at: string, ends_at: string, time_zone: string }} session
 */
export function hours({ starts_at: start, ends_at: end, time_zone: zone }) {
  const there = `${time(start, zone)} – ${time(end, zone)}`;
  return time(start, zone) === time(start) ? there : `${there} (${zone})`;
}

/**
 * @param {string} iso
 * @param {Intl.DateTimeFormatOptions} options
 * @param {string} [zone]
 */
function format(iso, options, zone) {
  const wanted = zone ? { ...options, timeZone: zone } : options;
  return new Intl.DateTimeFormat(document.documentElement.lang, wanted).format(new Date(iso));
}
