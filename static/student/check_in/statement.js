// Signs the phone's statement of when a check-in was gathered; docs/phone-client.md describes it.

import { base64url, digest, signed } from "../lib/key.js";

/**
 * @typedef {object} Gathered  What the statement is about.
 * @property {string} nonce  The nonce of the call that carries the statement.
 * @property {string[]} tokens  The codes that were read.
 * @property {number} seenAt  When the newest code was seen, in seconds by the server's clock.
 * @property {number | null} doneAt  When the burst was done, in seconds by the server's clock; null
 *   where nothing was filmed.
 */

/**
 * Makes the signed statement, as a JWT.
 * @param {Gathered} gathered
 * @param {Uint8Array<ArrayBuffer>[]} files  The pictures of the burst, in their order.
 */
export async function statementOf({ nonce, tokens, seenAt, doneAt }, files) {
  return signed("gathered+jwt", {
    nonce,
    iat: seenAt,
    done: doneAt ?? seenAt,
    tokens: await digest(tokens.join("\n")),
    frames: await digestOfAll(files),
  });
}

/** @param {Uint8Array<ArrayBuffer>[]} files */
async function digestOfAll(files) {
  if (!files.length) return "";
  const digests = await Promise.all(files.map((file) => crypto.subtle.digest("SHA-256", file)));
  return base64url(await crypto.subtle.digest("SHA-256", await new Blob(digests).arrayBuffer()));
}
