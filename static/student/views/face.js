// Shows all about the student's face: the consent, how the enrolment stands, and who read the data. The
// student can withdraw and erase it here.

import { get, page, post, remove } from "../lib/api.js";
import { orByMail } from "../lib/by_mail.js";
import { FACE, textOfFace } from "../lib/consent.js";
import { asking, button, fill, folded, h, pages } from "../lib/dom.js";
import { messageOf } from "../lib/for_people.js";
import { moment } from "../lib/moments.js";
import { go } from "../lib/router.js";
import { badge } from "./words.js";

/** The title of the view. */
export const title = () => gettext("My face");

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const [face, texts] = await Promise.all([get("/face"), get("/face/consent")]);
  const text = textOfFace(texts);
  const parts = text.stands ? enrolled(face, texts) : choice(text);
  place.append(h("h1", {}, title()), ...parts, log());
}

const again = () => go("face");

// --- agreeing --------------------------------------------------------------------------------

/** @param {Api.ConsentText} text */
const choice = (text) => [soFar(text), whole(text), answers(text)];

/**
 * Says what follows from the answer that was given so far; "" where there is nothing to say.
 * @param {Api.ConsentText} text
 */
function soFar({ answer }) {
  if (answer === "declined") {
    return h(
      "div",
      { class: "card" },
      h("h2", {}, gettext("You check in without a face")),
      h(
        "p",
        {},
        gettext(
          "Your teacher confirms you. It makes no difference to your attendance. You can change your mind here.",
        ),
      ),
    );
  }
  if (answer === "withdrawn") {
    return h(
      "div",
      { class: "card" },
      h("h2", {}, gettext("Your face is erased")),
      h(
        "p",
        {},
        gettext(
          "You check in without it, and your teacher confirms you. It makes no difference to your attendance.",
        ),
      ),
    );
  }
  if (answer !== "given") return "";
  const words = gettext("The text has changed since you agreed. Please read it again.");
  return h("p", { class: "card" }, words);
}

/**
 * Shows all of a text. Its first line is the title, and a part with points begins with its heading.
 * @param {Api.ConsentText} text
 */
function whole({ text, version }) {
  const [head, ...rest] = text.split(/\n\s*\n/);
  return h(
    "section",
    { class: "card consent" },
    h("h2", {}, head),
    rest.map(written),
    h("p", { class: "soft" }, fill(gettext("Version %(version)s"), { version })),
  );
}

/**
 * Shows a part of a text. The text is broken into lines for a printer, and the phone breaks it anew.
 * @param {string} part
 */
function written(part) {
  const [first, ...points] = part.split(/\n- /).map((lines) => lines.replaceAll(/\s*\n\s*/g, " "));
  if (!points.length) return h("p", {}, first);
  const items = points.map((point) => h("li", {}, point));
  return [h("h3", {}, first), h("ul", {}, items)];
}

/** @param {Api.ConsentText} text */
function answers({ purpose, version, answer }) {
  const say = (/** @type {"give" | "decline"} */ action) => async () => {
    await post("/face/consent", { action, purpose, ...(action === "give" && { version }) });
    again();
  };
  return h(
    "div",
    { class: "pair equal" },
    button(gettext("I agree"), say("give"), { class: "choice" }),
    answer === "declined"
      ? ""
      : button(gettext("I do not agree"), say("decline"), { class: "choice" }),
  );
}

// --- the enrolment ---------------------------------------------------------------------------

/**
 * @param {Api.FaceStatus} face
 * @param {Api.ConsentText[]} texts
 */
function enrolled({ faces, photo_measured_at: photo }, texts) {
  const standing = faces.filter(({ status }) => status === "waiting" || status === "approved");
  const latest = faces[0];
  return [
    ...(standing.length ? standing.map(card) : [notYet(latest)]),
    photo ? h("p", { class: "soft" }, photoWords(photo)) : "",
    ...texts.filter(({ purpose }) => purpose !== FACE).map(shown),
    standing.length
      ? h("p", {}, h("a", { class: "button quiet", href: "#/enrol" }, gettext("Enrol again")))
      : "",
    withdrawing(),
    folded(gettext("What you agreed to"), whole(textOfFace(texts))),
  ];
}

/** @param {string} at  When the photo was measured. */
function photoWords(at) {
  const words = gettext(
    "Your institution's photo was measured on %(when)s, to compare it with your " +
      "enrolment. The photo is not kept.",
  );
  return fill(words, { when: moment(at) });
}

/** @param {Api.EnrolledFace | undefined} latest  Missing before the first enrolment. */
function notYet(latest) {
  return h(
    "div",
    { class: "card" },
    latest?.status === "rejected"
      ? rejected(latest)
      : h("h2", {}, gettext("You agreed. One step is left.")),
    h(
      "p",
      {},
      gettext("Film your face for ten seconds. Your teacher then approves your enrolment."),
    ),
    h("a", { class: "button large", href: "#/enrol" }, gettext("Film my face")),
  );
}

/** @param {Api.EnrolledFace} face */
const rejected = ({ decided_by: by, decided_at: at, note }) =>
  h(
    "div",
    {},
    h("h2", {}, gettext("Your last enrolment was rejected")),
    h(
      "p",
      {},
      fill(gettext("%(name)s decided on %(when)s."), {
        name: by ?? gettext("Somebody"),
        when: moment(at),
      }),
    ),
    note ? h("blockquote", {}, note) : null,
  );

/** @param {Api.EnrolledFace} face */
function card(face) {
  const waits = face.status === "waiting";
  return h(
    "div",
    { class: "card" },
    h(
      "p",
      {},
      waits
        ? badge("review", gettext("Waiting for approval"))
        : badge("present", gettext("Approved")),
    ),
    h("p", {}, fill(gettext("Enrolled on %(when)s."), { when: moment(face.enrolled_at) })),
    waits
      ? h("p", {}, gettext("Until your teacher approves it, your teacher confirms your check-ins."))
      : h(
          "p",
          {},
          fill(gettext("Approved by %(name)s on %(when)s."), {
            name: face.decided_by ?? gettext("somebody"),
            when: moment(face.decided_at),
          }),
        ),
    face.note ? h("blockquote", {}, face.note) : null,
    face.needs_renewal && h("p", {}, gettext("The face check has changed. Please enrol again.")),
    waits && notMe(),
  );
}

function notMe() {
  const told = h("div");
  const act = async () => {
    const { message } = await post("/face/not-me");
    told.replaceChildren(
      h("p", { role: "status" }, message),
      h("p", {}, h("a", { href: "/password/forgotten/" }, gettext("Choose a new password"))),
      button(gettext("Continue"), again),
    );
  };
  told.append(
    asking(gettext("This was not me"), {
      question: gettext(
        "Did somebody else enrol this face? It is then deleted, and your teachers are told.",
      ),
      yes: gettext("Yes, it was not me"),
      no: gettext("No, it was me"),
      act,
      look: "quiet",
    }),
  );
  return told;
}

/**
 * Shows the consent to show a picture. It is a choice of its own, and off until the student makes it.
 * @param {Api.ConsentText} text
 */
function shown(text) {
  const off =
    text.stands &&
    asking(gettext("Show no picture"), {
      question: gettext("Show no picture of your enrolment from now on? Your face stays enrolled."),
      yes: gettext("Yes, show none"),
      act: async () => {
        await post("/face/consent", { action: "withdraw", purpose: text.purpose });
        again();
      },
    });
  return folded(
    text.stands
      ? gettext("Whoever approves your face sees a picture, as you agreed")
      : gettext("Show a picture to the person who approves: your choice"),
    whole(text),
    off || answers(text),
  );
}

const withdrawing = () =>
  asking(gettext("Withdraw and erase my face"), {
    question: gettext(
      "Erase your face now? Everything made from it is deleted at once. You then check in " +
        "without it and your teacher confirms you. Existing attendance is kept.",
    ),
    yes: gettext("Yes, erase it"),
    act: orByMail("erase_face", async () => {
      await remove("/face");
      again();
    }),
  });

// --- who read the data --------------------------------------------------------------------------

function log() {
  const place = h("div");
  const part = folded(gettext("Who accessed my face data"), place);
  part.addEventListener("toggle", () => part.open && !place.children.length && fillLog(place));
  return part;
}

/** @param {HTMLElement} place */
async function fillLog(place) {
  place.replaceChildren(h("p", { class: "soft" }, gettext("One moment …")));
  try {
    const list = await pages((number) => page("/face/accesses", number), line, { class: "lines" });
    place.replaceChildren(list.querySelector("li") ? list : h("p", {}, gettext("Nobody so far.")));
  } catch (error) {
    place.replaceChildren(h("p", { role: "alert" }, messageOf(error)));
  }
}

/** @param {Api.Access} access */
const line = ({ words, by, at }) =>
  h(
    "li",
    {},
    h("span", { class: "when" }, h("strong", {}, words)),
    h(
      "span",
      { class: "soft" },
      fill(gettext("%(when)s, by %(name)s"), { when: moment(at), name: by }),
    ),
  );
