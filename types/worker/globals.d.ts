// What the scripts find around them that run in a worker of their own.

/** static/student/sw.js: the addresses that the server lists in front of the script. */
declare const SHELL: readonly string[];

/** static/student/sw.js: a digest of what the files of the list hold, set in front of the script. */
declare const VERSION: string;

/** static/js/sound_worker.js: the address of ggwave, which the server sets in front of the script. */
declare const GGWAVE: string;

/** zxing-wasm, which static/student/check_in/reader_worker.js loads. */
declare const ZXingWASM: typeof import("zxing-wasm/reader");

/** An instance of ggwave, which is a number that only ggwave understands. */
type GgwaveInstance = number;

/** ggwave's bindings, of which the package has no types: what static/js/sound_worker.js uses of them. */
interface Ggwave {
  disableLog(): void;
  getDefaultParameters(): object;
  init(parameters: object): GgwaveInstance;
  encode(instance: GgwaveInstance, bytes: Uint8Array, protocol: number, volume: number): Int8Array;
  decode(instance: GgwaveInstance, samples: Uint8Array): Int8Array;
  free(instance: GgwaveInstance): void;
  SampleFormat: { GGWAVE_SAMPLE_FORMAT_F32: number };
  ProtocolId: { GGWAVE_PROTOCOL_AUDIBLE_FAST: number };
}

/** Makes ggwave ready; its messages go to the two functions. */
declare function ggwave_factory(options: { print(): void; printErr(): void }): Promise<Ggwave>;

/** The types of Emscripten, which zxing-wasm is made with, name a page's navigator. */
type Navigator = WorkerNavigator;
