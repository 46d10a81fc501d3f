// Runs the code reader (zxing-wasm) beside the page, so that the page never stands still.

importScripts("../../vendor/zxing/index.js");

/**
 * Where zxing-wasm finds its WebAssembly: without this it would ask somebody else's server.
 * @param {string} name
 */
const locateFile = (name) => new URL(`../../vendor/zxing/${name}`, self.location.href).href;
// It is loaded at once, while the camera opens. Where that fails, reading tells it.
ZXingWASM.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true }).catch(
  () => null,
);

/** @type {import("zxing-wasm/reader").ReaderOptions} */
const OPTIONS = { formats: ["QRCode"], tryHarder: true, tryInvert: false, maxNumberOfSymbols: 4 };

addEventListener("message", async ({ data: { data, width, height } }) => {
  const found = await ZXingWASM.readBarcodes(new ImageData(data, width, height), OPTIONS);
  postMessage(found.filter((code) => code.isValid).map((code) => code.text));
});
