// Sends a form without leaving the page. The register that the server sends afterwards shows what came of
// it.
import { find } from "./find.js";

const NOT_SAVED = gettext("Not saved. Check the connection and try again.");

/**
 * Sends the form that was submitted, if it has the attribute data-send.
 * @param {SubmitEvent} event
 */
export async function send(event) {
  if (!(event.target instanceof Element)) return;
  const form = event.target.closest("[data-send]");
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  const fields = fieldsOf(form, event.submitter);
  const row = /** @type {HTMLElement | null} */ (form.closest(".row"));
  hold(form);
  if (row) row.dataset.acted = "yes";
  const problem = await post(form.action, fields);
  find(form.parentElement ?? document, "[data-problem]").textContent = problem;
  if (problem || form.hasAttribute("data-stays")) release(form);
  if (row && problem) delete row.dataset.acted;
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter  The button that was pressed; its value is sent too.
 */
function fieldsOf(form, submitter) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) fields.append(name, String(value));
  return fields;
}

/**
 * Keeps the form from being sent twice. The attribute `disabled` would take the focus away, so it is not
 * used.
 * @param {HTMLFormElement} form
 */
function hold(form) {
  form.dataset.sending = "yes";
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-disabled", "true");
  }
}

/**
 * Lets the form be sent again.
 * @param {HTMLFormElement} form
 */
export function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
}

/**
 * @param {string} url
 * @param {URLSearchParams} fields
 * @returns {Promise<string>}  What went wrong, in a sentence; "" where nothing did.
 */
async function post(url, fields) {
  const headers = { Accept: "application/json" };
  try {
    const answer = await fetch(url, { method: "POST", body: fields, headers, redirect: "manual" });
    if (answer.ok || answer.type === "opaqueredirect") return "";
    const json = answer.headers.get("Content-Type")?.includes("json");
    return (json && (await answer.json()).detail) || NOT_SAVED;
  } catch {
    return NOT_SAVED;
  }
}
