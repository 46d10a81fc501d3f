// Reads codes out of the camera's pictures: by the browser's own reader, else by WebAssembly.

const LARGEST_PX = 1080;

/**
 * A reader: `read(video)` gives the texts of the codes in the middle of the picture.
 * Only where the browser has none of its own, the other is loaded (0.4 MB compressed).
 */
export async function makeReader() {
  return (await ownReader()) ?? workerReader();
}

async function ownReader() {
  try {
    if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return null;
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    const read = async (video) =>
      (await detector.detect(middle(video))).map((found) => found.rawValue);
    return { read, close: () => null };
  } catch {
    return null; // no BarcodeDetector, or one that only pretends
  }
}

function workerReader() {
  const worker = new Worker(new URL("reader_worker.js", import.meta.url));
  let waiting = null;
  worker.addEventListener("message", ({ data }) => waiting?.resolve(data));
  worker.addEventListener("error", () =>
    waiting?.reject(new Error(gettext("The code reader could not be loaded."))),
  );
  const read = (video) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      const { data, width, height } = middle(video)
        .getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height);
      worker.postMessage({ data, width, height }, [data.buffer]);
    });
  return { read, close: () => worker.terminate() };
}

const canvas = document.createElement("canvas");

/** The middle of the picture, square and at full resolution: what a code far away needs. */
function middle(video) {
  const side = Math.min(video.videoWidth, video.videoHeight, LARGEST_PX);
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const left = (video.videoWidth - side) / 2;
  const top = (video.videoHeight - side) / 2;
  canvas
    .getContext("2d", { willReadFrequently: true })
    .drawImage(video, left, top, side, side, 0, 0, side, side);
  return canvas;
}
