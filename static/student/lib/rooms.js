// Names the room of a session.

import { fill } from "./dom.js";

/**
 * "Room 4.12" for 4.12. A text that says itself what it is stays: "Hall 2", "Room 4.12". The pages of
 * teachers name rooms by the same rule (sessions_app/domain/rooms.py).
 * @param {string} room
 */
export function roomInWords(room) {
  const words = room.match(/\p{L}+/gu) ?? [];
  const isNamed = words.some((word) => word.length > 2 || isOfSigns(word));
  return !room || isNamed ? room : fill(gettext("Room %(room)s"), { room });
}

/**
 * Whether the word is of a script without upper and lower case, whose words may be short.
 * @param {string} word
 */
const isOfSigns = (word) => word.length > 1 && word.toUpperCase() === word.toLowerCase();
