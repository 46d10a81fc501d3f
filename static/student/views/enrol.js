// Enrols a face: the front camera takes a few pictures, and the server judges them.

import { call, get } from "../lib/api.js";
import { textOfFace } from "../lib/consent.js";
import { button, fill, focusOn, h, problem } from "../lib/dom.js";
import { front } from "../lib/front_camera.js";

/** @import { FrontCamera } from "../lib/front_camera.js" */

/** The title of the view. */
export const title = () => gettext("Enrol my face");

const PICTURES = 4;
const APART_MS = 700; // between two pictures
const PATIENCE_MS = 90_000; // on a slow line four pictures take their time
const LIGHT_MS = 400; // between two looks at the light
// The mean brightness of the picture's middle, of 255, under or over which a hint is shown.
const DARK = 50;
const BRIGHT = 215;

/**
 * Fills the place.
 * @param {HTMLElement} place
 */
export async function show(place) {
  const { version, stands } = textOfFace(await get("/face/consent"));
  if (!stands) {
    place.append(
      h("h1", {}, title()),
      h(
        "p",
        { class: "lead" },
        gettext("First read what happens with your face data. Then choose."),
      ),
      h("a", { class: "button large", href: "#/face" }, gettext("Read it")),
    );
    return undefined;
  }
  const stage = h("div");
  place.append(stage);
  const run = new Run(stage, version);
  await run.begin();
  return () => run.end();
}

/** Runs the view from the opened camera to the server's answer, as often as the student tries. */
class Run {
  /**
   * @param {HTMLElement} stage
   * @param {string} version  The version of the text that the student has agreed to.
   */
  constructor(stage, version) {
    this.stage = stage;
    this.version = version;
    /** @type {string[]}  Addresses of pictures in memory. */
    this.urls = [];
    /** @type {FrontCamera | null}  Null while it is shut. */
    this.camera = null;
    this.timer = 0;
    this.says = h("h1");
    this.far = h("p", { class: "soft", role: "status" });
    this.light = h("p", { class: "soft", role: "status" });
  }

  async begin() {
    this.end();
    try {
      this.camera = await front();
    } catch (error) {
      this.put(
        h("h1", {}, title()),
        problem(error),
        button(gettext("Try again"), () => this.begin()),
        notNow(),
      );
      return;
    }
    this.showCamera(this.camera);
    this.timer = setInterval(() => this.hint(), LIGHT_MS);
  }

  /** @param {FrontCamera} camera */
  showCamera(camera) {
    const words = gettext("%(n)s pictures. Fill the oval with your face, alone and in even light.");
    this.says = h("h1", {}, gettext("Look straight at the phone"));
    this.far = h("p", { class: "soft", role: "status" }, fill(words, { n: PICTURES }));
    this.light = h("p", { class: "soft", role: "status" });
    this.put(
      this.says,
      this.far,
      h("div", { class: "camera" }, camera.video, h("div", { class: "oval" })),
      this.light,
      button(gettext("Take the pictures"), () => this.shoot(camera), { class: "large" }),
      notNow(),
    );
  }

  /** Says how the light is. */
  hint() {
    if (!this.camera) return;
    const fresh = lightWords(this.camera.brightness());
    if (this.light.textContent !== fresh) this.light.textContent = fresh;
  }

  /** @param {FrontCamera} camera */
  async shoot(camera) {
    const frames = [];
    this.says.textContent = gettext("Hold still");
    for (let n = 1; n <= PICTURES; n += 1) {
      this.far.textContent = fill(gettext("Picture %(n)s of %(all)s"), { n, all: PICTURES });
      await new Promise((done) => setTimeout(done, APART_MS));
      frames.push(await camera.picture());
    }
    this.far.textContent = gettext("Sending …");
    try {
      await this.send(frames);
    } catch (error) {
      this.says.textContent = gettext("Look straight at the phone");
      this.far.textContent = "";
      throw error;
    }
  }

  /** @param {Blob[]} frames */
  async send(frames) {
    const form = new FormData();
    for (const [n, frame] of frames.entries()) form.append("frames", frame, `${n + 1}.jpg`);
    form.append("consent_version", this.version);
    const answer = await call("POST", "/face/enroll", form, { patienceMs: PATIENCE_MS });
    this.end();
    if (answer.status === "not_enrolled") this.mend(answer, frames);
    else this.done(answer);
    focusOn(this.stage.querySelector("h1"));
  }

  /** @param {Api.FaceEnrolment} answer */
  done({ message }) {
    this.put(
      h("h1", {}, gettext("Done")),
      h("p", { class: "lead" }, message),
      h("a", { class: "button large", href: "#/face" }, gettext("Continue")),
    );
  }

  /**
   * Shows each picture with what was wrong with it.
   * @param {Api.FaceEnrolment} answer
   * @param {Blob[]} frames
   */
  mend({ message, hint_messages: hints }, frames) {
    const picture = (/** @type {Blob} */ frame, /** @type {number} */ n) => {
      const src = URL.createObjectURL(frame);
      this.urls.push(src);
      const image = h("img", { src, alt: fill(gettext("Picture %(n)s"), { n: n + 1 }) });
      return h("li", {}, image, h("span", {}, hints[n] ?? gettext("This one is good.")));
    };
    this.put(
      h("h1", {}, gettext("Please try again")),
      h("p", { class: "lead" }, message),
      h("ul", { class: "pictures" }, frames.map(picture)),
      button(gettext("Take them again"), () => this.begin(), { class: "large" }),
      notNow(),
    );
  }

  /** @param {...HTMLElement} parts */
  put(...parts) {
    this.stage.replaceChildren(...parts);
  }

  /** Shuts the camera, and lets no picture stay in memory. */
  end() {
    clearInterval(this.timer);
    this.camera?.stop();
    this.camera = null;
    for (const url of this.urls.splice(0)) URL.revokeObjectURL(url);
  }
}

const notNow = () => h("p", {}, h("a", { href: "#/face" }, gettext("Not now")));

/** @param {number} mean  The mean brightness, from 0 to 255. */
function lightWords(mean) {
  if (mean < DARK) return gettext("Too dark. Turn towards a lamp or a window.");
  if (mean > BRIGHT) return gettext("Too bright. Turn away from the lamp or the window.");
  return gettext("The light is good.");
}
