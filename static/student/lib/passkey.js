// Passkeys: the phone's own lock, asked as a second proof that its owner is there.

import { post } from "./api.js";

/** Whether this browser can make and ask passkeys with the phone's own lock. */
export async function isOffered() {
  const api = globalThis.PublicKeyCredential;
  if (!api?.parseCreationOptionsFromJSON || !api.prototype.toJSON) return false;
  return api.isUserVerifyingPlatformAuthenticatorAvailable();
}

/** The person let the phone's question pass, or took too long. Nothing is lost. */
export class LetPass extends Error {
  forPeople = true;

  constructor() {
    super(
      gettext("The phone's question was not answered. You can go on without it, or try again."),
    );
  }
}

/** Make a passkey on this phone and register it. The answer of `POST /passkeys`. */
export async function make(name) {
  const { options } = await post("/passkeys/options");
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  return post("/passkeys", { credential, name });
}

/**
 * A passkey's answer, as JSON can hold it.
 * @param {"enrol"|"device"} purpose
 * @throws {Refused} with the code "no_passkey" where the student has none.
 */
export async function answer(purpose) {
  const { options } = await post("/passkeys/challenge", { purpose });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return asked(() => navigator.credentials.get({ publicKey }));
}

async function asked(ask) {
  try {
    return (await ask()).toJSON();
  } catch {
    throw new LetPass();
  }
}
