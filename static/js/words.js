// Finds by words, as the lists of the server do.

/**
 * Whether each word that is asked for stands in the text, in upper or lower case and with or
 * without accents.
 * @param {string} text
 * @param {string} asked
 */
export function holds(text, asked) {
  const within = plain(text);
  return plain(asked)
    .split(/\s+/)
    .every((word) => within.includes(word));
}

/** @type {Record<string, string>} */
const PLAIN_LETTERS = { ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ı: "i", æ: "ae", œ: "oe", þ: "th" };

/**
 * In small letters and without accents, as attendance_project/alphabet.py has it.
 * @param {string} text
 */
const plain = (text) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .replace(/[øłđðħıæœþ]/g, (letter) => PLAIN_LETTERS[letter] ?? letter);
