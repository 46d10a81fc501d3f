// Calls the public API; this phone signs each call. Nothing else on this page talks to the server.

import { ForPeople } from "./for_people.js";
import { proof } from "./key.js";
import { forget, keepSealed, opened } from "./store.js";

const ROOT = "/api/v1";
const PATIENCE_MS = 30_000;
const SIGNED_OUT = "signed-out";

/**
 * @typedef {object} Who  The student who is logged in on this phone.
 * @property {string} id
 * @property {string} name
 * @property {string} role
 * @property {string | null} device  The id of this phone; null where it is another student's.
 * @property {boolean} [isConfirmed]  Whether the e-mail address was confirmed when this was kept.
 */

/** Thrown where the server answered with an error: holds its status, its stable code and its sentence. */
export class Refused extends ForPeople {
  /**
   * @param {number} status  The HTTP status.
   * @param {Partial<Api.Failure>} body
   * @param {number} [waitS]  Seconds after which the same call may succeed; 0 where nothing is said.
   */
  constructor(status, body, waitS = 0) {
    super(body.detail || gettext("The server could not answer. Please try again in a moment."));
    this.status = status;
    this.code = body.code || "error";
    this.fields = body.fields || {};
    this.waitS = waitS;
  }
}

/** Thrown where no answer came: there is no network, or the server is away. */
export class Unreachable extends ForPeople {
  constructor() {
    super(gettext("No connection. Check Wi-Fi or mobile data, then try again."));
  }
}

const happenings = new EventTarget();

/**
 * Calls the listener when the server has ended this phone's log-in.
 * @param {(why: Refused) => void} listener
 */
export function onSignedOut(listener) {
  happenings.addEventListener(SIGNED_OUT, (event) => {
    if (event instanceof CustomEvent) listener(event.detail);
  });
}

let access = ""; // kept in memory only
let skewS = 0; // seconds by which the server's clock is ahead of this phone's

/** Seconds since 1970 by the server's clock, as far as this phone knows it. */
export const serverNow = () => Date.now() / 1000 + skewS;

/** How far this phone's clock is off, in seconds; 0 until a call has shown it. */
export const clockIsOffBy = () => skewS;

/**
 * Logs in, and gives the answer of `POST /login`. Only a student stays logged in on this page.
 * @param {string} email
 * @param {string} password
 * @param {string} deviceName
 */
export async function logIn(email, password, deviceName) {
  const answer = await send("POST", "/login", { email, password, device_name: deviceName });
  if (answer.user.role !== "student") {
    await send("POST", "/logout", { refresh: answer.refresh }).catch(() => null);
    return answer;
  }
  const { id, full_name: name, role, email_confirmed: isConfirmed } = answer.user;
  await keepSealed("who", { id, name, role, device: answer.device?.id ?? null, isConfirmed });
  await keepTokens(answer);
  return answer;
}

/**
 * Makes a new student's account by `POST /register/student`.
 * @param {Api.NewAccount} account
 */
export const register = (account) => send("POST", "/register/student", account);

/**
 * The student who is logged in here; null where there is none.
 * @returns {Promise<Who | null>}
 */
export const whoOrNobody = async () => /** @type {Who | null} */ (await opened("who"));

/**
 * The student who is logged in here, for views that nobody else sees.
 * @returns {Promise<Who>}
 * @throws {Refused} where nobody is: another page may have logged out meanwhile.
 */
export async function who() {
  const me = await whoOrNobody();
  if (!me) throw notLoggedIn();
  return me;
}

/**
 * Whether the student's e-mail address is confirmed. Once it is, the server is not asked any more.
 * @param {Who} me
 */
export async function isConfirmed(me) {
  if (me.isConfirmed !== false) return true;
  const { email_confirmed: isNow } = await get(`/profile/${me.id}`);
  if (isNow) await keepSealed("who", { ...me, isConfirmed: true });
  return isNow;
}

/** Whether this phone is logged in, as far as it knows by itself. */
export const isLoggedIn = async () => Boolean((await keptRefresh()) && (await whoOrNobody()));

/** Forgets the log-in here, and ends it on the server when that can be reached. */
export async function logOut() {
  const refresh = await keptRefresh();
  await dropTokens();
  if (refresh) await send("POST", "/logout", { refresh }).catch(() => null);
}

/**
 * The answer to a call as the logged-in student; null where the answer is empty.
 * @template {Api.Method} Method
 * @template {string} Path
 * @param {Method} method
 * @param {Path} path  Below /api/v1, with its query.
 * @param {Api.Body<Method, Path> | FormData} [body]
 * @param {{ patienceMs?: number }} [options]  The milliseconds after which no answer is waited for.
 * @returns {Promise<Api.Answer<Method, Path>>}
 * @throws {Refused|Unreachable}
 */
export async function call(method, path, body, { patienceMs = PATIENCE_MS } = {}) {
  if (!access) await renew("");
  const used = access;
  try {
    return await send(method, path, body, { access: used, patienceMs });
  } catch (error) {
    const isWorthIt = error instanceof Refused && error.status === 401;
    if (!isWorthIt || !WORTH_RENEWING.has(error.code)) throw error;
    await renew(used);
    return send(method, path, body, { access, patienceMs });
  }
}

const WORTH_RENEWING = new Set(["token_not_valid", "token_revoked"]);
const WORTH_SIGNING_ANEW = new Set(["invalid_device_proof", "device_proof_replayed"]);

/**
 * The answer to a GET.
 * @template {string} Path
 * @param {Path} path
 */
export const get = (path) => call("GET", path);

/**
 * The answer to a POST.
 * @template {string} Path
 * @param {Path} path
 * @param {Api.Body<"POST", Path> | FormData} [body]
 */
export const post = (path, body = /** @type {Api.Body<"POST", Path>} */ ({})) =>
  call("POST", path, body);

/**
 * The answer to a DELETE.
 * @template {string} Path
 * @param {Path} path
 */
export const remove = (path) => call("DELETE", path);

/**
 * One page of a list.
 * @template {string} Path
 * @param {Path} path  Of the list, without the number of the page.
 * @param {number} [number]  Counted from 1.
 * @returns {Promise<Api.Answer<"GET", Path>>}
 */
export const page = (path, number = 1) =>
  get(/** @type {Path} */ (`${path}${path.includes("?") ? "&" : "?"}page=${number}`));

/**
 * @typedef {object} Sending  How a call is sent.
 * @property {string} [access]  The access token; missing where nobody is logged in.
 * @property {number} [patienceMs]  The milliseconds after which no answer is waited for.
 */

/**
 * @template {Api.Method} Method
 * @template {string} Path
 * @param {Method} method
 * @param {Path} path
 * @param {Api.Body<Method, Path> | FormData} [body]
 * @param {Sending} [options]
 * @returns {Promise<Api.Answer<Method, Path>>}
 */
async function send(method, path, body, { access: token = "", patienceMs = PATIENCE_MS } = {}) {
  const once = () => sendOnce(method, path, body, token, patienceMs);
  try {
    return /** @type {Api.Answer<Method, Path>} */ (await once());
  } catch (error) {
    // This phone's clock may have been wrong. By now the server's answer has told the right time.
    if (!(error instanceof Refused) || !WORTH_SIGNING_ANEW.has(error.code)) throw error;
    return /** @type {Api.Answer<Method, Path>} */ (await once());
  }
}

/**
 * @param {Api.Method} method
 * @param {string} path
 * @param {object | FormData | undefined} body
 * @param {string} token
 * @param {number} patienceMs
 */
async function sendOnce(method, path, body, token, patienceMs) {
  const url = new URL(ROOT + path, location.origin).href;
  const answer = await reach(url, {
    method,
    headers: await headersOf(method, url, body, token),
    body: body instanceof FormData || !body ? body : JSON.stringify(body),
    cache: "no-store",
    // The log-in shows the cookie by which the server knows a browser again; nothing else needs one.
    credentials: path === "/login" ? "same-origin" : "omit",
    signal: AbortSignal.timeout(patienceMs),
  });
  readClock(answer);
  return read(answer);
}

/**
 * @param {Api.Method} method
 * @param {string} url
 * @param {object | FormData | undefined} body
 * @param {string} token
 */
async function headersOf(method, url, body, token) {
  /** @type {Record<string, string>} */
  const headers = {
    DPoP: await proof(method, url, { access: token, now: serverNow() }),
    Accept: "application/json",
  };
  if (token) headers.Authorization = `DPoP ${token}`;
  if (body && !(body instanceof FormData)) headers["Content-Type"] = "application/json";
  return headers;
}

/**
 * @param {string} url
 * @param {RequestInit} options
 */
async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    throw new Unreachable();
  }
}

/** @param {Response} answer */
function readClock(answer) {
  const told = Date.parse(answer.headers.get("Date") || "");
  if (told) skewS = (told - Date.now()) / 1000;
}

/**
 * @param {Response} answer
 * @returns {Promise<unknown>}
 */
async function read(answer) {
  const text = await answer.text().catch(() => {
    throw new Unreachable();
  });
  const body = parsed(text);
  if (answer.ok) return body;
  // A server that is being restarted, or a proxy in its place, has not judged anything.
  if ([502, 503, 504].includes(answer.status)) throw new Unreachable();
  throw new Refused(answer.status, body || {}, Number(answer.headers.get("Retry-After")) || 0);
}

/** @param {string} text */
function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return {}; // it is a page of a proxy
  }
}

// --- tokens --------------------------------------------------------------------------------

const keptRefresh = async () => /** @type {string | null} */ (await opened("refresh"));

/** @param {Api.TokenPair} pair */
async function keepTokens({ access: fresh, refresh }) {
  access = fresh;
  await keepSealed("refresh", refresh);
}

async function dropTokens() {
  access = "";
  await forget("refresh");
  await forget("who");
}

/**
 * Gets a new access token in place of the one that is not good any more. One page does it at a time.
 * @param {string} worn  The token that is not good any more.
 */
async function renew(worn) {
  await oneAtATime(async () => {
    if (access !== worn) return; // another call was quicker
    try {
      await keepTokens(await refreshed());
    } catch (error) {
      throw error instanceof Refused && error.status === 401 ? await signOut(error) : error;
    }
  });
}

// If an answer was lost on the way, the server gives it anew, but only REFRESH_REUSE_GRACE_S (5 s) after
// the first: a sooner call may be a second tap. So this page waits for a second longer.
const LOST_WAIT_MS = 6_000;

/** @returns {Promise<Api.TokenPair>} */
async function refreshed(isSecond = false) {
  const refresh = await keptRefresh();
  if (!refresh) throw notLoggedIn();
  try {
    return await send("POST", "/token/refresh", { refresh });
  } catch (error) {
    const isSpent = error instanceof Refused && error.code === "refresh_token_spent";
    if (isSecond || !isSpent) throw error;
    await new Promise((done) => setTimeout(done, LOST_WAIT_MS));
    return refreshed(true);
  }
}

const notLoggedIn = () =>
  new Refused(401, { code: "not_logged_in", detail: gettext("Please log in.") });

/** @type {Promise<unknown>} */
let turn = Promise.resolve();

/**
 * Does the action while no other page of this phone does: they share the refresh token, which is good
 * once.
 * @param {() => Promise<void>} action
 */
function oneAtATime(action) {
  if (navigator.locks) return navigator.locks.request("renew", action);
  const mine = turn.then(action);
  turn = mine.catch(() => null);
  return mine;
}

/** @param {Refused} why */
async function signOut(why) {
  await dropTokens();
  happenings.dispatchEvent(new CustomEvent(SIGNED_OUT, { detail: why }));
  return why;
}
