// Calls to the public API, each signed by this phone. Nothing else on this page talks to the server.

import { proof } from "./key.js";
import { forget, keepSealed, opened } from "./store.js";

const ROOT = "/api/v1";
const PATIENCE_MS = 30_000;
const SIGNED_OUT = "signed-out";

/** The server answered with an error: its status, its stable code and its sentence. */
export class Refused extends Error {
  constructor(status, body, waitS) {
    super(body.detail || gettext("The server could not answer. Please try again in a moment."));
    Object.assign(this, {
      forPeople: true,
      status,
      code: body.code || "error",
      fields: body.fields || {},
      waitS,
    });
  }
}

/** No answer came: no network, or a server that is away. */
export class Unreachable extends Error {
  constructor() {
    super(gettext("There is no connection right now. Check Wi-Fi or mobile data, then try again."));
    this.forPeople = true;
  }
}

/** Tells when this phone was signed out, with the Refused that said so as `detail`. */
export const events = new EventTarget();

let access = ""; // in memory only
let skewS = 0; // how far the server's clock is ahead of this phone's

/** Seconds since 1970 by the server's clock, as far as this phone knows it. */
export const serverNow = () => Date.now() / 1000 + skewS;

/** How far this phone's clock is off, in seconds; 0 until a call has shown it. */
export const clockIsOffBy = () => skewS;

/** Log in and stay in: the answer of `POST /login`. Nobody but a student stays in. */
export async function logIn(email, password, deviceName) {
  const answer = await send("POST", "/login", { email, password, device_name: deviceName });
  if (answer.user.role !== "student") {
    await send("POST", "/logout", { refresh: answer.refresh }).catch(() => null);
    return answer;
  }
  const { id, full_name: name, role } = answer.user;
  await keepSealed("who", { id, name, role, device: answer.device?.id ?? null });
  await keepTokens(answer);
  return answer;
}

/** A new student's account, as `POST /register/student` wants and answers it. */
export const register = (account) => send("POST", "/register/student", account);

/** Who is logged in here: `{ id, name, role, device }`, the last null where it is another student's. */
export const who = () => opened("who");

/** Whether this phone is logged in, as far as it knows by itself. */
export const isLoggedIn = async () => Boolean((await opened("refresh")) && (await who()));

/** Forget the log-in here, and end it on the server when that can be reached. */
export async function logOut() {
  const refresh = await opened("refresh");
  await dropTokens();
  if (refresh) await send("POST", "/logout", { refresh }).catch(() => null);
}

/**
 * The answer to a call as the logged-in student; null where there is none.
 * @param {object|FormData} [body]
 * @throws {Refused|Unreachable}
 */
export async function call(method, path, body, { patienceMs = PATIENCE_MS } = {}) {
  if (!access) await renew("");
  const used = access;
  try {
    return await send(method, path, body, { access: used, patienceMs });
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401 || !WORTH_RENEWING.has(error.code))
      throw error;
    await renew(used);
    return send(method, path, body, { access, patienceMs });
  }
}

const WORTH_RENEWING = new Set(["token_not_valid", "token_revoked"]);
const WORTH_SIGNING_ANEW = new Set(["invalid_device_proof", "device_proof_replayed"]);

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
export const remove = (path) => call("DELETE", path);

/** Everything of a paged list, `{ count, next, results }`: one page, whose number counts from 1. */
export const page = (path, number = 1) =>
  get(`${path}${path.includes("?") ? "&" : "?"}page=${number}`);

async function send(method, path, body, { access: token = "", patienceMs = PATIENCE_MS } = {}) {
  try {
    return await sendOnce(method, path, body, token, patienceMs);
  } catch (error) {
    // The clock may have been off: by now the answer has told the right time.
    if (!(error instanceof Refused) || !WORTH_SIGNING_ANEW.has(error.code)) throw error;
    return sendOnce(method, path, body, token, patienceMs);
  }
}

async function sendOnce(method, path, body, token, patienceMs) {
  const url = new URL(ROOT + path, location.origin).href;
  const headers = {
    DPoP: await proof(method, url, { access: token, now: serverNow() }),
    Accept: "application/json",
  };
  if (token) headers.Authorization = `DPoP ${token}`;
  const isForm = body instanceof FormData;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  const answer = await reach(url, {
    method,
    headers,
    body: isForm || !body ? body : JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
    signal: AbortSignal.timeout(patienceMs),
  });
  readClock(answer);
  return read(answer);
}

async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    throw new Unreachable();
  }
}

function readClock(answer) {
  const told = Date.parse(answer.headers.get("Date") || "");
  if (told) skewS = (told - Date.now()) / 1000;
}

async function read(answer) {
  const text = await answer.text().catch(() => {
    throw new Unreachable();
  });
  let body = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    body = {}; // a proxy's page
  }
  if (answer.ok) return body;
  // A server that is being restarted, or a proxy in its place, has not judged anything.
  if ([502, 503, 504].includes(answer.status)) throw new Unreachable();
  throw new Refused(answer.status, body || {}, Number(answer.headers.get("Retry-After")) || 0);
}

// --- tokens --------------------------------------------------------------------------------

async function keepTokens({ access: fresh, refresh }) {
  access = fresh;
  await keepSealed("refresh", refresh);
}

async function dropTokens() {
  access = "";
  await forget("refresh");
  await forget("who");
}

/** A new access token in place of the one that is not good any more. One page at a time. */
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

// An answer that was lost on the way: the server gives it anew, but not to a double tap.
const LOST_WAIT_MS = 6_000; // REFRESH_REUSE_GRACE_S, and a second

async function refreshed(isSecond = false) {
  const refresh = await opened("refresh");
  if (!refresh)
    throw new Refused(401, { code: "not_logged_in", detail: gettext("Please log in.") });
  try {
    return await send("POST", "/token/refresh", { refresh });
  } catch (error) {
    if (isSecond || error.code !== "refresh_token_spent") throw error;
    await new Promise((done) => setTimeout(done, LOST_WAIT_MS));
    return refreshed(true);
  }
}

// Two pages of one phone share the refresh token, which is good once.
let turn = Promise.resolve();
function oneAtATime(action) {
  if (navigator.locks) return navigator.locks.request("renew", action);
  const mine = turn.then(action);
  turn = mine.catch(() => null);
  return mine;
}

async function signOut(why) {
  await dropTokens();
  events.dispatchEvent(new CustomEvent(SIGNED_OUT, { detail: why }));
  return why;
}
