// Renders the register from the rows that the server sends, and keeps it up to date.
import { staying } from "./staying.js";

const WORDS = {
  present: gettext("Present"),
  late: gettext("Late"),
  excused: gettext("Excused"),
  absent: gettext("Absent"),
  review: gettext("Review"),
  refused: gettext("Refused"),
  missing: gettext("Missing"),
};
const EVIDENCE = {
  code: gettext("code"),
  short_code: gettext("short code"),
  bluetooth: gettext("Bluetooth"),
  sound: gettext("room's sound"),
  face: gettext("face"),
};
const SOURCES = {
  review: gettext("confirmed by the teacher"),
  manual: gettext("marked by hand"),
  excuse: gettext("by a note"),
  closing: gettext("not seen by closing"),
};
const NOBODY = {
  all: gettext("Nobody is enrolled on this course yet."),
  missing: gettext("Nobody is missing."),
  review: gettext("Nothing waits for you."),
  refused: gettext("Nothing was refused."),
};

const NOT_SAVED = gettext("Not saved. Check the connection and try again.");

const UNDO_MS = 10_000; // the server's own limit, which alone decides

/**
 * @param {HTMLElement} root
 * @param {{registerUrl: string, viewer: string}} options  Where marking by hand lives; who looks.
 */
export function createRegister(root, options) {
  const list = root.querySelector("[data-rows]");
  const template = root.querySelector("[data-row]");
  const filters = [...root.querySelectorAll("[data-filter]")];
  const shown = new Map();
  let rows = [];
  let filter = "all";

  for (const button of filters) {
    button.addEventListener("click", () => {
      filter = button.dataset.filter;
      for (const each of filters) each.setAttribute("aria-pressed", String(each === button));
      arrange();
    });
  }

  function update(message) {
    const first = rows.length === 0;
    rows = message.rows;
    const counts = { ...message.counts, all: message.counts.enrolled };
    counts.missing = rows.filter(isMissing).length;
    for (const button of filters) {
      button.querySelector("[data-tally]").textContent = counts[button.dataset.filter];
    }
    root.querySelector("[data-heads]").textContent = compared(message.heads, message.counts.here);
    staying(
      list,
      () => {
        for (const row of rows) draw(row, !first);
        arrange();
      },
      pressedFilter,
    );
    if (first) document.getElementById(location.hash.slice(1))?.closest(".row")?.focus();
  }

  function pressedFilter() {
    return filters.find((button) => button.dataset.filter === filter);
  }

  function draw(row, mayMove) {
    const known = shown.get(row.student_id);
    const drawn = JSON.stringify(row);
    if (known?.drawn === drawn) return;
    const item = known?.item ?? template.content.firstElementChild.cloneNode(true);
    fill(item, row, options);
    if (row.undo?.at !== known?.undoAt) offerUndo(item, row, options.viewer);
    if (item.dataset.acted && known.status !== row.status) say(item, row);
    if (known && mayMove && known.status !== row.status) slideIn(item);
    shown.set(row.student_id, { item, drawn, status: row.status, undoAt: row.undo?.at });
  }

  /** What came of one's own action, for who does not see it. */
  function say(item, row) {
    delete item.dataset.acted;
    const words = { name: row.name, status: WORDS[row.status] ?? row.status };
    root.querySelector("[data-said]").textContent = interpolate(
      gettext("%(name)s: %(status)s"),
      words,
      true,
    );
  }

  function arrange() {
    const wanted = rows.filter((row) => {
      if (filter === "missing") return isMissing(row);
      return filter === "all" || row.status === filter;
    });
    const items = wanted.map((row) => shown.get(row.student_id).item);
    const same =
      items.length === list.children.length && items.every((x, i) => x === list.children[i]);
    if (!same) list.replaceChildren(...items);
    const empty = root.querySelector("[data-empty]");
    empty.hidden = items.length > 0;
    empty.textContent = NOBODY[filter];
  }

  root.addEventListener("submit", send);
  return { update };
}

function fill(item, row, { registerUrl }) {
  const part = (name) => item.querySelector(`[data-${name}]`);
  item.id = `student-${row.student_id}`;
  item.dataset.status = row.status;
  part("name").textContent = row.name;
  part("number").textContent = row.number;
  part("how").textContent = how(row);
  part("status").textContent = WORDS[row.status] ?? row.status;
  part("time").textContent = row.status === "absent" ? "" : row.time;
  part("problem").textContent = "";
  part("change").href = `${registerUrl}${row.student_id}/`;
  part("change").setAttribute("aria-label", named(gettext("Mark by hand: %(name)s"), row));
  const verdict = part("verdict");
  verdict.hidden = !row.decision_id;
  release(verdict);
  verdict.dataset.decisionId = row.decision_id ?? "";
  verdict.action = row.decision_id ? `/reviews/${row.decision_id}/verdict/` : "";
  for (const button of verdict.querySelectorAll("button")) {
    button.setAttribute("aria-label", named(button.dataset.named, row));
  }
}

function how(row) {
  if (row.reasons.length) return [...row.reasons, ...row.signs].join(" · ");
  const kinds = row.evidence.map((kind) => EVIDENCE[kind] ?? kind);
  return [...kinds, SOURCES[row.source]].filter(Boolean).join(" · ");
}

/** Not seen yet, or not seen by the time the session closed. */
function isMissing(row) {
  return row.status === "missing" || row.status === "absent";
}

function slideIn(item) {
  item.classList.remove("arrives");
  requestAnimationFrame(() => item.classList.add("arrives"));
}

/** Its author alone sees the button, for as long as pressing it helps. */
function offerUndo(item, row, viewer) {
  const form = item.querySelector("[data-undo]");
  const mine = row.undo?.by === viewer;
  form.hidden = !mine;
  clearTimeout(Number(form.dataset.timer));
  if (!mine) return;
  form.action = row.undo.url;
  release(form);
  form.querySelector("button").setAttribute("aria-label", named(gettext("Undo for %(name)s"), row));
  form.dataset.timer = setTimeout(() => {
    const hide = () => {
      form.hidden = true;
    };
    if (item.parentElement) staying(item.parentElement, hide, () => item);
    else hide();
  }, UNDO_MS);
}

function compared(heads, here) {
  if (heads === null) return "";
  if (heads === here) {
    const words = gettext("%(heads)s counted, as many as are present.");
    return interpolate(words, { heads }, true);
  }
  const apart = Math.abs(heads - here);
  const words =
    heads > here
      ? ngettext(
          "%(heads)s counted, %(apart)s more than is present.",
          "%(heads)s counted, %(apart)s more than are present.",
          apart,
        )
      : ngettext(
          "%(heads)s counted, %(apart)s fewer than is present.",
          "%(heads)s counted, %(apart)s fewer than are present.",
          apart,
        );
  return interpolate(words, { heads, apart }, true);
}

function named(words, { name }) {
  return interpolate(words, { name }, true);
}

/** Sends a form in place; the register that follows shows what came of it. */
async function send(event) {
  const form = event.target.closest("[data-send]");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.sending) return;
  const fields = new URLSearchParams(new FormData(form, event.submitter));
  const row = form.closest(".row");
  hold(form);
  if (row) row.dataset.acted = "yes";
  const problem = await post(form.action, fields);
  form.parentElement.querySelector("[data-problem]").textContent = problem;
  if (problem || form.hasAttribute("data-stays")) release(form);
  if (row && problem) delete row.dataset.acted;
}

// Not by `disabled`, which would take the focus away.
function hold(form) {
  form.dataset.sending = "yes";
  for (const button of form.querySelectorAll("button"))
    button.setAttribute("aria-disabled", "true");
}

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
}

/** What went wrong, in a sentence; empty where nothing did. */
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
