// What the pages' scripts find around them, beside the browser's own.

/** Django's JavaScript catalogue (/texts.js): the text in the language of the page. */
declare function gettext(text: string): string;

/** The singular or the plural of a text, as the language of the page wants it for the number. */
declare function ngettext(singular: string, plural: string, number: number): string;

/** Puts the values into a text that names them, as in "%(n)s of %(m)s". */
declare function interpolate(
  text: string,
  values: Readonly<Record<string, string | number>>,
  named: true,
): string;

/** Chart.js, which the pages of the reports load before our own script. */
declare const Chart: typeof import("chart.js").Chart;

interface Window {
  /** Missing where Chart.js could not be loaded. */
  Chart?: typeof Chart;
}

/**
 * The browser's own reader of codes (Shape Detection API). TypeScript has no types of it, since not
 * every browser has it.
 */
declare class BarcodeDetector {
  static getSupportedFormats(): Promise<string[]>;
  constructor(options: { formats: string[] });
  detect(picture: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}

/** The light and the zoom of a camera (Image Capture API), of which TypeScript has no types. */
interface MediaTrackCapabilities {
  torch?: boolean;
  zoom?: { min: number; max: number };
}

interface MediaTrackConstraintSet {
  torch?: boolean;
  zoom?: number;
}
