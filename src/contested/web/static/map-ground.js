// Who held the ground on the day shown, the front between them, and the names of places.
(function (app) {
  "use strict";
  const EMPTY = { type: "FeatureCollection", features: [] };
  // Labels are elements of the page, shaped by the browser; more than this would slow it down.
  const MAX_LABELS = 120;
  let part = null;

  const feature = (geometry, properties) => ({ type: "Feature", geometry: geometry, properties: properties });
  const collection = (features) => ({ type: "FeatureCollection", features: features });
  const groundOn = (day) => (!part ? EMPTY : collection(part.holdings
    .filter((held) => held[2] <= day && day <= held[3])
    .map((held) => feature(part.shapes[held[0]], { holder: held[1], place: held[4] }))));
  const frontOn = (day) => (!part ? EMPTY : collection(part.fronts
    .filter((front) => front[0] <= day && day <= front[1]).map((front) => feature(front[2], {}))));

  // --- patterns: the same readings as in print ------------------------------------------------------

  const PATTERNS = {
    slash: (x, y) => (x + y) % 8 === 0,
    backslash: (x, y) => (x - y + 16) % 8 === 0,
    grid: (x, y) => x % 8 === 0 || y % 8 === 0,
    bars: (x) => x % 8 === 0,
    dash: (x, y) => y % 8 === 0,
    cross: (x, y) => (x + y) % 8 === 0 || (x - y + 16) % 8 === 0,
  };
  function patternImage(rule, dark) {
    const pixels = new Uint8Array(16 * 16 * 4), shade = dark ? 255 : 0;
    for (let y = 0; y < 16; y += 1) {
      for (let x = 0; x < 16; x += 1) {
        if (rule(x, y)) { pixels.set([shade, shade, shade, 95], 4 * (16 * y + x)); }
      }
    }
    return { width: 16, height: 16, data: pixels };
  }

  // --- style ----------------------------------------------------------------------------------------

  app.groundStyle = () => {
    const dark = app.isDark(), holders = app.data.holders;
    const colours = ["match", ["get", "holder"]];
    for (const id of Object.keys(holders)) { colours.push(id, holders[id].colour); }
    colours.push("#cccccc");
    const layers = [
      { id: "paper", type: "background", paint: { "background-color": dark ? "#1d1f1e" : "#f4f4f1" } },
      { id: "ground", type: "fill", source: "ground",
        paint: { "fill-color": colours, "fill-opacity": dark ? 0.5 : 0.55, "fill-outline-color": dark ? "#111111" : "#ffffff" } },
    ];
    for (const name of Object.keys(PATTERNS)) {
      const drawn = Object.keys(holders).filter((id) => holders[id].pattern === name);
      if (drawn.length) {
        layers.push({ id: "pattern-" + name, type: "fill", source: "ground",
          filter: ["in", ["get", "holder"], ["literal", drawn]], paint: { "fill-pattern": name } });
      }
    }
    layers.push({ id: "front", type: "line", source: "front", layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": dark ? "#f5f5f0" : "#1a1a1a", "line-width": 2.6 } });
    const day = app.state.day;
    return { version: 8, layers: layers, sources: {
      ground: { type: "geojson", data: groundOn(day) }, front: { type: "geojson", data: frontOn(day) },
    } };
  };
  app.dropPatterns = () => {
    for (const name of Object.keys(PATTERNS)) { if (app.map.hasImage(name)) { app.map.removeImage(name); } }
  };
  app.addPattern = (name) => {
    if (PATTERNS[name] && !app.map.hasImage(name)) {
      app.map.addImage(name, patternImage(PATTERNS[name], app.isDark()), { pixelRatio: 2 });
    }
  };

  // --- the day --------------------------------------------------------------------------------------

  // Ground is handed over only where it changed since the day drawn last: play may run over years.
  let drawn = null;
  function drawGround() {
    if (!app.ready) { return; }
    const day = app.state.day;
    const state = part ? part.holdings.reduce((all, held, index) => (held[2] <= day && day <= held[3] ? all + "," + index : all), part.name) : "";
    if (state === drawn) { return; }
    drawn = state;
    app.map.getSource("ground").setData(groundOn(day));
    app.map.getSource("front").setData(frontOn(day));
  }
  app.redrawGround = () => { drawn = null; drawGround(); };

  async function loadLayer() {
    const entry = app.data.layers[app.state.layer];
    let found = null;
    if (entry) {
      try { found = await app.part(entry.part); } catch (error) { app.missing(entry.name); }
      if (app.data.layers[app.state.layer] !== entry) { return; }
    }
    part = found;
    app.changes = part ? part.changes : [];
    const note = app.byId("simplified");
    note.hidden = !part || !part.toleranceDegrees;
    if (!note.hidden) {
      const metres = Math.round(part.toleranceDegrees * 111195);
      note.textContent = app.fill("simplified", { n: app.number(metres) });
    }
    drawGround();
    placeLabels();
    app.showTicks();
  }
  app.loadLayer = loadLayer;
  app.on(["day"], drawGround);
  app.on(["layer"], loadLayer);

  // --- names of places ------------------------------------------------------------------------------

  let labels = [], wanted = [];
  function placeLabels() {
    for (const label of labels) { label.marker.remove(); }
    if (!app.ready) { return; }
    const own = part && part.labels.length;
    wanted = own ? part.labels : app.placesOfAttacks ? app.placesOfAttacks() : [];
    labels = wanted.slice(0, MAX_LABELS).map((label) => {
      const words = app.element("div", "map-label");
      const name = app.element("bdi", "", label[2]);
      words.append(name);
      if (label[3]) { words.append(app.element("bdi", "local", label[3])); }
      // Beneath the number, where the place is that of an attack.
      const marker = new window.maplibregl.Marker({ element: words, offset: [0, own ? 0 : 26] })
        .setLngLat([label[0], label[1]]).addTo(app.map);
      for (const name of ["role", "aria-label", "tabindex"]) { words.removeAttribute(name); }
      words.setAttribute("aria-hidden", "true");
      return { marker: marker, words: words };
    });
    app.thinLabels();
  }
  app.placeLabels = placeLabels;
  // Labels that would run into a number or another label are left out until there is room.
  app.thinLabels = () => {
    const taken = app.numberBoxes ? app.numberBoxes() : [];
    for (const label of labels) { label.words.style.visibility = "visible"; }
    const boxes = labels.map((label) => label.words.getBoundingClientRect());
    labels.forEach((label, index) => {
      const box = boxes[index];
      const free = taken.every((other) => box.right < other[0] || box.left > other[2] || box.bottom < other[1] || box.top > other[3]);
      label.words.style.visibility = free ? "visible" : "hidden";
      if (free) { taken.push([box.left - 2, box.top - 2, box.right + 2, box.bottom + 2]); }
    });
  };
})(window.CONTESTED_MAP);
