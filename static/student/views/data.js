// Lets the student download all that is kept about them, or request that it is erased.

import { get, post, remove } from "../lib/api.js";
import { orByMail } from "../lib/by_mail.js";
import { asking, button, fill, h } from "../lib/dom.js";
import { moment } from "../lib/moments.js";
import { badge } from "./words.js";

const KEEP_MS = 60_000; // by then the browser has read the file

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
    done.textContent = gettext("Saved to your downloads.");
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
          "warnings, consents, and who accessed your face data. One file that other programs " +
          "can read (JSON).",
      ),
    ),
    h(
      "p",
      { class: "soft" },
      gettext(
        "It does not contain keys, pictures or what describes your face, because a file can be lost.",
      ),
    ),
    button(gettext("Download my data"), act, { class: "large" }),
    done,
  );
}

/**
 * Saves the data as a file among the browser's downloads.
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

/** @param {Api.Erasure} first  The request as it stands when the view is opened. */
function erasure(first) {
  const place = h("section", { class: "card" });
  const put = (/** @type {Api.Erasure} */ request) =>
    place.replaceChildren(h("h2", {}, gettext("Erase my data")), ...standing(request, put));
  put(first);
  return place;
}

/**
 * @param {Api.Erasure} request
 * @param {(request: Api.Erasure) => void} put  Shows the request anew.
 */
function standing({ state, asked_at: at }, put) {
  const look = async () => put(await get("/erasure"));
  if (state === "begun") {
    return [
      h("p", {}, badge("review", gettext("In progress"))),
      h("p", {}, gettext("Your data is being erased. This can no longer be stopped.")),
    ];
  }
  if (state === "waiting") {
    const takeBack = async () => {
      await remove("/erasure");
      await look();
    };
    return [...waiting(at), button(gettext("Withdraw request"), takeBack)];
  }
  return [
    state === "withdrawn"
      ? h("p", { role: "status" }, gettext("You withdrew your request. Nothing was erased."))
      : "",
    h(
      "p",
      {},
      gettext(
        "You can request that everything that identifies you is erased: your name, e-mail, " +
          "face, phones, and what was written about you.",
      ),
    ),
    h(
      "p",
      {},
      gettext(
        "The registers of your courses keep rows without a name. Afterwards you cannot log " +
          "in, check in or get your attendance confirmed. It cannot be undone.",
      ),
    ),
    asking(gettext("Request erasure"), {
      question: gettext(
        "Request that your data is erased? An admin will do it. Until then you can withdraw " +
          "the request here. Download your data first if you may need it.",
      ),
      yes: gettext("Yes, request it"),
      no: gettext("No, keep my data"),
      act: orByMail("ask_for_erasure", async () => put(await post("/erasure"))),
    }),
  ];
}

/** @param {string | null} at  When erasure was asked for. */
const waiting = (at) => [
  h("p", { role: "status" }, badge("review", gettext("Requested"))),
  h(
    "p",
    {},
    fill(
      gettext(
        "You requested this on %(when)s. An admin will do it. You get a mail when it is done.",
      ),
      { when: moment(at) },
    ),
  ),
  h("p", {}, gettext("Until then nothing changes, and you can withdraw the request.")),
];
