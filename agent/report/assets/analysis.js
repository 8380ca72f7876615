"use strict";
(() => {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const phone = matchMedia("(max-width: 640px)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const config = { displayModeBar: false, displaylogo: false, scrollZoom: false };
  const box = document.getElementById("candle-chart");

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const names = ["paper", "card", "ink", "soft", "muted", "line", "run", "hold", "up", "down", "sans"];
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
  };
  const faint = (hex, alpha) => hex + Math.round(alpha * 255).toString(16).padStart(2, "0");

  function draw() {
    if (!data.at.length) { box.hidden = true; return; }
    const c = colours();
    const last = data.at[data.at.length - 1], first = data.at[0], span = last - first;
    const low = Math.min(...data.low), high = Math.max(...data.high), room = (high - low) * 0.08 || high * 0.05;
    const zones = data.zones.filter((z) => z.high >= low - room && z.low <= high + room);
    const colour = (z) => (z.kind === "support" ? c.up : c.down);
    const shapes = zones.map((z) => ({
      type: "rect", layer: "below", xref: "paper", x0: 0, x1: 1, yref: "y", y0: z.low, y1: z.high,
      line: { width: 0 }, fillcolor: faint(colour(z), 0.07 + 0.16 * z.strength),
    }));
    const close = data.close[data.close.length - 1];
    shapes.push({ type: "line", xref: "paper", x0: 0, x1: 1, yref: "y", y0: close, y1: close, line: { color: c.ink, width: 1, dash: "dot" } });
    for (const at of [40, 60]) shapes.push({ type: "line", xref: "paper", x0: 0, x1: 1, yref: "y2", y0: at, y1: at, line: { color: c.line, width: 1 } });
    const axis = { gridcolor: c.line, zeroline: false, linecolor: c.line, tickcolor: c.line, tickfont: { color: c.muted } };
    const grade = (name, colour) => ({
      type: "scatter", mode: "lines", name: name + " grade", x: data.grades[name].at, y: data.grades[name].value, yaxis: "y2", connectgaps: false,
      line: { color: colour, width: 1.8 }, hovertemplate: "%{y:.1f}",
    });
    const traces = [
      {
        type: "candlestick", x: data.at, open: data.open, high: data.high, low: data.low, close: data.close, name: data.quote,
        increasing: { line: { color: faint(c.up, 0.8), width: 1 }, fillcolor: faint(c.up, 0.5) },
        decreasing: { line: { color: faint(c.down, 0.8), width: 1 }, fillcolor: faint(c.down, 0.5) },
      },
      { type: "scatter", mode: "markers", x: zones.map(() => last), y: zones.map((z) => (z.low + z.high) / 2), text: zones.map((z) => z.text), hovertemplate: "%{text}<extra></extra>", marker: { size: 7, symbol: "diamond", color: zones.map(colour), line: { color: c.paper, width: 1.5 } }, showlegend: false },
      grade("trader", c.run), grade("investor", c.hold),
    ];
    Plotly.react(box, traces, {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, dragmode: phone.matches ? false : "zoom", hovermode: "closest",
      font: { family: c.sans, size: 12, color: c.soft }, margin: { l: 4, r: 62, t: 14, b: 42 }, shapes,
      hoverlabel: { bgcolor: c.card, bordercolor: c.line, font: { color: c.ink, family: c.sans, size: 12 }, align: "left" },
      xaxis: { ...axis, anchor: "y2", type: "date", showgrid: false, rangeslider: { visible: false }, hoverformat: "%-d %b %Y", nticks: phone.matches ? 4 : 8, range: [first - span / 100, last + span / 40] },
      yaxis: { ...axis, side: "right", fixedrange: true, nticks: 7, domain: [0.3, 1], range: [Math.max(low - room, 0), high + room] },
      yaxis2: { ...axis, side: "right", fixedrange: true, domain: [0, 0.24], range: [0, 100], tickvals: [0, 40, 60, 100], showgrid: false },
    }, config);
  }

  dark.addEventListener("change", draw);
  phone.addEventListener("change", draw);
  draw();
  // A chart follows its frame at once: the library's own way waits, and a page that is printed or turned does not.
  const frames = new ResizeObserver((resized) => {
    for (const { target, contentRect } of resized) {
      if (contentRect.width && target._fullLayout && Math.abs(contentRect.width - target._fullLayout.width) >= 1) Plotly.relayout(target, { autosize: true });
    }
  });
  frames.observe(box);
  document.documentElement.dataset.drawn = "yes";
})();
