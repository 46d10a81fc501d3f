// What the server sends to the live page and to the page of the register (sessions_app/services/screens.py),
// by websocket, by polling and in the page itself. It is no part of the API, so no description of it can be read.

declare namespace Screens {
  /** The code that is to be scanned now. Moments are in ISO 8601. */
  interface CodeMessage {
    type: "code";
    /** A drawing of the code, as the text of an SVG. */
    svg: string;
    /** The number of the slot of time in which the code is shown. It grows. */
    slot: number;
    changes_at: string;
    server_time: string;
  }

  /** Who is enrolled and how each stands. */
  interface RegisterMessage {
    type: "register";
    state: Api.SessionState;
    ends_at: string;
    /** How many the teacher has counted in the room; null where nobody has counted. */
    heads: number | null;
    counts: Counts;
    rows: Row[];
  }

  interface Counts {
    enrolled: number;
    here: number;
    [status: string]: number;
  }

  interface Row extends Api.RegisterRow {
    /** The last verdict or mark, as long as its author can take it back; null afterwards. */
    undo: { url: string; by: string; at: string } | null;
  }

  type Message = CodeMessage | RegisterMessage;

  /** How messages reach a page: by websocket, by polling, not at all, or no more since nobody is logged in. */
  type Status = "live" | "polling" | "offline" | "signed-out";
}
