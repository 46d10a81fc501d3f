// My face: agreeing or not, where the enrolment stands, who touched it, and taking it back.

import { get, page, post, remove } from "../lib/api.js";
import { asking, button, fill, folded, h, moment, pages } from "../lib/dom.js";
import { go } from "../lib/router.js";
import { badge } from "./words.js";

export const title = () => gettext("My face");

const FACE = "face_recognition";
const STANDS = ["waiting", "approved"];

export async function show(place) {
  const [face, texts] = await Promise.all([get("/face"), get("/face/consent")]);
  const agreed = texts.find(({ purpose }) => purpose === FACE);
  place.append(
    h("h1", {}, title()),
    ...(agreed.stands ? enrolled(face, texts) : choice(agreed)),
    log(),
  );
}

const again = () => go("face");

// --- agreeing --------------------------------------------------------------------------------

function choice(text) {
  return [
    text.answer === "declined"
      ? h(
          "div",
          { class: "card" },
          h("h2", {}, gettext("You check in without a face")),
          h(
            "p",
            {},
            gettext(
              "Your teacher confirms you, and it counts the same. You can change your mind here.",
            ),
          ),
        )
      : "",
    text.answer === "withdrawn"
      ? h(
          "div",
          { class: "card" },
          h("h2", {}, gettext("Your face is erased")),
          h(
            "p",
            {},
            gettext("You check in without it, and your teacher confirms you. It counts the same."),
          ),
        )
      : "",
    text.answer === "given"
      ? h(
          "p",
          { class: "card" },
          gettext("The text has changed since you agreed. Please read it again."),
        )
      : "",
    whole(text),
    answers(text),
  ];
}

/** All of it: its first line is the title, and a part with points begins with its heading. */
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

/** The text is broken into lines for a printer; a phone breaks it anew. */
function written(part) {
  const [first, ...points] = part.split(/\n- /).map((lines) => lines.replaceAll(/\s*\n\s*/g, " "));
  return points.length
    ? [
        h("h3", {}, first),
        h(
          "ul",
          {},
          points.map((point) => h("li", {}, point)),
        ),
      ]
    : h("p", {}, first);
}

function answers({ purpose, version, answer }) {
  const say = (action) => async () => {
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

function enrolled({ faces, photo_measured_at: photo }, texts) {
  const standing = faces.filter(({ status }) => STANDS.includes(status));
  const latest = faces[0];
  return [
    ...(standing.length ? standing.map(card) : [notYet(latest)]),
    photo
      ? h(
          "p",
          { class: "soft" },
          fill(
            gettext(
              "Your institution's photo was measured on %(when)s, to compare your enrolment " +
                "with. The photo is not kept.",
            ),
            { when: moment(photo) },
          ),
        )
      : "",
    ...texts.filter(({ purpose }) => purpose !== FACE).map(kept),
    standing.length
      ? h("p", {}, h("a", { class: "button quiet", href: "#/enrol" }, gettext("Enrol again")))
      : "",
    withdrawing(),
    folded(gettext("What you agreed to"), whole(texts.find(({ purpose }) => purpose === FACE))),
  ];
}

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
      gettext(
        "Take a few pictures of your face. Your teacher then looks at your enrolment and approves it.",
      ),
    ),
    h("a", { class: "button large", href: "#/enrol" }, gettext("Take the pictures")),
  );
}

const rejected = ({ decided_by: by, decided_at: at, note }) =>
  h(
    "div",
    {},
    h("h2", {}, gettext("The last enrolment was not approved")),
    h(
      "p",
      {},
      fill(gettext("%(name)s decided on %(when)s."), {
        name: by ?? gettext("Somebody"),
        when: moment(at),
      }),
    ),
    note && h("blockquote", {}, note),
  );

function card(face) {
  const waits = face.status === "waiting";
  return h(
    "div",
    { class: "card" },
    h(
      "p",
      {},
      waits
        ? badge("review", gettext("Waits for approval"))
        : badge("present", gettext("Approved")),
    ),
    h("p", {}, fill(gettext("Enrolled on %(when)s."), { when: moment(face.enrolled_at) })),
    waits
      ? h(
          "p",
          {},
          gettext(
            "Your teacher looks at it. Until then you are confirmed by your teacher at check-ins.",
          ),
        )
      : h(
          "p",
          {},
          fill(gettext("Approved by %(name)s on %(when)s."), {
            name: face.decided_by ?? gettext("somebody"),
            when: moment(face.decided_at),
          }),
        ),
    face.note && h("blockquote", {}, face.note),
    face.needs_renewal &&
      h("p", {}, gettext("The face check was changed since. Please enrol again.")),
    face.pictures_until &&
      h(
        "p",
        { class: "soft" },
        fill(gettext("The pictures are kept until %(when)s, as you agreed."), {
          when: moment(face.pictures_until),
        }),
      ),
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
      button(gettext("Go on"), again),
    );
  };
  told.append(
    asking(gettext("This was not me"), {
      question: gettext(
        "Was it somebody else who enrolled a face here? It is then deleted, and your teachers are told.",
      ),
      yes: gettext("Yes, it was not me"),
      no: gettext("No, it was me"),
      act,
      look: "quiet",
    }),
  );
  return told;
}

/** Keeping pictures is a choice of its own, and off until it is made. */
function kept(text) {
  const off =
    text.stands &&
    asking(gettext("Keep no pictures any more"), {
      question: gettext("Delete the kept pictures? Your face stays enrolled."),
      yes: gettext("Yes, delete them"),
      act: async () => {
        await post("/face/consent", { action: "withdraw", purpose: text.purpose });
        again();
      },
    });
  return folded(
    text.stands
      ? gettext("Pictures are kept, as you agreed")
      : gettext("Keeping pictures: your choice"),
    whole(text),
    off || answers(text),
  );
}

const withdrawing = () =>
  asking(gettext("Withdraw and erase my face"), {
    question: gettext(
      "Erase your face now? All that was made of it is deleted at once. " +
        "You then check in without it and your teacher confirms you. What was recorded stays.",
    ),
    yes: gettext("Yes, erase it"),
    act: async () => {
      await remove("/face");
      again();
    },
  });

// --- who touched it --------------------------------------------------------------------------

function log() {
  const place = h("div");
  const part = folded(gettext("Who touched my face, and what for"), place);
  part.addEventListener("toggle", () => part.open && !place.children.length && fillLog(place));
  return part;
}

async function fillLog(place) {
  place.replaceChildren(h("p", { class: "soft" }, gettext("One moment …")));
  try {
    const list = await pages((number) => page("/face/accesses", number), line, { class: "lines" });
    place.replaceChildren(
      list.querySelector("li") ? list : h("p", {}, gettext("Nobody and nothing so far.")),
    );
  } catch (error) {
    place.replaceChildren(h("p", { role: "alert" }, error.message));
  }
}

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
