// Renders the register from the rows that the server sends, and keeps it up to date.
import { find, told } from "./find.js";
import { askedFor, keep, keepInAddress } from "./in_address.js";
import { release, send } from "./send.js";
import { staying } from "./staying.js";
import { holds } from "./words.js";

/** @typedef {{ item: HTMLElement, drawn: string, status: string, undoAt?: string }} Shown */

/** @type {Record<string, string>} */
const WORDS = {
  present: gettext("Present"),
  late: gettext("Late"),
  excused: gettext("Excused"),
  absent: gettext("Absent"),
  review: gettext("To confirm"),
  refused: gettext("Refused"),
  cleared: gettext("No mark"),
  missing: gettext("Not checked in"),
};
/** @type {Record<string, string>} */
const EVIDENCE = {
  code: gettext("code"),
  short_code: gettext("short code"),
  bluetooth: gettext("Bluetooth"),
  sound: gettext("room's sound"),
  passkey: gettext("passkey"),
  face: gettext("face"),
  first: gettext("face asked: first check-in of the course"),
  doubt: gettext("face asked: after a doubt"),
  left: gettext("face asked: left when asked last time"),
  new_phone: gettext("face asked: new phone"),
  no_passkey: gettext("face asked: no passkey any more"),
  instead: gettext("face asked: in place of the passkey"),
  lot: gettext("face asked by lot"),
  not_asked: gettext("face not asked this time"),
};
/** @type {Record<string, string>} */
const SOURCES = {
  review: gettext("confirmed by the teacher"),
  manual: gettext("marked by hand"),
  excuse: gettext("excuse"),
  closing: gettext("not checked in"),
};
/** @type {Record<string, string>} */
const NOBODY = {
  all: gettext("No students on this course yet."),
  missing: gettext("No students in this list."),
  review: gettext("No check-ins to confirm."),
  refused: gettext("No refused check-ins."),
};

/** @type {Record<string, (one: Screens.Row, other: Screens.Row) => number>} */
const ORDERS = {
  number: (one, other) => one.number.localeCompare(other.number, undefined, { numeric: true }),
  status: (one, other) => placeOf(one.status) - placeOf(other.status),
  latest: (one, other) => other.time.localeCompare(one.time),
};

const UNDO_MS = 10_000; // as long as the server takes a mark back; it alone decides

/**
 * Makes the register of the page. Its `update` shows what the server has sent.
 * @param {HTMLElement} root
 * @param {object} options
 * @param {string} options.registerUrl  The address of marking by hand; a student's id follows it.
 * @param {string} options.viewer  The id of the person who is logged in.
 */
export function createRegister(root, options) {
  const list = find(root, "[data-rows]");
  const template = find(root, "[data-row]", HTMLTemplateElement);
  const filters = [...root.querySelectorAll("button")].filter(({ dataset }) => dataset.filter);
  /** @type {Map<string, Shown>} */
  const shown = new Map();
  /** @type {Screens.Row[]} */
  let rows = [];
  const search = find(root, "[data-find]", HTMLInputElement);
  const order = find(root, "[data-sort]", HTMLSelectElement);
  let filter = Object.hasOwn(NOBODY, askedFor("register-show")) ? askedFor("register-show") : "all";
  let isClosed = false;
  let mayMark = true;

  for (const button of filters) {
    button.addEventListener("click", () => {
      filter = told(button, "filter");
      keep("register-show", filter === "all" ? "" : filter);
      press();
      arrange();
    });
  }

  press();
  keepInAddress(search);
  keepInAddress(order);
  search.addEventListener("input", arrange);
  order.addEventListener("change", arrange);

  function press() {
    for (const each of filters) {
      each.setAttribute("aria-pressed", String(told(each, "filter") === filter));
    }
  }

  /** @param {Screens.RegisterMessage} message */
  function update(message) {
    const first = rows.length === 0;
    rows = message.rows;
    isClosed = message.state === "closed";
    mayMark = message.state !== "annulled" && message.state !== "cancelled";
    tally(message.counts);
    find(root, "[data-heads]").textContent = compared(message.heads, message.counts.here);
    staying(
      list,
      () => {
        for (const row of rows) draw(row, !first);
        arrange();
      },
      pressedFilter,
    );
    if (first) focusOnNamed();
  }

  /** @param {Screens.Counts} given */
  function tally(given) {
    /** @type {Record<string, number>} */
    const counts = { ...given, all: given.enrolled, missing: rows.filter(wasMissed).length };
    for (const button of filters) {
      find(button, "[data-tally]").textContent = String(counts[told(button, "filter")] ?? "");
    }
  }

  /**
   * Whether the student has not checked in yet, or had not when the session closed.
   * @param {Screens.Row} row
   */
  function wasMissed(row) {
    return row.status === "missing" || statusInWords(row, isClosed) === WORDS.absent;
  }

  /** Puts the focus on the row that the address names, for a teacher who comes from marking by hand. */
  function focusOnNamed() {
    const row = document.getElementById(location.hash.slice(1))?.closest(".row");
    if (row instanceof HTMLElement) row.focus();
  }

  function pressedFilter() {
    return filters.find((button) => button.dataset.filter === filter);
  }

  /**
   * @param {Screens.Row} row
   * @param {boolean} mayMove  Whether a row whose status has changed slides in.
   */
  function draw(row, mayMove) {
    const known = shown.get(row.student_id);
    const drawn = JSON.stringify([row, isClosed, mayMark]);
    if (known?.drawn === drawn) return;
    const item = known?.item ?? copyOf(template);
    fill(item, row, { ...options, isClosed, mayMark });
    if (row.undo?.at !== known?.undoAt) offerUndo(item, row, options.viewer);
    if (item.dataset.acted && known?.status !== row.status) say(item, row);
    if (known && mayMove && known.status !== row.status) slideIn(item);
    shown.set(row.student_id, { item, drawn, status: row.status, undoAt: row.undo?.at });
  }

  /**
   * Tells a screen reader what came of the teacher's own action.
   * @param {HTMLElement} item
   * @param {Screens.Row} row
   */
  function say(item, row) {
    delete item.dataset.acted;
    const words = { name: row.name, status: statusInWords(row, isClosed) };
    const sentence = interpolate(gettext("%(name)s: %(status)s"), words, true);
    find(root, "[data-said]").textContent = sentence;
  }

  /** @param {Screens.Row} row */
  function isOfFilter(row) {
    if (filter === "missing") return wasMissed(row);
    return filter === "all" || row.status === filter;
  }

  function arrange() {
    const wanted = rows.filter(
      (row) => isOfFilter(row) && holds(`${row.name} ${row.number}`, search.value),
    );
    const compare = ORDERS[order.value]; // the server sends the rows by name
    const sorted = compare ? wanted.sort(compare) : wanted;
    const items = sorted.flatMap((row) => shown.get(row.student_id)?.item ?? []);
    const same =
      items.length === list.children.length && items.every((x, i) => x === list.children[i]);
    if (!same) list.replaceChildren(...items);
    const empty = find(root, "[data-empty]");
    empty.hidden = items.length > 0;
    empty.textContent = search.value ? gettext("No student found.") : (NOBODY[filter] ?? "");
  }

  root.addEventListener("submit", send);
  return { update };
}

/** @param {string} status */
const placeOf = (status) => Object.keys(WORDS).indexOf(status);

/** @param {HTMLTemplateElement} template */
function copyOf(template) {
  const row = find(template.content, ".row");
  return /** @type {HTMLElement} */ (row.cloneNode(true));
}

/**
 * @param {HTMLElement} item
 * @param {Screens.Row} row
 * @param {{ registerUrl: string, isClosed: boolean, mayMark: boolean }} options  `mayMark` is false in a
 *   session that was annulled or cancelled: its marks can be read only.
 */
function fill(item, row, { registerUrl, isClosed, mayMark }) {
  /** @param {string} name */
  const part = (name) => find(item, `[data-${name}]`);
  item.id = `student-${row.student_id}`;
  item.dataset.status = row.status;
  part("name").textContent = row.name;
  part("number").textContent = row.number;
  part("how").textContent = how(row);
  part("status").textContent = statusInWords(row, isClosed);
  part("time").textContent = row.status === "absent" ? "" : row.time;
  part("problem").textContent = "";
  part("change").setAttribute("href", `${registerUrl}${row.student_id}/`);
  const aloud = mayMark ? gettext("Mark by hand: %(name)s") : gettext("History: %(name)s");
  part("change").textContent = mayMark ? gettext("Mark by hand") : gettext("History");
  part("change").setAttribute("aria-label", named(aloud, row));
  const verdict = find(item, "[data-verdict]", HTMLFormElement);
  verdict.hidden = !row.decision_id || !mayMark;
  release(verdict);
  verdict.dataset.decisionId = row.decision_id ?? "";
  verdict.action = row.decision_id ? `/reviews/${row.decision_id}/verdict/` : "";
  for (const button of verdict.querySelectorAll("button")) {
    button.setAttribute("aria-label", named(told(button, "named"), row));
  }
}

/**
 * Says what the status rests on: the reasons where a person has to look, the evidence otherwise.
 * @param {Screens.Row} row
 */
function how(row) {
  if (row.reasons.length) return [...row.reasons, ...row.signs].join(" · ");
  const kinds = row.evidence.map((kind) => EVIDENCE[kind] ?? kind);
  return [...kinds, SOURCES[row.source]].filter(Boolean).join(" · ");
}

/**
 * The student's status in words. Once the session is closed, a refused student is absent, as in the
 * reports.
 * @param {Screens.Row} row
 * @param {boolean} isClosed
 */
function statusInWords(row, isClosed) {
  const status = isClosed && row.status === "refused" ? "absent" : row.status;
  return WORDS[status] ?? status;
}

/** @param {HTMLElement} item */
function slideIn(item) {
  item.classList.remove("arrives");
  requestAnimationFrame(() => item.classList.add("arrives"));
}

/**
 * Shows the button that takes the last mark back, to its author alone and for 10 s.
 * @param {HTMLElement} item
 * @param {Screens.Row} row
 * @param {string} viewer
 */
function offerUndo(item, row, viewer) {
  const form = find(item, "[data-undo]", HTMLFormElement);
  const undo = row.undo?.by === viewer ? row.undo : null;
  form.hidden = !undo;
  clearTimeout(Number(form.dataset.timer));
  if (!undo) return;
  form.action = undo.url;
  release(form);
  find(form, "button").setAttribute("aria-label", named(gettext("Undo for %(name)s"), row));
  form.dataset.timer = String(setTimeout(() => hideIn(item, form), UNDO_MS));
}

/**
 * @param {HTMLElement} item
 * @param {HTMLElement} form
 */
function hideIn(item, form) {
  const hide = () => {
    form.hidden = true;
  };
  if (item.parentElement) staying(item.parentElement, hide, () => item);
  else hide();
}

/**
 * Says how many students the teacher has counted, and how many are checked in.
 * @param {number | null} heads  Null where nobody has counted.
 * @param {number} here
 */
function compared(heads, here) {
  if (heads === null) return "";
  const words = ngettext(
    "You counted %(heads)s; %(here)s is checked in.",
    "You counted %(heads)s; %(here)s are checked in.",
    here,
  );
  return interpolate(words, { heads, here }, true);
}

/**
 * @param {string} words  A text with a place for the name.
 * @param {{ name: string }} row
 */
function named(words, { name }) {
  return interpolate(words, { name }, true);
}
