// Hands the microphone's sound to the page, in pieces as they come. Runs as an audio worklet.

class Tap extends AudioWorkletProcessor {
  process([[channel]]) {
    if (channel) this.port.postMessage(channel.slice());
    return true;
  }
}

registerProcessor("tap", Tap);
