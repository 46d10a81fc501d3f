// The front camera: its picture, how bright that is, and stills of it.

const WANTED = {
  video: { facingMode: "user", width: { ideal: 960 }, height: { ideal: 720 } },
  audio: false,
};
const QUALITY = 0.85;
const SAMPLE = 16; // pixels a side; enough for a mean

/** @throws {Error} with `forPeople`, whose message says what to do. */
export async function front() {
  if (!navigator.mediaDevices?.getUserMedia)
    throw told(gettext("This browser gives no page a camera. Update it, or use another one."));
  let stream = null;
  try {
    stream = await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    throw told(
      WORDS()[error.name] ??
        gettext("The camera did not start. Close other apps that use it, and try again."),
    );
  }
  const video = document.createElement("video");
  Object.assign(video, { srcObject: stream, muted: true, autoplay: true, playsInline: true });
  video.setAttribute("aria-label", gettext("What the camera sees"));
  await video.play();
  return {
    video,
    brightness: () => brightness(video),
    picture: () => picture(video),
    stop: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

const WORDS = () => ({
  NotAllowedError: gettext(
    "The camera is not allowed. Allow it for this page in the browser's settings, beside the address, and try again.",
  ),
  NotFoundError: gettext(
    "This device has no camera. Use your phone, or ask your teacher to confirm you.",
  ),
});

const told = (words) => Object.assign(new Error(words), { forPeople: true });

function drawn(video, width, height, ...part) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas
    .getContext("2d", { willReadFrequently: true })
    .drawImage(video, ...part, 0, 0, width, height);
  return canvas;
}

/** The mean of the picture's middle, where the face is: 0 to 255. */
function brightness(video) {
  const { videoWidth: w, videoHeight: t } = video;
  if (!w) return 128;
  const canvas = drawn(video, SAMPLE, SAMPLE, w / 4, t / 4, w / 2, t / 2);
  const { data } = canvas.getContext("2d").getImageData(0, 0, SAMPLE, SAMPLE);
  let sum = 0;
  for (let n = 0; n < data.length; n += 4)
    sum += 0.299 * data[n] + 0.587 * data[n + 1] + 0.114 * data[n + 2];
  return sum / (data.length / 4);
}

/** A JPEG as it is, not mirrored as it is shown. */
function picture(video) {
  const canvas = drawn(
    video,
    video.videoWidth,
    video.videoHeight,
    0,
    0,
    video.videoWidth,
    video.videoHeight,
  );
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}
