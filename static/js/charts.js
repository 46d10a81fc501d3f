// Draws each <canvas data-chart="ID"> from the JSON of the script element with that id. The
// figures also stand in a table behind the chart, so a page without scripts lacks nothing.

const styles = getComputedStyle(document.documentElement);
const colour = (name) => styles.getPropertyValue(`--${name}`).trim();
const drawn = new Map();

function dataOf(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

function datasets(data) {
  return data.series.map((series) => ({
    label: series.name,
    data: series.values,
    borderColor: colour(series.colour),
    backgroundColor: colour(series.colour),
    borderWidth: data.kind === "line" ? 2 : 0,
    pointRadius: data.labels.length > 60 ? 0 : 3,
    spanGaps: true,
    maxBarThickness: 24,
  }));
}

function options(data) {
  const line = colour("line");
  const soft = colour("soft");
  return {
    animation: false,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    plugins: {
      legend: { display: data.series.length > 1 },
      tooltip: {
        callbacks: {
          label: (item) => `${item.dataset.label}: ${item.formattedValue}`,
        },
      },
    },
    scales: {
      x: { grid: { display: false }, ticks: { color: soft, maxRotation: 0, autoSkipPadding: 16 } },
      y: {
        beginAtZero: true,
        max: data.top ?? undefined,
        suggestedMax: data.top ?? 4,
        grid: { color: line },
        border: { display: false },
        ticks: {
          color: soft,
          precision: 0,
          maxTicksLimit: 6,
          callback: (value) => (data.unit ? `${value} ${data.unit}` : value),
        },
      },
    },
  };
}

function draw(canvas) {
  const id = canvas.dataset.chart;
  const data = dataOf(id);
  canvas.closest("[data-plot]").hidden = false;
  const config = { type: data.kind, data: { labels: data.labels, datasets: datasets(data) } };
  drawn.set(id, new Chart(canvas, { ...config, options: options(data) }));
}

/** Brings a chart up to date with figures that have just been swapped in. */
function renew(id) {
  const chart = drawn.get(id);
  if (!chart) return;
  const data = dataOf(id);
  chart.data.labels = data.labels;
  data.series.forEach((series, number) => {
    chart.data.datasets[number].data = series.values;
  });
  chart.update("none");
}

if (window.Chart) {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) draw(canvas);
  document.body.addEventListener("htmx:afterSettle", () => {
    for (const id of drawn.keys()) renew(id);
  });
}
