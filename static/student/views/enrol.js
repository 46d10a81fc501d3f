// Enrolling a face: a few pictures by the front camera, judged by the server.

import { call, get } from "../lib/api.js";
import { button, fill, h, problem } from "../lib/dom.js";
import { front } from "../lib/front_camera.js";

export const title = () => gettext("Enrol my face");

const PICTURES = 4;
const APART_MS = 700;
const PATIENCE_MS = 90_000; // on a slow line four pictures take their time
const LIGHT_MS = 400;
const DARK = 50; // of 255, the mean of the picture's middle
const BRIGHT = 215;

export async function show(place) {
  const [{ version, stands }] = await get("/face/consent");
  if (!stands) {
    place.append(
      h("h1", {}, title()),
      h("p", { class: "lead" }, gettext("Read first what happens with your face, and choose.")),
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

class Run {
  constructor(stage, version) {
    this.stage = stage;
    this.version = version;
    this.urls = [];
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
        h("p", {}, h("a", { href: "#/face" }, gettext("Not now"))),
      );
      return;
    }
    this.says = h("h1", {}, gettext("Look straight at the phone"));
    this.far = h(
      "p",
      { class: "soft", role: "status" },
      fill(gettext("%(n)s pictures. Fill the oval with your face, alone and in even light."), {
        n: PICTURES,
      }),
    );
    this.light = h("p", { class: "soft", role: "status" });
    this.take = button(gettext("Take the pictures"), () => this.shoot(), { class: "large" });
    this.put(
      this.says,
      this.far,
      h("div", { class: "camera" }, this.camera.video, h("div", { class: "oval" })),
      this.light,
      this.take,
      h("p", {}, h("a", { href: "#/face" }, gettext("Not now"))),
    );
    this.timer = setInterval(() => this.hint(), LIGHT_MS);
  }

  hint() {
    const mean = this.camera.brightness();
    const words =
      mean < DARK
        ? gettext("It is dark here. Turn towards a lamp or a window.")
        : gettext("It is very bright. Turn away from the light.");
    const fresh = mean < DARK || mean > BRIGHT ? words : gettext("The light is good.");
    if (this.light.textContent !== fresh) this.light.textContent = fresh;
  }

  async shoot() {
    const frames = [];
    this.says.textContent = gettext("Hold still");
    for (let n = 1; n <= PICTURES; n += 1) {
      this.far.textContent = fill(gettext("Picture %(n)s of %(all)s"), { n, all: PICTURES });
      await new Promise((done) => setTimeout(done, APART_MS));
      frames.push(await this.camera.picture());
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

  async send(frames) {
    const form = new FormData();
    for (const [n, frame] of frames.entries()) form.append("frames", frame, `${n + 1}.jpg`);
    form.append("consent_version", this.version);
    const answer = await call("POST", "/face/enroll", form, { patienceMs: PATIENCE_MS });
    this.end();
    if (answer.status === "not_enrolled") this.mend(answer, frames);
    else
      this.put(
        h("h1", {}, gettext("That is done")),
        h("p", { class: "lead" }, answer.message),
        h("a", { class: "button large", href: "#/face" }, gettext("Go on")),
      );
    this.stage.querySelector("h1").setAttribute("tabindex", "-1");
    this.stage.querySelector("h1").focus();
  }

  mend({ message, hint_messages: hints }, frames) {
    const picture = (frame, n) => {
      const src = URL.createObjectURL(frame);
      this.urls.push(src);
      return h(
        "li",
        {},
        h("img", { src, alt: fill(gettext("Picture %(n)s"), { n: n + 1 }) }),
        h("span", {}, hints[n] ?? gettext("This one is good.")),
      );
    };
    this.put(
      h("h1", {}, gettext("Once more, please")),
      h("p", { class: "lead" }, message),
      h("ul", { class: "pictures" }, frames.map(picture)),
      button(gettext("Take them again"), () => this.begin(), { class: "large" }),
      h("p", {}, h("a", { href: "#/face" }, gettext("Not now"))),
    );
  }

  put(...parts) {
    this.stage.replaceChildren(...parts);
  }

  /** The camera goes dark, and no picture stays in memory. */
  end() {
    clearInterval(this.timer);
    this.camera?.stop();
    this.camera = null;
    for (const url of this.urls.splice(0)) URL.revokeObjectURL(url);
  }
}
