// Which incidents are shown: filters, days and extent; and whether one by one or by cell.
(function (app) {
  "use strict";
  // Above this many, single marks hide each other: they are counted by cell.
  const MAX_SINGLE = 20000;
  // So do areas that cover the map this often in sum, however few they are, once there are more than FEW.
  const MAX_COVER = 6, FEW = 300;
  // Attacks later than the day shown are sketched only where that leaves the map readable.
  const MAX_LATER = 400;
  const SHAPES = 5;
  const shown = { single: true, incidents: new Int32Array(0), count: 0, places: 0, later: false };
  app.shown = shown;
  let columns = null;

  const sums = (steps, divisor) => {
    const found = new Float64Array(steps.length);
    let sum = 0;
    steps.forEach((step, index) => { sum += step; found[index] = sum / (divisor || 1); });
    return found;
  };
  app.takeIncidents = (part) => {
    const n = part.n, from = sums(part.from), placeOf = Int32Array.from(sums(part.placeOf));
    const lon = sums(part.lon, 1e6), lat = sums(part.lat, 1e6), m = placeOf.length;
    columns = {
      n: n, main: part.main, part: part, from: from, to: from.map((day, index) => day + part.length[index]),
      undated: Uint8Array.from(part.length, (days) => (days >= app.data.undatedDays ? 1 : 0)),
      placed: new Uint8Array(n), fits: new Uint8Array(n), passes: new Uint8Array(n), shape: new Uint8Array(n),
      m: m, placeOf: placeOf, lon: lon, lat: lat,
      x: lon.map(app.geo.x), y: lat.map(app.geo.y),
      radius: Float64Array.from(part.radius, (index) => part.radii[index]),
    };
    columns.reach = columns.radius.map((metres, index) => metres / (app.geo.earthM * Math.cos(lat[index] * Math.PI / 180)));
    for (let place = 0; place < m; place += 1) { columns.placed[placeOf[place]] = 1; }
    // The kinds with the most incidents have shapes of their own; the rest share the last.
    const counts = new Array(part.kinds.length).fill(0);
    part.kind.forEach((kind, index) => { counts[kind] += index < part.main ? 1 : 1e-6; });
    const ranked = counts.map((count, kind) => kind).sort((a, b) => counts[b] - counts[a] || a - b);
    app.kindShape = [];
    ranked.forEach((kind, rank) => { app.kindShape[kind] = Math.min(rank, SHAPES - 1); });
    part.kind.forEach((kind, index) => { columns.shape[index] = app.kindShape[kind]; });
    app.columns = columns;
    filter();
  };

  // --- filters --------------------------------------------------------------------------------------

  function filter() {
    if (!columns) { return; }
    const state = app.state, part = columns.part;
    const kind = state.kind === "" ? -1 : part.kinds.indexOf(state.kind);
    const grade = state.grade === "" ? -1 : part.grades.indexOf(state.grade);
    const sources = part.sources.map((names) => state.source === "" || names.includes(state.source));
    const blames = part.blames.map((ids) => state.blamed === "" || ids.includes(state.blamed));
    const span = state.span;
    for (let index = 0; index < columns.n; index += 1) {
      columns.fits[index] = (state.others || index < columns.main)
        && (kind < 0 || part.kind[index] === kind) && (grade < 0 || part.grade[index] === grade)
        && sources[part.source[index]] && blames[part.blamed[index]] ? 1 : 0;
      columns.passes[index] = columns.fits[index] && (!span || columns.undated[index] || (columns.from[index] <= span[1] && columns.to[index] >= span[0])) ? 1 : 0;
    }
  }
  app.FILTERS = ["kind", "source", "grade", "blamed", "others", "span"];
  app.on(app.FILTERS, filter);
  // 0: by the day shown; 1: it may have happened by then; 2: later; 3: before the days shown.
  app.timeOf = (index) => {
    const state = app.state;
    if (columns.undated[index]) { return 1; }
    if (columns.from[index] > state.day) { return 2; }
    if (state.trail !== null && columns.to[index] < state.day - state.trail) { return 3; }
    return columns.to[index] <= state.day ? 0 : 1;
  };

  // --- what the map shows now -----------------------------------------------------------------------

  const box = { west: 0, east: 1, north: 0, south: 1, pixels: 1, scale: 1 };
  app.box = box;
  function look() {
    const view = app.view, wide = view.width / view.scale / 2, high = view.height / view.scale / 2;
    Object.assign(box, { west: view.x - wide, east: view.x + wide, north: view.y - high, south: view.y + high,
      scale: view.scale, pixels: view.width * view.height });
  }
  let buffer = new Int32Array(0), seen = new Int32Array(0), round = 0;
  app.compute = () => {
    if (!columns) { return; }
    look();
    if (buffer.length < columns.n) { buffer = new Int32Array(columns.n); seen = new Int32Array(columns.n); }
    round += 1;
    let count = 0, places = 0, cover = 0, later = 0;
    for (let place = 0; place < columns.m; place += 1) {
      const index = columns.placeOf[place];
      if (!columns.passes[index]) { continue; }
      const reach = columns.reach[place], x = columns.x[place], y = columns.y[place];
      if (x + reach < box.west || x - reach > box.east || y + reach < box.north || y - reach > box.south) { continue; }
      const time = app.timeOf(index);
      if (time === 2) { later += 1; }
      if (time > 1) { continue; }
      places += 1;
      const side = 2 * Math.max(reach * box.scale, 3);
      cover += Math.min(side * side, box.pixels);
      if (seen[index] !== round) { seen[index] = round; buffer[count] = index; count += 1; }
    }
    shown.count = count;
    shown.places = places;
    shown.incidents = buffer.subarray(0, count);
    shown.later = later + places <= MAX_LATER;
    shown.single = places <= MAX_SINGLE && (places <= FEW || cover <= MAX_COVER * box.pixels);
  };

  // Incidents under a point of the map, the nearest and best placed first.
  app.hits = (at) => {
    if (!columns || !shown.single) { return []; }
    const found = [];
    for (let place = 0; place < columns.m; place += 1) {
      const index = columns.placeOf[place];
      if (!columns.passes[index]) { continue; }
      const time = app.timeOf(index);
      if (time > 2 || (time === 2 && !shown.later)) { continue; }
      const far = Math.hypot(columns.x[place] - at.x, columns.y[place] - at.y);
      if (far <= Math.max(columns.reach[place], 7 / box.scale)) { found.push([far + columns.reach[place], index]); }
    }
    found.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    return [...new Set(found.map((pair) => pair[1]))];
  };

  app.placesOfAttacks = () => {
    const found = new Map();
    if (!columns || !app.words) { return []; }
    for (let place = 0; place < columns.m && found.size <= 60; place += 1) {
      const index = columns.placeOf[place];
      if (index >= columns.main) { break; }
      const name = app.words.names[app.words.place[place]];
      // Two places of one name are two places.
      found.set([name, columns.lon[place], columns.lat[place]].join("|"), [columns.lon[place], columns.lat[place], name, null]);
    }
    return found.size > 60 ? [] : [...found.values()];
  };
})(window.CONTESTED_MAP);
