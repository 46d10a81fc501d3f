// Turns bytes into sound and sound into bytes, by ggwave, away from the page.
//
// ggwave's bindings make functions from text, which the pages' policy forbids; this worker comes
// with a policy of its own that allows it (sessions_app/views/sound.py). The server puts GGWAVE
// (the library's address) in front of this.
//
// It is asked by messages: {encode: Uint8Array, rate} gets {samples: Float32Array}; {listen: rate} and
// then {heard: Float32Array} as often as there is sound get {bytes: Uint8Array} for each message
// found in it. What cannot be done gets {failed: true}. Rates are in samples a second.

importScripts(GGWAVE);

/** @typedef {{ encode?: Uint8Array, rate?: number, listen?: number, heard?: Float32Array }} Question */

const VOLUME = 40; // of 100: small loudspeakers distort what is louder
const silent = { print() {}, printErr() {} };

const library = ggwave_factory(silent).then((ggwave) => {
  ggwave.disableLog();
  return ggwave;
});
/** @type {Promise<unknown>} */
let turn = library;
/** @type {GgwaveInstance | null} */
let listening = null;

addEventListener("message", ({ data }) => {
  // One after the other: sound has to be heard in its order.
  turn = turn
    .then(() => library)
    .then((ggwave) => answer(ggwave, data))
    .catch(() => postMessage({ failed: true }));
});

/**
 * @param {Ggwave} ggwave
 * @param {Question} question
 */
function answer(ggwave, { encode, rate, listen, heard }) {
  if (encode && rate) say(ggwave, encode, rate);
  else if (listen) listening = instanceAt(ggwave, listen);
  else if (heard && listening !== null) hear(ggwave, listening, heard);
}

/**
 * @param {Ggwave} ggwave
 * @param {number} rate  Samples a second.
 */
function instanceAt(ggwave, rate) {
  const parameters = ggwave.getDefaultParameters();
  Object.assign(parameters, {
    sampleRateInp: rate,
    sampleRateOut: rate,
    sampleFormatInp: ggwave.SampleFormat.GGWAVE_SAMPLE_FORMAT_F32,
    sampleFormatOut: ggwave.SampleFormat.GGWAVE_SAMPLE_FORMAT_F32,
  });
  return ggwave.init(parameters);
}

/**
 * @param {Ggwave} ggwave
 * @param {Uint8Array} bytes
 * @param {number} rate  Samples a second.
 */
function say(ggwave, bytes, rate) {
  const instance = instanceAt(ggwave, rate);
  const protocol = ggwave.ProtocolId.GGWAVE_PROTOCOL_AUDIBLE_FAST;
  const said = ggwave.encode(instance, bytes, protocol, VOLUME);
  // A copy: what it returned lies in the library's memory, and need not lie on a multiple of four.
  const samples = new Float32Array(said.slice().buffer);
  ggwave.free(instance);
  postMessage({ samples }, [samples.buffer]);
}

/**
 * @param {Ggwave} ggwave
 * @param {GgwaveInstance} instance
 * @param {Float32Array} samples
 */
function hear(ggwave, instance, samples) {
  const raw = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const found = ggwave.decode(instance, raw);
  if (found.length > 0) postMessage({ bytes: Uint8Array.from(found, (byte) => byte & 0xff) });
}
