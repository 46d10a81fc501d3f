// The phone's own key (P-256), and the proof over each call that it signs (RFC 9449).

import { kept } from "./store.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/** Bytes or text in base64url, without padding. */
export function base64url(bytes) {
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : new Uint8Array(bytes);
  let text = "";
  for (const byte of data) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** A fresh name for a step or a proof. */
export const nonce = (bytes = 16) => base64url(crypto.getRandomValues(new Uint8Array(bytes)));

/** SHA-256 of text, base64url. */
export async function digest(text) {
  return base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

const pair = () =>
  kept("device-key", () => crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]));

/** A JWT by this phone's key, with the public half in its head. */
export async function signed(type, claims) {
  const { privateKey, publicKey } = await pair();
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const head = { typ: type, alg: "ES256", jwk: { kty, crv, x, y } };
  const body = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(claims))}`;
  const signature = await crypto.subtle.sign(SIGNATURE, privateKey, new TextEncoder().encode(body));
  return `${body}.${base64url(signature)}`;
}

/**
 * The proof for one call.
 * @param {string} url  Whole; its query is not part of the proof.
 * @param {{access?: string, now: number}} more  `now` in seconds, by the server's clock.
 */
export async function proof(method, url, { access, now }) {
  const claims = { htm: method, htu: url.split(/[?#]/)[0], iat: Math.floor(now), jti: nonce() };
  if (access) claims.ath = await digest(access);
  return signed("dpop+jwt", claims);
}
