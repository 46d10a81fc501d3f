// Tells errors apart: the message of some is a sentence for the student, the message of others is not.

/** An error whose message tells the student what happened and what to do about it. */
export class ForPeople extends Error {}

/**
 * The sentence to show for an error. Of a fault in our own code it says only that something went wrong.
 * @param {unknown} error
 */
export function sentenceOf(error) {
  if (error instanceof ForPeople) return error.message;
  return gettext("Something went wrong on this page. Reload it.");
}

/**
 * The name of what was thrown, such as "NotAllowedError"; "" where it has none. Not every browser's
 * OverconstrainedError is an Error.
 * @param {unknown} thrown
 */
export function nameOf(thrown) {
  return typeof thrown === "object" && thrown && "name" in thrown ? String(thrown.name) : "";
}

/**
 * The message of what was thrown; "" where that is no Error.
 * @param {unknown} thrown
 */
export const messageOf = (thrown) => (thrown instanceof Error ? thrown.message : "");
