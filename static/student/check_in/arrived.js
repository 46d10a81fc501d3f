// Takes over a code that the phone's own camera app has opened: the address /Q/... leads here, with the
// code behind the #.

const ARRIVING = /^#\/check-in\/code\/([A-Za-z2-7]{32})$/;

let arrived = "";

/** Takes the code out of the address, before anything is shown or noted in the history. */
export function takeFromAddress() {
  const token = ARRIVING.exec(location.hash)?.[1];
  if (!token) return;
  arrived = token;
  history.replaceState(null, "", "#/check-in");
}

/** Gives the code that the address held, once; "" where it held none. It is kept in memory only. */
export function takeArrived() {
  const token = arrived;
  arrived = "";
  return token;
}
