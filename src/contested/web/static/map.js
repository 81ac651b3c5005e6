// The interactive map: puts its parts together. The other files named map-*.js come before this one.
(function (app) {
  "use strict";
  const byId = app.byId || ((id) => document.getElementById(id)), state = app.state;
  function fail(reason) {
    app.failed = String(reason);
    byId("map-app").hidden = true;
    byId("map-failed").hidden = false;
  }
  app.fail = fail;
  if (!app.data || !app.startView || !window.DecompressionStream) { fail("a file of the map is missing"); return; }
  const data = app.data, text = app.text;

  app.started = true;
  app.startAddress();
  app.moved = Boolean(state.extent);

  // --- what follows from what -----------------------------------------------------------------------

  function refresh() {
    app.compute();
    if (app.shown.single) { app.arrangeNumbers(); }
    app.drawMarks();
    app.emptyNumbers();
    app.countTable();
    byId("by-cell").hidden = app.shown.single;
    if (!app.playing) { app.settle(); }
  }
  let settling = null;
  // What may wait until nothing moves: rows of the table, and labels that give way to numbers.
  app.settle = () => {
    window.clearTimeout(settling);
    settling = window.setTimeout(() => { if (!app.shown.single) { app.arrangeNumbers(); } app.placeLabels(); app.fillTable(); }, 60);
  };
  function drawAll() {
    if (!app.ready) { return; }
    app.drawGround(true);
    refresh();
    app.placeLabels();
  }
  app.on([...app.FILTERS, "day", "trail"], () => { if (app.ready) { refresh(); } });
  app.on(["chosen"], () => { if (app.ready) { app.drawMarks(); app.colourNumbers(); } });
  app.on(["extent"], (changed, trace) => { if (trace === "none") { app.moved = Boolean(state.extent); app.showRegion(); } });
  app.moveEnd = () => {
    if (!app.ready) { return; }
    refresh();
    if (app.moved) { app.set({ extent: app.extent().map((value) => Number(value.toFixed(5))) }); }
  };
  app.click = (event) => {
    if (!app.columns) { return; }
    const at = app.at(event), cell = app.shown.single ? null : app.cellAt(at);
    if (cell) { app.openCell(cell); } else if (app.shown.single) { app.choose(app.hits(at).map((index) => index + 1)); }
  };
  let hovered = "", waiting = false;
  app.hover = (event) => {
    if (waiting || !app.columns || app.playing || app.moving) { return; }
    waiting = true;
    window.requestAnimationFrame(() => {
      waiting = false;
      const at = event && app.at(event), found = at ? app.hits(at).slice(0, 3) : [], key = found.join();
      byId("map").classList.toggle("over", found.length > 0 || Boolean(at && !app.shown.single && app.cellAt(at)));
      if (key !== hovered) { hovered = key; app.preview(found.length ? found : null); }
    });
  };

  // --- filters --------------------------------------------------------------------------------------

  function options(id, values, names) {
    const select = byId("filter-" + id);
    if (values.length < 2 && id !== "blamed" || !values.length) { select.closest("p").hidden = true; }
    values.forEach((value, index) => {
      const option = app.element("option", "", names ? names[index] : value);
      option.value = value;
      option.dir = "auto";
      select.append(option);
    });
    select.addEventListener("change", () => app.set({ [id]: select.value }, "push"));
    const show = () => { select.value = state[id]; };
    app.on([id], show);
    show();
  }
  function startFilters() {
    const part = app.columns.part, distinct = (lists) => [...new Set(lists.flat())].sort();
    options("kind", part.kinds.slice().sort((a, b) => (a < b ? -1 : 1)));
    options("source", distinct(part.sources));
    options("grade", part.grades.slice().sort());
    const blamed = distinct(part.blames);
    options("blamed", blamed, blamed.map(app.holderName));
    const legend = byId("kinds");
    const ranked = part.kinds.map((kind, index) => [app.kindShape[index], kind]).sort((a, b) => a[0] - b[0]);
    legend.hidden = ranked.length < 2;
    for (const [shape, kind] of ranked.slice(0, 12)) {
      const item = app.element("li", "", null);
      item.append(app.element("span", "kind-key shape-" + shape, ""), Object.assign(app.element("span", "", kind), { dir: "auto" }));
      legend.append(item);
    }
  }
  for (const [id, key, read] of [["layer", "layer", (box) => Number(box.value)], ["others", "others", (box) => box.checked]]) {
    const box = byId(id);
    if (box) {
      box.addEventListener("change", () => app.set({ [key]: read(box) }, "push"));
      const show = () => { if (id === "others") { box.checked = state.others; } else { box.value = String(state.layer); } };
      app.on([key], show);
      show();
    }
  }
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { app.dropPatterns(); drawAll(); });

  // --- start ----------------------------------------------------------------------------------------

  app.startTime();
  app.startTable();
  try { app.startView(data.box, drawAll); } catch (error) { fail(error); return; }
  // Ground and incidents are drawn as they come; what stands around the map, and the words, once they are seen.
  const seen = () => new Promise((done) => {
    window.requestAnimationFrame(() => window.setTimeout(done));
    window.setTimeout(done, 500); // where no frame comes: a window behind others
  });
  const mark = (name) => window.performance.mark("map-" + name);
  const ground = app.loadLayer(), incidents = app.part("incidents").then(app.takeIncidents);
  async function start() {
    await incidents.catch(() => app.missing(text.part_incidents));
    app.ready = true;
    drawAll();
    await seen();
    mark("points");
    if (app.columns) {
      startFilters();
      app.startBars();
      try { app.words = await app.part("words"); } catch (error) { app.missing(text.part_words); }
    }
    await ground;
    app.arrangeNumbers();
    app.nameLabels();
    app.pin();
    app.fillTable();
    app.complete = true;
    await seen();
    mark("complete");
  }
  start();
})(window.CONTESTED_MAP);
