// Hands the microphone's sound to the page, in pieces as they come. It runs as an audio worklet.

class Tap extends AudioWorkletProcessor {
  /**
   * @param {Float32Array[][]} inputs  The first channel of the first input holds 128 samples; there is
   *   no channel while the microphone is not connected.
   */
  process([input]) {
    const channel = input?.[0];
    if (channel) this.port.postMessage(channel.slice());
    return true;
  }
}

registerProcessor("tap", Tap);
