// Keeps the phone's own key (P-256), and signs the proof of each call with it (RFC 9449).

import { kept } from "./store.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };

/**
 * Bytes or text in base64url, without padding.
 * @param {string | Uint8Array | ArrayBuffer} bytes
 */
export function base64url(bytes) {
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : new Uint8Array(bytes);
  let text = "";
  for (const byte of data) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * A fresh name for a step or a proof.
 * @param {number} [bytes]  How many random bytes it is made of.
 */
export const nonce = (bytes = 16) => base64url(crypto.getRandomValues(new Uint8Array(bytes)));

/**
 * The SHA-256 digest of a text, in base64url.
 * @param {string} text
 */
export async function digest(text) {
  return base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** @returns {Promise<CryptoKeyPair>} */
const pair = () =>
  kept("device-key", () => crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]));

/**
 * Makes a JWT, signed by this phone's key, with the key's public half in its head.
 * @param {string} type  What the token is for, as its `typ`.
 * @param {object} claims
 */
export async function signed(type, claims) {
  const { privateKey, publicKey } = await pair();
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const head = { typ: type, alg: "ES256", jwk: { kty, crv, x, y } };
  const body = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify(claims))}`;
  const bytes = new TextEncoder().encode(body);
  const signature = await crypto.subtle.sign(SIGNATURE, privateKey, bytes);
  return `${body}.${base64url(signature)}`;
}

/**
 * Makes the proof for one call.
 * @param {string} method
 * @param {string} url  The whole address. Its query is not part of the proof.
 * @param {object} more
 * @param {string} [more.access]  The access token that the call carries.
 * @param {number} more.now  Seconds since 1970, by the server's clock.
 */
export async function proof(method, url, { access, now }) {
  const claims = { htm: method, htu: url.split(/[?#]/)[0], iat: Math.floor(now), jti: nonce() };
  return signed("dpop+jwt", access ? { ...claims, ath: await digest(access) } : claims);
}
