// Sends on the secret behind the # of the link, which the address then no longer has.
import { find } from "./find.js";

const secret = location.hash.slice(1);
if (secret) {
  history.replaceState(null, "", location.pathname);
  find(document, "[data-code]", HTMLInputElement).value = secret;
  find(document, "[data-link]", HTMLFormElement).submit();
}
