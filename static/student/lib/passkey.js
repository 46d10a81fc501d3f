// Makes and asks passkeys: the phone's own lock is a second proof that its owner is there.

import { post } from "./api.js";
import { ForPeople } from "./for_people.js";

/** Whether this browser can make and ask passkeys with the phone's own lock. */
export async function isOffered() {
  const api = globalThis.PublicKeyCredential;
  if (!api?.parseCreationOptionsFromJSON || !api.prototype.toJSON) return false;
  return api.isUserVerifyingPlatformAuthenticatorAvailable();
}

/** Thrown where the person did not answer the phone's question, or took too long. Nothing is lost. */
export class LetPass extends ForPeople {
  constructor() {
    super(gettext("The passkey was not confirmed. Try again, or continue without it."));
  }
}

/**
 * Makes a passkey on this phone, registers it, and gives the answer of `POST /passkeys`.
 * @param {string} name  What it is called in the list of passkeys.
 */
export async function make(name) {
  const { options } = await post("/passkeys/options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(creationOf(options));
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  return post("/passkeys", { credential, name });
}

/**
 * Asks a passkey, and gives its answer as JSON can hold it.
 * @param {"enrol"|"device"} purpose
 * @throws {import("./api.js").Refused} with the code "no_passkey" where the student has none.
 */
export async function answer(purpose) {
  const { options } = await post("/passkeys/challenge", { purpose });
  return answerTo(options);
}

/**
 * Asks a passkey with options that the server gave, and gives its answer as JSON can hold it.
 * @param {unknown} options
 */
export async function answerTo(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(requestOf(options));
  return asked(() => navigator.credentials.get({ publicKey }));
}

// The API's description says only that the options are an object: their shape is that of WebAuthn.

/** @param {unknown} options */
const creationOf = (options) => /** @type {PublicKeyCredentialCreationOptionsJSON} */ (options);

/** @param {unknown} options */
const requestOf = (options) => /** @type {PublicKeyCredentialRequestOptionsJSON} */ (options);

/** @param {() => Promise<Credential | null>} ask */
async function asked(ask) {
  try {
    const credential = /** @type {PublicKeyCredential} */ (await ask());
    return credential.toJSON();
  } catch {
    throw new LetPass();
  }
}
