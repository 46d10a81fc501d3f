// Finds by words, as the lists of the server do.

/**
 * Whether each word that is asked for stands in the text, in upper or lower case.
 * @param {string} text
 * @param {string} asked
 */
export function holds(text, asked) {
  const within = plain(text);
  return plain(asked)
    .split(/\s+/)
    .every((word) => within.includes(word));
}

/** @param {string} text */
const plain = (text) => text.normalize("NFC").toLowerCase();
