// Finds the text about face recognition among the texts that a student is asked to agree to.

/** The purpose that the server gives to the text about face recognition. */
export const FACE = "face_recognition";

/**
 * The text about face recognition, which is always among those of the server.
 * @param {Api.ConsentText[]} texts
 * @throws {Error} where the server sent none.
 */
export function textOfFace(texts) {
  const text = texts.find(({ purpose }) => purpose === FACE);
  if (!text) throw new Error("The server sent no text on face recognition.");
  return text;
}
