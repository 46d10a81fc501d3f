// Says whether a face can be filmed at a check-in, and where it cannot, what becomes of the check-in.

/**
 * Whether a face that counts is enrolled.
 * @param {Api.FaceStatus | null} standing  Null where the server could not be asked.
 */
export const isEnrolled = (standing) =>
  Boolean(standing?.faces.some((face) => face.status === "approved" && !face.needs_renewal));

/**
 * Why no face is filmed, where none that counts is enrolled. Without any, the check-in is refused.
 * @param {Api.FaceStatus} standing
 */
export function whyNoFace({ consent, faces }) {
  if (consent !== "given" && consent !== null)
    return gettext("You chose to check in without a face. Your teacher will confirm.");
  if (faces.some(({ status }) => status === "approved"))
    return gettext("The face check has changed. Please enrol again. Your teacher will confirm.");
  if (faces.some(({ status }) => status === "waiting"))
    return gettext("Your face is not approved yet. Your teacher will confirm.");
  return gettext("Your face is not enrolled. Ask your teacher to mark you today.");
}
