// Draws each <canvas data-chart="ID"> from the JSON of the script element with that id. The figures also
// stand in a table behind the chart, so that a page without scripts lacks nothing.
import { jsonOf, told } from "./find.js";

/** @import { ChartDataset, ChartOptions } from "chart.js" */

/** @typedef {{ name: string, values: (number | null)[], colour: string }} Series */

/**
 * What a chart shows, as reports/charts.py writes it.
 * @typedef {object} Figures
 * @property {"line" | "bar"} kind
 * @property {string[]} labels
 * @property {Series[]} series
 * @property {string} unit
 * @property {number | null} top  The upper end of the scale; null where the values decide it.
 */

const LABELS_WITH_POINTS = 60; // with more labels the points would lie on each other

const styles = getComputedStyle(document.documentElement);
/** @type {Map<string, import("chart.js").Chart>} */
const drawn = new Map();

/** @param {string} name  The name of a colour in the style sheet. */
const colour = (name) => styles.getPropertyValue(`--${name}`).trim();

/** @param {string} id */
const figuresOf = (id) => /** @type {Figures} */ (jsonOf(id));

/**
 * @param {Figures} figures
 * @returns {ChartDataset<"line" | "bar">[]}
 */
function datasets({ kind, labels, series }) {
  return series.map((each) => ({
    label: each.name,
    data: each.values,
    borderColor: colour(each.colour),
    backgroundColor: colour(each.colour),
    borderWidth: kind === "line" ? 2 : 0,
    pointRadius: labels.length > LABELS_WITH_POINTS ? 0 : 3,
    spanGaps: true,
    maxBarThickness: 24,
  }));
}

/**
 * @param {Figures} figures
 * @returns {ChartOptions<"line" | "bar">}
 */
function options({ series, top, unit }) {
  const soft = colour("soft");
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { display: series.length > 1 },
      tooltip: {
        callbacks: { label: (item) => `${item.dataset.label}: ${item.formattedValue}` },
      },
    },
    scales: {
      x: { grid: { display: false }, ticks: { color: soft, maxRotation: 0, autoSkipPadding: 16 } },
      y: {
        beginAtZero: true,
        max: top ?? undefined,
        suggestedMax: top ?? 4,
        grid: { color: colour("line") },
        border: { display: false },
        ticks: {
          color: soft,
          precision: 0,
          maxTicksLimit: 6,
          callback: (value) => (unit ? `${value} ${unit}` : value),
        },
      },
    },
  };
}

/** @param {HTMLCanvasElement} canvas */
function draw(canvas) {
  const id = told(canvas, "chart");
  const figures = figuresOf(id);
  const plot = canvas.closest("[data-plot]");
  if (plot instanceof HTMLElement) plot.hidden = false;
  const data = { labels: figures.labels, datasets: datasets(figures) };
  drawn.set(id, new Chart(canvas, { type: figures.kind, data, options: options(figures) }));
}

/**
 * Brings a chart up to date with figures that have just been swapped in.
 * @param {import("chart.js").Chart} chart
 * @param {Figures} figures
 */
function renew(chart, { labels, series }) {
  chart.data.labels = labels;
  for (const [number, { values }] of series.entries()) {
    const dataset = chart.data.datasets[number];
    if (dataset) dataset.data = values;
  }
  chart.update("none");
}

/** Draws every chart of the page anew, in the colours that the style sheet has now. */
function drawAll() {
  Chart.defaults.color = colour("soft");
  for (const chart of drawn.values()) chart.destroy();
  for (const canvas of document.querySelectorAll("canvas")) {
    if (canvas.dataset.chart) draw(canvas);
  }
}

if (window.Chart) {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  drawAll();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  document.body.addEventListener("htmx:afterSettle", () => {
    for (const [id, chart] of drawn) renew(chart, figuresOf(id));
  });
}
