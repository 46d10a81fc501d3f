// Brings the server's messages to an open page: by websocket, and by polling while there is none.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const SILENCE_MS = 12_000; // the server sends something every 4 s
const CONNECT_MS = 5_000; // a connection that takes longer is given up
const POLL_MS = 4_000;

/**
 * Brings the server's messages for as long as the page is open.
 * @param {object} options
 * @param {string} options.socketPath
 * @param {string} options.pollUrl  Asked while there is no websocket.
 * @param {(message: Screens.Message) => void} options.onMessage
 * @param {(status: Screens.Status) => void} options.onStatus
 */
export function connect({ socketPath, pollUrl, onMessage, onStatus }) {
  /** @type {WebSocket | null} */
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

  /**
   * Gives the websocket up if nothing comes for so many milliseconds: a dead network closes none.
   * @param {number} ms
   */
  function expectWithin(ms) {
    clearTimeout(silence);
    const mine = socket;
    silence = setTimeout(() => {
      if (mine !== socket) return;
      mine?.close();
      lost();
    }, ms);
  }

  function lost() {
    socket = null;
    clearTimeout(silence);
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
    failures += 1;
    // The delays are spread, so that not every page calls a restarted server at once.
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

  /** @returns {Promise<number>}  Milliseconds until the next poll; 0 when it is of no use. */
  async function pollOnce() {
    /** @type {Response} */
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
    const { messages } = /** @type {{ messages: Screens.Message[] }} */ (await answer.json());
    if (!polling) return 0;
    onStatus("polling");
    for (const message of messages) onMessage(message);
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
