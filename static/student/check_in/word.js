// The phone's signed word on when a check-in was gathered: docs/phone-client.md.

import { base64url, digest, signed } from "../lib/key.js";

/** @param {Uint8Array[]} files  The frames, in their order. */
export async function wordOf({ nonce, tokens, seenAt, doneAt }, files) {
  return signed("gathered+jwt", {
    nonce,
    iat: seenAt,
    done: doneAt ?? seenAt,
    tokens: await digest(tokens.join("\n")),
    frames: await digestOfAll(files),
  });
}

async function digestOfAll(files) {
  if (!files.length) return "";
  const digests = await Promise.all(files.map((file) => crypto.subtle.digest("SHA-256", file)));
  return base64url(await crypto.subtle.digest("SHA-256", await new Blob(digests).arrayBuffer()));
}
