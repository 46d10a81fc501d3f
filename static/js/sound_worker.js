// Turns bytes into sound and sound into bytes, by ggwave, away from the page.
//
// ggwave's bindings make functions from text, which the content security policy of the pages forbids. The
// server serves this worker with a policy of its own that allows it (sessions_app/views/sound.py), and
// puts GGWAVE, the address of ggwave, in front of this script.
//
// The page asks by messages, and rates are in samples a second. To {encode: Uint8Array, rate} the worker
// answers {samples: Float32Array}. The page sends {listen: rate} once, and {heard: Float32Array} as often
// as there is sound; the worker answers {bytes: Uint8Array} for each payload in it. It answers
// {failed: true} where it cannot do what it was asked.

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
  // The messages are answered one after the other, since sound has to be heard in its order.
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
  // The samples are copied: ggwave's own lie in its memory, and need not lie on a multiple of four bytes.
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
