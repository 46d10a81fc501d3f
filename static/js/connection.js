// Keeps a screen fed: by websocket, and by polling while there is none.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const SILENCE_MS = 12_000; // the server says something every 4 s
const CONNECT_MS = 5_000;
const POLL_MS = 4_000;

/**
 * @param {{socketPath: string, pollUrl: string, onMessage: (message: object) => void,
 *          onStatus: (status: "live"|"polling"|"offline"|"signed-out") => void}} options
 */
export function connect({ socketPath, pollUrl, onMessage, onStatus }) {
  let socket = null;
  let failures = 0;
  let reconnecting = 0;
  let silence = 0;
  let polling = 0;

  function open() {
    clearTimeout(reconnecting);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const mine = new WebSocket(`${scheme}://${location.host}${socketPath}`);
    socket = mine;
    expectWithin(CONNECT_MS);
    mine.addEventListener("open", () => {
      failures = 0;
      stopPolling();
      onStatus("live");
    });
    mine.addEventListener("message", (event) => {
      expectWithin(SILENCE_MS);
      onMessage(JSON.parse(event.data));
    });
    mine.addEventListener("close", () => mine === socket && lost());
  }

  // A dead network closes nothing: whoever is silent too long is given up.
  function expectWithin(ms) {
    clearTimeout(silence);
    const mine = socket;
    silence = setTimeout(() => {
      if (mine !== socket) return;
      mine.close();
      lost();
    }, ms);
  }

  function lost() {
    socket = null;
    clearTimeout(silence);
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
    failures += 1;
    // Spread, so that a restarted server is not met by every screen at once.
    reconnecting = setTimeout(open, delay * (0.75 + Math.random() / 2));
    if (!polling) poll();
  }

  async function poll() {
    polling = -1;
    const wait = await pollOnce();
    if (polling && wait) polling = setTimeout(poll, wait);
  }

  function stopPolling() {
    clearTimeout(polling);
    polling = 0;
  }

  /** Milliseconds until the next poll; 0 when there is no use in asking again. */
  async function pollOnce() {
    let answer;
    try {
      answer = await fetch(pollUrl, { cache: "no-store", headers: { Accept: "application/json" } });
    } catch {
      if (polling) onStatus("offline");
      return POLL_MS / 2;
    }
    if (answer.status === 401 || answer.status === 404) return signedOut();
    if (!answer.ok) {
      if (polling) onStatus("offline");
      return POLL_MS;
    }
    const { messages } = await answer.json();
    if (!polling) return 0;
    onStatus("polling");
    messages.forEach(onMessage);
    const code = messages.find((message) => message.type === "code");
    return code
      ? Math.max(300, Date.parse(code.changes_at) - Date.parse(code.server_time) + 30)
      : POLL_MS;
  }

  function signedOut() {
    clearTimeout(reconnecting);
    stopPolling();
    onStatus("signed-out");
    return 0;
  }

  addEventListener("online", () => socket || open());
  open();
}
