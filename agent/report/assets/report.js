"use strict";
(() => {
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const phone = matchMedia("(max-width: 640px)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const config = { displayModeBar: false, displaylogo: false, scrollZoom: false };
  let shown = null;

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const names = ["paper", "card", "ink", "soft", "muted", "line", "run", "hold", "up", "down", "exit", "sans"];
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
  };
  const faint = (hex, alpha) => hex + Math.round(alpha * 255).toString(16).padStart(2, "0");

  function layout(c, more) {
    const axis = { gridcolor: c.line, zeroline: false, linecolor: c.line, tickcolor: c.line, tickfont: { color: c.muted }, fixedrange: false };
    return {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, dragmode: phone.matches ? false : "zoom",
      font: { family: c.sans, size: 12, color: c.soft }, margin: { l: 4, r: 62, t: 14, b: 42 },
      hoverlabel: { bgcolor: c.card, bordercolor: c.line, font: { color: c.ink, family: c.sans, size: 12 }, align: "left" },
      ...more,
      xaxis: { ...axis, type: "date", showgrid: false, rangeslider: { visible: false }, hoverformat: "%-d %b %Y %H:%M", nticks: phone.matches ? 4 : 8, ...more.xaxis },
      yaxis: { ...axis, side: "right", fixedrange: true, nticks: 6, ...more.yaxis },
      yaxis2: { ...axis, side: "right", fixedrange: true, ...more.yaxis2 },
    };
  }

  function drawEquity() {
    const c = colours();
    const traces = [];
    if (data.hold) {
      traces.push(line(data.hold, "equity", "buy & hold", c.hold, { width: 1.5 }, "y", ",.2f"));
      traces.push(line(data.hold, "drawdown", "buy & hold", c.hold, { width: 1.2 }, "y2", ".1%"));
    }
    traces.push(line(data.run, "equity", "this run", c.run, { width: 2.2 }, "y", ",.2f"));
    traces.push({ ...line(data.run, "drawdown", "this run", c.run, { width: 1.5 }, "y2", ".1%"), fill: "tozeroy", fillcolor: faint(c.run, 0.13) });
    Plotly.react("equity-chart", traces, layout(c, {
      hovermode: "x unified", xaxis: { anchor: "y2", showspikes: false },
      yaxis: { domain: [0.34, 1], tickformat: "~s" }, yaxis2: { domain: [0, 0.26], tickformat: ".0%", nticks: 4 },
    }), config);
  }

  function line(curve, column, name, colour, style, axis, format) {
    return { type: "scatter", mode: "lines", name, x: curve.at, y: curve[column], yaxis: axis, line: { color: colour, shape: "linear", ...style }, hovertemplate: "%{y:" + format + "}" };
  }

  function drawCandles(symbol, around) {
    const s = data.symbols[symbol];
    if (!s) return;
    shown = symbol;
    const c = colours();
    const symbols = { buy: "triangle-up", sell: "triangle-down", stop: "x", target: "star", trailing: "diamond", time: "square" };
    const fills = { buy: c.run, sell: c.ink, stop: c.down, target: c.up, trailing: c.exit, time: c.muted };
    const wish = (w) => (w.outcome === "refused" ? c.down : w.outcome === "exit" ? c.exit : w.outcome === "abstained" ? c.line : w.long ? c.run : c.muted);
    const traces = [
      {
        type: "candlestick", x: s.at, open: s.open, high: s.high, low: s.low, close: s.close, name: symbol,
        increasing: { line: { color: faint(c.up, 0.75), width: 1 }, fillcolor: faint(c.up, 0.45) },
        decreasing: { line: { color: faint(c.down, 0.75), width: 1 }, fillcolor: faint(c.down, 0.45) },
      },
      {
        type: "scatter", mode: "markers", x: s.marks.map((m) => m.at), y: s.marks.map((m) => m.price), text: s.marks.map((m) => m.text), hovertemplate: "%{text}<extra></extra>",
        marker: { symbol: s.marks.map((m) => symbols[m.kind] || "circle"), color: s.marks.map((m) => fills[m.kind] || c.muted), size: 11, line: { color: c.paper, width: 1.5 } },
      },
      {
        type: "scatter", mode: "markers", yaxis: "y2", x: s.wishes.map((w) => w.at), y: s.wishes.map(() => 0), text: s.wishes.map((w) => w.text), hovertemplate: "%{text}<extra></extra>",
        marker: { symbol: "line-ns-open", size: 13, line: { width: 1.5 }, color: s.wishes.map(wish) },
      },
    ];
    const last = s.at[s.at.length - 1], span = last - s.at[0], half = Math.max(span * 0.04, 3 * 864e5);
    const whole = [s.at[0] - span / 200, last + span / 100];
    const range = around ? [around - half, around + half] : undefined;
    Plotly.react("candle-chart", traces, layout(c, {
      hovermode: "closest", xaxis: { anchor: "y2", range: range || whole },
      yaxis: { domain: [0.12, 1], ...within(s, range) }, yaxis2: { domain: [0, 0.08], visible: false, range: [-1, 1] },
    }), config);
    for (const tab of document.querySelectorAll("[role=tab]")) {
      tab.setAttribute("aria-selected", String(tab.dataset.symbol === symbol));
      tab.tabIndex = tab.dataset.symbol === symbol ? 0 : -1;
    }
    document.getElementById("candle-note").textContent =
      "Candles of " + s.interval + (s.interval === s.grain ? "" : ", drawn together from " + s.grain) + "." + (phone.matches ? "" : " Drag to zoom, double-click to see all.");
  }

  function within(s, range) {
    if (!range) return { autorange: true };
    let low = Infinity, high = -Infinity;
    s.at.forEach((at, i) => {
      if (at < range[0] || at > range[1]) return;
      low = Math.min(low, s.low[i]);
      high = Math.max(high, s.high[i]);
    });
    const room = (high - low) * 0.06 || 1;
    return low < high ? { range: [low - room, high + room] } : { autorange: true };
  }

  function pages(table) {
    const size = Number(table.dataset.pages), rows = [...table.tBodies[0].rows];
    const filters = table.parentElement.querySelector(".filters");
    const pager = document.createElement("div");
    const said = document.createElement("span"), back = document.createElement("button"), next = document.createElement("button");
    let page = 0, kind = "", words = "";
    pager.className = "pager";
    back.textContent = "Previous"; next.textContent = "Next";
    back.type = next.type = "button";
    pager.append(said, back, next);
    table.after(pager);
    const fits = (row) => (!kind || row.dataset.kind === kind) && (!words || (row.words ??= row.textContent.toLowerCase()).includes(words));
    function show() {
      const found = rows.filter(fits), most = Math.max(0, Math.ceil(found.length / size) - 1);
      page = Math.min(page, most);
      const visible = new Set(found.slice(page * size, (page + 1) * size));
      for (const row of rows) row.hidden = !visible.has(row);
      said.textContent = found.length ? `${page * size + 1}–${page * size + visible.size} of ${found.length.toLocaleString("en")}` : "Nothing matches.";
      back.disabled = page === 0; next.disabled = page === most;
      pager.hidden = rows.length <= size && !filters;
    }
    back.onclick = () => { page -= 1; show(); };
    next.onclick = () => { page += 1; show(); };
    if (filters) {
      const chips = filters.querySelectorAll("[data-kind]");
      chips.forEach((chip) => (chip.onclick = () => {
        kind = chip.dataset.kind; page = 0;
        chips.forEach((other) => other.setAttribute("aria-pressed", String(other === chip)));
        show();
      }));
      filters.querySelector("input").oninput = (event) => { words = event.target.value.trim().toLowerCase(); page = 0; show(); };
    }
    show();
  }

  const tabs = [...document.querySelectorAll("[role=tab]")];
  tabs.forEach((tab, i) => {
    tab.onclick = () => drawCandles(tab.dataset.symbol);
    tab.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const other = tabs[(i + step + tabs.length) % tabs.length];
      other.focus(); other.click();
    };
  });
  document.querySelectorAll(".jump").forEach((button) => (button.onclick = () => {
    if (!data.symbols[button.dataset.symbol]) return;
    drawCandles(button.dataset.symbol, Number(button.dataset.at));
    document.getElementById("prices").scrollIntoView();
  }));
  document.querySelectorAll("table[data-pages]").forEach(pages);
  const draw = () => { drawEquity(); if (tabs.length) drawCandles(shown || tabs[0].dataset.symbol); };
  dark.addEventListener("change", draw);
  phone.addEventListener("change", draw);
  draw();
  // A chart follows its frame at once: the library's own way waits, and a page that is printed or turned does not.
  const frames = new ResizeObserver((resized) => {
    for (const { target, contentRect } of resized) {
      if (contentRect.width && Math.abs(contentRect.width - target._fullLayout.width) >= 1) Plotly.relayout(target, { autosize: true });
    }
  });
  document.querySelectorAll(".chart").forEach((chart) => frames.observe(chart));
  document.documentElement.dataset.drawn = "yes";
})();
