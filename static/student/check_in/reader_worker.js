// The code reader (zxing-wasm) at work beside the page, so that the page never stands still.

importScripts("../../vendor/zxing/index.js");

// Without this it would fetch its WebAssembly from somebody else's server.
const locateFile = (name) => new URL(`../../vendor/zxing/${name}`, self.location.href).href;
ZXingWASM.prepareZXingModule({ overrides: { locateFile } });

const OPTIONS = { formats: ["QRCode"], tryHarder: true, tryInvert: false, maxNumberOfSymbols: 4 };

addEventListener("message", async ({ data: picture }) => {
  const found = await ZXingWASM.readBarcodes(
    new ImageData(picture.data, picture.width, picture.height),
    OPTIONS,
  );
  postMessage(found.filter((code) => code.isValid).map((code) => code.text));
});
