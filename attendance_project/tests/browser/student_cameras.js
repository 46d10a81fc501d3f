// The cameras of a student's phone in the browser tests (student_phone.py).
(() => {
  const picture = (url) => new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = reject;
    image.src = url;
  });
  const [REACTION_MS, MOVING_MS] = [400, 300];
  const canvasOf = (width, height) =>
    Object.assign(document.createElement("canvas"), { width, height });

  // What the wall shows: asked for anew until it is not looked at any more.
  async function wall() {
    const canvas = canvasOf(960, 540);
    const context = canvas.getContext("2d");
    const track = canvas.captureStream(15).getVideoTracks()[0];
    const draw = async () => {
      if (track.readyState === "ended") return;
      const url = await codeOnTheWall();
      const code = url && (await picture(url));
      context.fillStyle = "#888";
      context.fillRect(0, 0, 960, 540);
      if (code) context.drawImage(code, 330, 120, 300, 300);
      setTimeout(draw, 200);
    };
    draw();
    return new MediaStream([track]);
  }

  // The page keeps the upright middle of a picture that lies, 360 of 640.
  function inTheMiddle(context, image, [right, down] = [0, 0]) {
    const scale = Math.min(360 / image.width, 480 / image.height);
    const [wide, high] = [image.width * scale, image.height * scale];
    context.drawImage(image, 320 - wide / 2 + right, 240 - high / 2 + down, wide, high);
  }

  // The real engine notices a head that is stiller than any living one.
  function swaying() {
    const s = performance.now() / 1000;
    return window.personSways ? [5 * Math.sin(0.9 * s), 4 * Math.sin(1.4 * s + 1)] : [0, 0];
  }

  // Who is filmed live makes each move a while after the page asks for it, and undoes it when the
  // page does not ask any more. Moves come in quarters, so that few pictures are drawn.
  const looks = new Map();
  const looksLike = (move, quarters) => {
    const key = quarters ? `${move} ${quarters}` : "";
    if (!looks.has(key)) {
      looks.set(key, null);
      faceThat(move, quarters / 4).then(picture).then((drawn) => looks.set(key, drawn));
    }
    return looks.get(key);
  };
  const person = { move: "", from: 0, until: 0, seen: null };
  // Somebody else is before the camera from now on.
  window.personChanges = () => {
    looks.clear();
    person.seen = null;
  };
  const personAtRest = async () => (person.seen ??= await picture(await faceThat("", 0)));
  const shareOf = (since) =>
    Math.min(Math.max((performance.now() - since - REACTION_MS) / MOVING_MS, 0), 1);
  function personNow(stage) {
    const asked = stage.dataset.move ?? "";
    if (asked && !(asked === person.move && !person.until))
      Object.assign(person, { move: asked, from: performance.now(), until: 0 });
    if (!asked && person.move && !person.until) person.until = performance.now();
    const away = person.move && !window.staysStill ? shareOf(person.from) : 0;
    const share = away - (person.until ? Math.min(shareOf(person.until), away) : 0);
    person.seen = looksLike(person.move, Math.round(4 * share)) ?? person.seen;
    return person.seen;
  }
  // No two pictures of a camera are the same.
  function noise(context) {
    for (let n = 0; window.personSways && n < 400; n += 1) {
      context.fillStyle = `rgba(${Math.random() * 255},${Math.random() * 255},0,0.05)`;
      context.fillRect(140 + Math.random() * 360, Math.random() * 480, 6, 6);
    }
    for (let left = 140; left < 500; left += 8) {
      context.fillStyle = `rgb(${[0, 0, 0].map(() => 90 + Math.random() * 120).join(" ")})`;
      context.fillRect(left, 0, 8, 24);
    }
  }

  // The face: at rest until the page records, then as the film of its challenge has it.
  const atRest = async () =>
    Promise.all((await faceAtRest()).map(async (url, n) => [n / 4, await picture(url)]));
  let film = null;
  let challenge = null; // the one for which no film is drawn yet
  const drawFilm = () => {
    const loaded = async ([at, url]) => [at, await picture(url)];
    film = filmOf(challenge).then((frames) => Promise.all(frames.map(loaded)));
    challenge = null;
  };
  async function face() {
    const canvas = canvasOf(640, 480);
    const context = canvas.getContext("2d");
    const track = canvas.captureStream(15).getVideoTracks()[0];
    let since = 0;
    const recording = () => {
      const on = document.querySelector("[data-recording]");
      since = on ? since || performance.now() : 0;
    };
    new MutationObserver(recording).observe(document, {
      subtree: true, attributes: true, attributeFilter: ["data-recording"],
    });
    const opened = performance.now();
    await personAtRest();
    if (challenge && !document.querySelector(".stage.live")) drawFilm();
    let frames = await (film ?? atRest());
    const draw = () => {
      if (track.readyState === "ended") return;
      const rests = film ? 0 : ((performance.now() - opened) / 1000) % (frames.length / 4);
      const gapMs = window.cameraGapMs ?? 66;
      // Seen until the next is drawn, and each stands for the tenth of a second that it begins.
      const at = since ? (performance.now() - since + gapMs / 2 + 33) / 1000 : rests;
      const now = frames.filter(([start]) => start <= at).at(-1) ?? frames[0];
      context.fillStyle = "#999";
      context.fillRect(0, 0, 640, 480);
      const stage = document.querySelector("[data-live]");
      const seen = stage ? personNow(stage) : now?.[1] ?? person.seen;
      if (seen) inTheMiddle(context, seen, stage ? swaying() : undefined);
      if (stage) noise(context);
      setTimeout(draw, gapMs);
    };
    draw();
    return new MediaStream([track]);
  }

  const microphone = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async ({ video, ...sound }) => {
    if (!video) return microphone(sound);
    window.camerasOpened = (window.camerasOpened ?? 0) + 1;
    window.firstOpenedAt ??= performance.now();
    if (window.cameraFails) throw new DOMException("", window.cameraFails);
    const towards = video.facingMode.ideal ?? video.facingMode;
    return towards === "user" ? face() : wall();
  };

  // Each picture of a live film: when it was sent, and its bytes.
  window.livePictures = [];
  const sockets = WebSocket.prototype;
  const sendAnyway = sockets.send;
  sockets.send = function (what) {
    if (what instanceof Blob) window.livePictures.push([performance.now(), what.size]);
    return sendAnyway.call(this, what);
  };

  const fetchAnyway = window.fetch;
  window.burstBytes = [];
  window.burstTimes = [];
  window.fetch = async (...given) => {
    const files = given[1]?.body instanceof FormData ? given[1].body.getAll("frames") : [];
    if (files.length && !String(given[0]).includes("face/enroll")) {
      window.burstBytes.push(files.reduce((sum, file) => sum + file.size, 0));
      window.burstTimes.push(JSON.parse(given[1].body.get("times_s")));
    }
    const answer = await fetchAnyway(...given);
    if (/qr.scan|face.verify|attempts|enroll.challenge/.test(String(given[0]))) {
      const body = await answer.clone().json().catch(() => null);
      if (body?.challenge) {
        window.challenge = challenge = body.challenge;
        // Drawing takes seconds, in which no other picture is drawn: a live film needs none of it.
        if (!body.live || !("WebSocket" in window)) drawFilm();
      }
    }
    return answer;
  };
})();
