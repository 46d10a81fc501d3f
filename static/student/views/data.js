// Lets the student take along all that is kept about them, or have it erased.

import { get, post, remove } from "../lib/api.js";
import { asking, button, fill, h } from "../lib/dom.js";
import { moment } from "../lib/moments.js";
import { badge } from "./words.js";

const KEEP_MS = 60_000; // for the browser to have read the file

/** The title of the view. */
export const title = () => gettext("My data");

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const request = await get("/erasure");
  place.append(h("h1", {}, title()), download(), erasure(request));
}

function download() {
  const done = h("p", { role: "status" });
  const act = async () => {
    save(await get("/my-data"));
    done.textContent = gettext("It is in your downloads.");
  };
  return h(
    "section",
    { class: "card" },
    h("h2", {}, gettext("Download it")),
    h(
      "p",
      {},
      gettext(
        "Your account, phones, courses, attendance with every decision and its reasons, " +
          "warnings, consents, and who touched your face. " +
          "One file that other programs can read (JSON).",
      ),
    ),
    h(
      "p",
      { class: "soft" },
      gettext("Keys, pictures and what describes your face are not in it: a file can be lost."),
    ),
    button(gettext("Download my data"), act, { class: "large" }),
    done,
  );
}

/**
 * Puts it into the downloads.
 * @param {Api.OwnData} data
 */
function save(data) {
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }),
  );
  h("a", { href: address, download: "attendance-data.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_MS);
}

// --- erasure ---------------------------------------------------------------------------------

/** @param {Api.Erasure} first  As it stands when the page is opened. */
function erasure(first) {
  const place = h("section", { class: "card" });
  const put = (/** @type {Api.Erasure} */ request) =>
    place.replaceChildren(h("h2", {}, gettext("Have it erased")), ...standing(request, put));
  put(first);
  return place;
}

/**
 * @param {Api.Erasure} request
 * @param {(request: Api.Erasure) => void} put  Shows it anew.
 */
function standing({ state, asked_at: at }, put) {
  const look = async () => put(await get("/erasure"));
  if (state === "begun") {
    return [
      h("p", {}, badge("review", gettext("Under way"))),
      h("p", {}, gettext("Your data is being erased. It cannot be stopped any more.")),
    ];
  }
  if (state === "waiting") {
    const takeBack = async () => {
      await remove("/erasure");
      await look();
    };
    return [...waiting(at), button(gettext("Take it back"), takeBack)];
  }
  return [
    state === "withdrawn"
      ? h("p", { role: "status" }, gettext("You took your request back. Nothing was erased."))
      : "",
    h(
      "p",
      {},
      gettext(
        "You can ask for everything that tells who you are to be erased: your name, e-mail, " +
          "face, phones, and what was written about you.",
      ),
    ),
    h(
      "p",
      {},
      gettext(
        "The registers of your courses keep rows without a name. " +
          "You cannot log in, check in or get your attendance confirmed afterwards, and it cannot " +
          "be undone.",
      ),
    ),
    asking(gettext("Ask for erasure"), {
      question: gettext(
        "Ask for your data to be erased? An administrator carries it out. " +
          "Until then you can take it back here. Download your data first if you may need it.",
      ),
      yes: gettext("Yes, ask for it"),
      no: gettext("No, keep my data"),
      act: async () => put(await post("/erasure")),
    }),
  ];
}

/** @param {string | null} at  When it was asked for. */
const waiting = (at) => [
  h("p", { role: "status" }, badge("review", gettext("Asked for"))),
  h(
    "p",
    {},
    fill(
      gettext(
        "You asked on %(when)s. An administrator carries it out; you get a mail when it is done.",
      ),
      { when: moment(at) },
    ),
  ),
  h("p", {}, gettext("Until then all goes on as before, and you can take it back.")),
];
