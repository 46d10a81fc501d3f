// The cameras of a phone in a benchmark: the wall shows the running session's code, and a drawn person
// makes each move as the page asks for it. LOOKS has the person's pictures by move and share, REACTION_MS
// how long they take to react, MOVING_MS how long they move.
(() => {
  const marks = [];
  window.marks = marks;
  const mark = (what) => marks.push([what, performance.now()]);
  const loaded = (url) =>
    new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = reject;
      image.src = url;
    });
  const looks = new Map();
  const ready = Promise.all(
    Object.entries(LOOKS).map(async ([name, url]) => looks.set(name, await loaded(url))),
  );

  const canvasOf = (width, height) =>
    Object.assign(document.createElement("canvas"), { width, height });

  // Draws until the track is stopped. Each picture has its own place and noise, as a camera's have.
  function filming(width, height, draw) {
    const canvas = canvasOf(width, height);
    const context = canvas.getContext("2d");
    const stream = canvas.captureStream(30);
    const [track] = stream.getVideoTracks();
    const next = () => {
      if (track.readyState === "ended") return;
      draw(context);
      setTimeout(next, 33);
    };
    next();
    return stream;
  }

  async function wall() {
    let shown = "";
    let code = null;
    const look = async () => {
      const url = await window.codeOnTheWall();
      if (url !== shown) [shown, code] = [url, await loaded(url)];
      setTimeout(look, 50);
    };
    await look();
    return filming(960, 540, (context) => {
      context.fillStyle = "#888";
      context.fillRect(0, 0, 960, 540);
      if (code) context.drawImage(code, 330, 120, 300, 300);
    });
  }

  const person = { move: "", from: 0, until: 0 };
  const shareSince = (since, delay) =>
    Math.min(Math.max((performance.now() - since - delay) / MOVING_MS, 0), 1);
  function lookNow() {
    const asked = document.querySelector("[data-move]")?.dataset.move ?? "";
    if (asked && (asked !== person.move || person.until))
      Object.assign(person, { move: asked, from: performance.now(), until: 0 });
    if (!asked && person.move && !person.until) person.until = performance.now();
    const away = person.move ? shareSince(person.from, REACTION_MS) : 0;
    const back = person.until ? shareSince(person.until, REACTION_MS * 0.6) : 0;
    const share = Math.round(4 * Math.max(away - back, 0));
    return looks.get(share ? `${person.move} ${share}` : "") ?? looks.get("");
  }

  async function face() {
    await ready;
    const began = performance.now();
    return filming(640, 480, (context) => {
      const s = (performance.now() - began) / 1000;
      const [right, down] = [5 * Math.sin(0.9 * s), 4 * Math.sin(1.4 * s + 1)];
      context.fillStyle = "#999";
      context.fillRect(0, 0, 640, 480);
      context.drawImage(lookNow(), 120 + right, down, 400, 480);
      for (let n = 0; n < 400; n += 1) {
        context.fillStyle = `rgba(${Math.random() * 255},${Math.random() * 255},0,0.05)`;
        context.fillRect(120 + Math.random() * 400, Math.random() * 480, 6, 6);
      }
    });
  }

  navigator.mediaDevices.getUserMedia = async ({ video }) => {
    const towards = video.facingMode.ideal ?? video.facingMode;
    mark(towards === "user" ? "front camera opened" : "rear camera opened");
    return towards === "user" ? face() : wall();
  };

  const fetchAnyway = window.fetch;
  window.fetch = async (...given) => {
    const path = new URL(String(given[0].url ?? given[0]), location.href).pathname;
    const step = path.split("/api/v1")[1];
    const isStep = ["/qr/scan", "/face/verify", "/attendance/mark"].includes(step);
    if (isStep) mark(`${step} sent`);
    const answer = await fetchAnyway(...given);
    if (isStep) mark(`${step} answered`);
    return answer;
  };

  const tell = WebSocket.prototype.send;
  WebSocket.prototype.send = function (what) {
    if (!(typeof what === "string") && !marks.some(([name]) => name === "first picture sent"))
      mark("first picture sent");
    return tell.call(this, what);
  };

  let moved = "";
  new MutationObserver(() => {
    const now = document.querySelector("[data-move]")?.dataset.move ?? "";
    if (now !== moved) mark(now ? `asked: ${now}` : "seen");
    moved = now;
    if (document.body?.innerText.includes(OUTCOME) && !marks.some(([name]) => name === "outcome"))
      mark("outcome");
  }).observe(document, { subtree: true, attributes: true, childList: true, characterData: true });
})();
