"use strict";
(() => {
  const { columns: c } = JSON.parse(document.getElementById("treemap-data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const phone = matchMedia("(max-width: 640px)");

  const theme = () => {
    const style = getComputedStyle(document.documentElement);
    const names = ["paper", "card", "ink", "soft", "line", "sans", "none", "hatch", "b0", "b1", "b2", "b3", "b4"];
    return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
  };
  const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  function draw() {
    const t = theme();
    const isGroup = c.parent.map((parent) => parent === "");
    const fills = c.band.map((band, at) => channels(isGroup[at] ? t.card : band === null ? t.none : t["b" + band]));
    const inks = fills.map((rgb, at) => (isGroup[at] ? t.ink : light(rgb) > 0.26 ? "#16171a" : "#ffffff"));
    Plotly.react("treemap", [{
      type: "treemap", branchvalues: "total", ids: c.id, labels: c.label, parents: c.parent, values: c.size, text: c.text, customdata: c.more,
      texttemplate: c.id.map((_, at) => (isGroup[at] ? "<b>%{label}</b>" : "<b>%{label}</b><br>%{text}")),
      hovertemplate: "%{customdata}<extra></extra>", textposition: "middle center", tiling: { packing: "squarify", pad: 2 },
      pathbar: { visible: false }, maxdepth: 2, sort: true, root: { color: "rgba(0,0,0,0)" },
      textfont: { color: inks, size: phone.matches ? 12 : 14, family: t.sans },
      marker: {
        colors: fills.map((rgb) => `rgb(${rgb.join(",")})`), cornerradius: 4, line: { width: 0 }, pad: { t: 24, l: 3, r: 3, b: 3 },
        pattern: { shape: c.band.map((band, at) => (!isGroup[at] && band === null ? "/" : "")), fgcolor: t.hatch, bgcolor: t.none, size: 7, solidity: 0.18, fillmode: "overlay" },
      },
    }], {
      paper_bgcolor: "rgba(0,0,0,0)", margin: { l: 0, r: 0, t: 4, b: 0 }, font: { family: t.sans, color: t.ink },
      hoverlabel: { bgcolor: t.card, bordercolor: t.line, font: { color: t.ink, family: t.sans, size: 13 }, align: "left" },
    }, { displayModeBar: false, displaylogo: false, responsive: true });
  }

  draw();
  dark.addEventListener("change", draw);
  phone.addEventListener("change", draw);
})();
