// Leads from view to view. The address of a view is "#/" and its name; the id of what it shows may follow.

/** @import { Refused } from "./api.js" */

/** @type {() => Promise<void>} */
let show = async () => {};

/**
 * Says which function shows the view of the current address. Only static/student/app.js calls this:
 * it imports the views, so that no view has to import it.
 * @param {() => Promise<void>} action
 */
export function showWith(action) {
  show = action;
}

/**
 * Goes to a view. An address that is already the current one is shown anew.
 * @param {string} name  The view's name in the table of static/student/app.js.
 * @param {...string} rest  What follows the name in the address, such as the id of a session.
 * @returns {Promise<void>}  Resolves when an unchanged address is shown anew; at once otherwise.
 */
export async function go(name, ...rest) {
  const hash = `#/${[name, ...rest.map(encodeURIComponent)].join("/")}`;
  if (location.hash === hash) await show();
  else location.hash = hash;
}

/** @type {Refused | null} */
let outBecause = null;

/**
 * Remembers why the server logged this phone out, and goes to the page where one logs in again.
 * @param {Refused} why
 */
export function logInAgain(why) {
  outBecause = why;
  go("login");
}

/**
 * Why this phone was logged out. The reason is given once, then forgotten.
 * @returns {Refused | null}
 */
export function whyLoggedOut() {
  const why = outBecause;
  outBecause = null;
  return why;
}
