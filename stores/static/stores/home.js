// The chart of the home page. The numbers are in the page as JSON; colours follow the light and the dark theme.
"use strict";

window.addEventListener("load", () => {
  const data = document.getElementById("stores-chart-data");
  const canvas = document.getElementById("stores-chart");
  if (!data || !canvas || !window.Chart) return;
  const { labels, series } = JSON.parse(data.textContent);
  canvas.parentElement.style.height = `${Math.max(160, labels.length * 26 + 56)}px`;

  const isDark = () => document.documentElement.classList.contains("dark");
  const palette = () => {
    const dark = isDark();
    return {
      stages: {
        planned: dark ? "#64748b" : "#cbd5e1",
        opening: dark ? "#38bdf8" : "#7dd3fc",
        open: dark ? "#2dd4bf" : "#0d9488",
        paused: dark ? "#fbbf24" : "#f59e0b",
        closed: dark ? "#f87171" : "#ef4444",
      },
      text: dark ? "#cbd5e1" : "#475569",
      grid: dark ? "rgba(148, 163, 184, .15)" : "rgba(100, 116, 139, .15)",
    };
  };

  let drawn;
  const draw = () => {
    const colours = palette();
    if (drawn) drawn.destroy();
    drawn = new window.Chart(canvas, {
      type: "bar",
      data: {
        labels,
        datasets: series.map((one) => ({
          label: one.label,
          data: one.data,
          backgroundColor: colours.stages[one.stage],
          maxBarThickness: 16,
          borderRadius: 2,
        })),
      },
      options: {
        indexAxis: "y",
        animation: false,
        responsive: true,
        maintainAspectRatio: false,
        scales: {
          x: { stacked: true, grid: { color: colours.grid }, border: { display: false }, ticks: { color: colours.text, precision: 0 } },
          y: { stacked: true, grid: { display: false }, border: { display: false }, ticks: { color: colours.text, autoSkip: false } },
        },
        plugins: {
          legend: { position: "bottom", labels: { color: colours.text, boxWidth: 12, boxHeight: 12, usePointStyle: false } },
          tooltip: { mode: "index", intersect: false },
        },
      },
    });
  };

  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
});
