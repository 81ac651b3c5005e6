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
  if (!app.data || !window.maplibregl || !window.DecompressionStream) { fail("a file of the map is missing"); return; }
  const data = app.data, text = app.text;
  const BOUNDS = [[data.box[0], data.box[1]], [data.box[2], data.box[3]]];

  byId("map-app").hidden = false;
  app.startAddress();
  const boxOf = (extent) => [[extent[0], extent[1]], [extent[2], extent[3]]];
  let map;
  try {
    map = new window.maplibregl.Map({
      container: "map", style: app.groundStyle(), attributionControl: false, dragRotate: false, pitchWithRotate: false,
      touchPitch: false, cooperativeGestures: false, fadeDuration: 0, maxPitch: 0, scrollZoom: false, renderWorldCopies: false,
      bounds: state.extent ? boxOf(state.extent) : BOUNDS, fitBoundsOptions: { padding: state.extent ? 0 : 12, animate: false },
      locale: { "NavigationControl.ZoomIn": text.zoom_in, "NavigationControl.ZoomOut": text.zoom_out },
    });
  } catch (error) {
    fail(error);
    return;
  }
  app.map = map;
  app.moved = Boolean(state.extent);
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new window.maplibregl.NavigationControl({ showCompass: false }), "top-right");
  byId("map").querySelectorAll(".maplibregl-ctrl-zoom-in, .maplibregl-ctrl-zoom-out").forEach((button) => {
    button.addEventListener("click", () => { app.moved = true; });
  });
  map.addControl(new window.maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  map.on("styleimagemissing", (event) => app.addPattern(event.id));

  // --- what follows from what -----------------------------------------------------------------------

  function refresh() {
    app.compute();
    app.fillMarks();
    app.arrangeNumbers();
    app.countTable();
    byId("by-cell").hidden = app.shown.single;
    if (!app.playing) { app.settle(); }
  }
  let settling = null;
  // What may wait until nothing moves: rows of the table, and labels that give way to numbers.
  app.settle = () => {
    window.clearTimeout(settling);
    settling = window.setTimeout(() => { app.thinLabels(); app.fillTable(); }, 60);
  };
  app.on([...app.FILTERS, "day", "trail"], () => { if (app.ready) { refresh(); } });
  app.on(["chosen"], () => { if (app.ready) { if (app.shown.single) { app.fillMarks(); } app.colourNumbers(); } });
  app.on(["extent"], (changed, trace) => { if (trace === "none") { showExtent(); } });
  function showExtent() {
    app.moved = Boolean(state.extent);
    map.fitBounds(state.extent ? boxOf(state.extent) : BOUNDS, { padding: state.extent ? 0 : 12, animate: false });
  }

  // A window that changes its size shows the whole region again, unless the reader chose a view.
  for (const name of ["dragstart", "zoomstart"]) { map.on(name, (event) => { if (event.originalEvent) { app.moved = true; } }); }
  map.on("resize", () => { if (!app.moved) { map.fitBounds(BOUNDS, { padding: 12, animate: false }); } });
  map.on("move", () => { if (app.ready) { app.keepCovered(); } });
  map.on("moveend", () => {
    if (!app.ready) { return; }
    refresh();
    if (app.moved) {
      const bounds = map.getBounds();
      app.set({ extent: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((value) => Number(value.toFixed(5))) });
    }
  });
  map.on("click", (event) => {
    if (!app.columns) { return; }
    if (!app.shown.single) {
      const cell = app.cellAt(event.point);
      if (cell) { app.openCell(cell); }
      return;
    }
    app.choose(app.hits(event.point).map((index) => index + 1));
  });
  let hovered = "", waiting = false;
  map.on("mousemove", (event) => {
    if (waiting || !app.columns || app.playing || map.isMoving()) { return; }
    waiting = true;
    window.requestAnimationFrame(() => {
      waiting = false;
      const found = app.hits(event.point).slice(0, 3), key = found.join();
      map.getCanvas().style.cursor = found.length || (!app.shown.single && app.cellAt(event.point)) ? "pointer" : "";
      if (key !== hovered) { hovered = key; app.preview(found.length ? found : null); }
    });
  });
  map.on("mouseout", () => { if (hovered) { hovered = ""; app.preview(null); } });

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
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!app.ready) { return; }
    app.dropPatterns();
    map.setStyle(app.groundStyle(), { diff: false });
    map.once("styledata", () => { map.addLayer(app.marksLayer); app.redrawGround(); });
  });

  // --- start ----------------------------------------------------------------------------------------

  app.startTime();
  app.startTable();
  const incidents = app.part("incidents").then(app.takeIncidents).catch(() => app.missing(text.part_incidents));
  const loaded = new Promise((done) => { map.on("load", done); });
  Promise.all([incidents, loaded]).then(() => {
    app.ready = true;
    try { map.addLayer(app.marksLayer); } catch (error) { fail(error); return null; }
    if (app.columns) { startFilters(); app.startBars(); }
    refresh();
    app.loadLayer();
    return app.columns ? app.part("words") : null;
  }).then((words) => {
    app.words = words;
    app.arrangeNumbers();
    app.placeLabels();
    app.pin();
    app.fillTable();
    app.complete = true;
  }).catch(() => app.missing(text.part_words));
})(window.CONTESTED_MAP);
