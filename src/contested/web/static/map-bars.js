// Incidents by day, under the map: bars stacked by kind, told apart by pattern.
(function (app) {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const MAX_BARS = 160, HEIGHT = 96, FOOT = 18, MARKS = 10;
  const state = app.state;
  let step = 1, bars = [], width = 0, dragged = null;

  function svg(name, attributes, words) {
    const made = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) { made.setAttribute(key, attributes[key]); }
    if (words !== undefined) { made.textContent = words; }
    return made;
  }
  // Shapes stand for kinds on the map; here each has a pattern, and incidents without a place one of their own.
  const PATTERNS = [
    [], [["path", { d: "M0 6L6 0" }]], [["circle", { cx: 3, cy: 3, r: 1.1, class: "dot" }]],
    [["path", { d: "M0 3H6" }]], [["path", { d: "M3 0V6M0 3H6" }]],
  ];
  function definitions() {
    const found = svg("defs", {});
    PATTERNS.forEach((parts, shape) => {
      const pattern = svg("pattern", { id: "bar-" + shape, width: 6, height: 6, patternUnits: "userSpaceOnUse" });
      pattern.append(svg("rect", { width: 6, height: 6, class: shape === 0 ? "full" : "light" }));
      for (const [name, attributes] of parts) { pattern.append(svg(name, attributes)); }
      found.append(pattern);
    });
    return found;
  }
  const columnsOf = () => PATTERNS.length + 1;

  function count() {
    const columns = app.columns, days = app.data.days;
    step = Math.ceil(days / MAX_BARS);
    bars = Array.from({ length: Math.ceil(days / step) }, () => new Array(columnsOf()).fill(0));
    let undated = 0, placeless = 0, outside = 0;
    for (let index = 0; index < columns.n; index += 1) {
      if (!columns.fits[index]) { continue; }
      if (!columns.placed[index]) { placeless += 1; }
      if (columns.undated[index]) { undated += 1; continue; }
      const day = columns.from[index];
      if (day < 0 || day >= days) { outside += 1; continue; }
      bars[Math.floor(day / step)][columns.placed[index] ? columns.shape[index] : PATTERNS.length] += 1;
    }
    app.placeless = placeless;
    app.undated = undated;
    const notes = [app.fill("bar_days", { n: step })];
    if (undated) { notes.push(app.fill("bars_undated", { n: app.number(undated) })); }
    if (outside) { notes.push(app.fill("bars_outside", { n: app.number(outside) })); }
    app.byId("bars-note").textContent = notes.join(" ");
  }
  const total = (bar) => bar.reduce((sum, n) => sum + n, 0);
  const at = (day) => (document.dir === "rtl" ? width - (day + 0.5) * width / app.data.days : (day + 0.5) * width / app.data.days);
  const barWords = (number) => app.fill("bar_label", {
    days: app.spanWords(number * step, Math.min(app.data.days - 1, (number + 1) * step - 1)), n: app.number(total(bars[number])),
  });

  function draw() {
    if (!app.columns) { return; }
    count();
    const box = app.byId("bars");
    width = box.clientWidth || 600;
    const most = Math.max(1, ...bars.map(total)), each = width * step / app.data.days;
    const drawing = svg("svg", { width: width, height: HEIGHT + FOOT + MARKS, role: "img", "aria-label": app.fill("bars_label", {
      n: app.number(bars.reduce((sum, bar) => sum + total(bar), 0)), most: app.number(most),
    }) });
    drawing.append(definitions(), svg("rect", { class: "span", y: 0, height: HEIGHT }), svg("line", { class: "base", x1: 0, x2: width, y1: HEIGHT, y2: HEIGHT }));
    bars.forEach((bar, number) => {
      const group = svg("g", {});
      let y = HEIGHT;
      bar.forEach((n, shape) => {
        if (!n) { return; }
        const high = Math.max(1, n / most * (HEIGHT - 14));
        const left = Math.min(at(number * step), at(Math.min(app.data.days, (number + 1) * step) - 1)) - width / app.data.days / 2;
        y -= high;
        group.append(svg("rect", { x: left + Math.min(1, each / 8), y: y, width: Math.max(0.8, Math.min(each, 40) - Math.min(2, each / 4)), height: high,
          class: shape < PATTERNS.length ? "bar" : "bar placeless", fill: shape < PATTERNS.length ? "url(#bar-" + shape + ")" : "none" }));
      });
      if (y < HEIGHT) { group.append(svg("title", {}, barWords(number))); }
      drawing.append(group);
    });
    drawing.append(svg("text", { class: "axis", x: 2, y: 11 }, app.fill("bars_most", { n: app.number(most) })));
    for (const [day, anchor] of [[0, "start"], [app.data.days - 1, "end"]]) {
      const x = day === 0 ? 0 : width;
      drawing.append(svg("text", { class: "axis", x: document.dir === "rtl" ? width - x : x, y: HEIGHT + FOOT + MARKS - 4, "text-anchor": anchor }, app.dayWords(day)));
    }
    box.querySelectorAll("svg").forEach((old) => old.remove());
    box.prepend(drawing);
    cursor();
    span();
    fillTable();
  }
  // Moved alone: the bars beneath are not drawn again for it.
  function cursor() { app.byId("bars-day").style.transform = "translateX(" + at(state.day) + "px)"; }
  function span(a, b) {
    const mark = document.querySelector("#bars .span");
    if (!mark) { return; }
    const chosen = a === undefined ? state.span : [Math.min(a, b), Math.max(a, b)];
    mark.style.display = chosen ? "" : "none";
    if (chosen) {
      const left = Math.min(at(chosen[0]), at(chosen[1])), right = Math.max(at(chosen[0]), at(chosen[1]));
      mark.setAttribute("x", left - width / app.data.days / 2);
      mark.setAttribute("width", right - left + width / app.data.days);
    }
  }
  // The same as rows: for whoever does not see the bars.
  function fillTable() {
    const rows = bars.map((bar, number) => [bar, number]).filter(([bar]) => total(bar)).map(([bar, number]) => {
      const row = app.element("tr", ""), days = app.element("th", "", app.spanWords(number * step, Math.min(app.data.days - 1, (number + 1) * step - 1)));
      days.scope = "row";
      row.append(days, app.element("td", "", app.number(total(bar))), app.element("td", "", app.number(bar[PATTERNS.length])));
      return row;
    });
    app.byId("bars-rows").replaceChildren(...rows);
  }

  app.startBars = () => {
    const box = app.byId("bars");
    const dayAt = (event) => {
      const edges = box.getBoundingClientRect();
      const share = (event.clientX - edges.left) / edges.width, along = document.dir === "rtl" ? 1 - share : share;
      return Math.max(0, Math.min(app.data.days - 1, Math.floor(along * app.data.days)));
    };
    // The day of a click is the first of its bar; dragging over several days makes a window of them.
    box.addEventListener("pointerdown", (event) => {
      if (event.button) { return; }
      dragged = { day: dayAt(event), x: event.clientX };
      box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => { if (dragged && Math.abs(event.clientX - dragged.x) > 6) { span(dragged.day, dayAt(event)); } });
    box.addEventListener("pointerup", (event) => {
      if (!dragged) { return; }
      const day = dayAt(event), start = dragged;
      dragged = null;
      if (Math.abs(event.clientX - start.x) > 6) { app.setSpan(start.day, day); } else { app.goTo(day - day % step, "push"); }
      span();
    });
    box.addEventListener("pointercancel", () => { dragged = null; span(); });
    new ResizeObserver(() => { if (box.clientWidth !== width) { draw(); } }).observe(box);
    app.on(app.FILTERS.filter((key) => key !== "span"), draw);
    app.on(["day"], cursor);
    app.on(["span"], () => span());
    draw();
  };
})(window.CONTESTED_MAP);
