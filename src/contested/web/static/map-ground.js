// Who held the ground on the day shown, the front between them, and the names of places.
(function (app) {
  "use strict";
  // Labels are elements of the page, shaped by the browser; more than this would slow it down.
  const MAX_LABELS = 120;
  let part = null, shapes = [], lines = [];

  // --- patterns: the same readings as in print ------------------------------------------------------

  const TILE = 8;
  const PATTERNS = {
    slash: [[0, TILE, TILE, 0]], backslash: [[0, 0, TILE, TILE]], grid: [[0, 0.5, TILE, 0.5], [0.5, 0, 0.5, TILE]],
    bars: [[0.5, 0, 0.5, TILE]], dash: [[0, 0.5, TILE, 0.5]], cross: [[0, TILE, TILE, 0], [0, 0, TILE, TILE]],
  };
  let patterns = {};
  function patternOf(context, name) {
    if (!PATTERNS[name]) { return null; }
    if (!patterns[name]) {
      const tile = document.createElement("canvas"), ratio = app.sheet.ratio;
      tile.width = tile.height = TILE * ratio;
      // Drawn onto a paper in memory: fetched from a graphics process it would be waited for.
      const drawn = tile.getContext("2d", { willReadFrequently: true });
      drawn.scale(ratio, ratio);
      drawn.strokeStyle = app.isDark() ? "#ffffff70" : "#00000070";
      drawn.lineWidth = 1;
      for (const [x, y, toX, toY] of PATTERNS[name]) {
        for (const [dx, dy] of [[0, 0], [TILE, 0], [-TILE, 0]]) { drawn.moveTo(x + dx, y + dy); drawn.lineTo(toX + dx, toY + dy); }
      }
      drawn.stroke();
      patterns[name] = context.createPattern(tile, "repeat");
      patterns[name].setTransform(new DOMMatrix().scale(1 / ratio));
    }
    return patterns[name];
  }
  app.dropPatterns = () => { patterns = {}; };

  // --- shapes ---------------------------------------------------------------------------------------

  // Rings of a GeoJSON geometry as flat lists of x, y in [0, 1].
  function ringsOf(geometry) {
    if (geometry.type === "GeometryCollection") { return (geometry.geometries || []).flatMap(ringsOf); }
    const depth = { LineString: 0, MultiLineString: 1, Polygon: 1, MultiPolygon: 2 }[geometry.type];
    if (depth === undefined) { return []; }
    const rings = depth === 0 ? [geometry.coordinates] : geometry.coordinates.flat(depth - 1);
    return rings.map((ring) => {
      const flat = new Float64Array(2 * ring.length);
      ring.forEach(([lon, lat], index) => { flat[2 * index] = app.geo.x(lon); flat[2 * index + 1] = app.geo.y(lat); });
      return flat;
    });
  }
  function trace(path, rings, closed) {
    const sheet = app.sheet, left = sheet.width / 2 - sheet.x * sheet.scale, top = sheet.height / 2 - sheet.y * sheet.scale;
    for (const ring of rings) {
      for (let at = 0; at < ring.length; at += 2) {
        const x = ring[at] * sheet.scale + left, y = ring[at + 1] * sheet.scale + top;
        if (at === 0) { path.moveTo(x, y); } else { path.lineTo(x, y); }
      }
      if (closed) { path.closePath(); }
    }
  }
  // The holdings that stand on the day shown: [shape, holder, first day, last day, place].
  app.holdingsShown = () => (part ? part.holdings.filter((held) => held[2] <= app.state.day && app.state.day <= held[3]) : []);
  let drawn = null;
  app.drawGround = (anew) => {
    const held = app.holdingsShown(), key = part ? held.map((one) => one[0] + one[1]).join() : "";
    // Play may run over years in which nothing changes hands: then the sheet stands as it is.
    if (!anew && key === drawn) { return; }
    drawn = key;
    const context = app.paper("ground"), dark = app.isDark(), holders = app.data.holders, day = app.state.day;
    for (const id of new Set(held.map((one) => one[1]))) {
      const path = new Path2D();
      for (const one of held) { if (one[1] === id) { trace(path, shapes[one[0]], true); } }
      const mark = holders[id] || { colour: "#cccccc", pattern: "" };
      context.globalAlpha = dark ? 0.5 : 0.55;
      context.fillStyle = mark.colour;
      context.fill(path, "evenodd");
      context.globalAlpha = 1;
      const pattern = patternOf(context, mark.pattern);
      if (pattern) { context.fillStyle = pattern; context.fill(path, "evenodd"); }
      context.strokeStyle = dark ? "#111111" : "#ffffff";
      context.lineWidth = 0.8;
      context.stroke(path);
    }
    const front = new Path2D();
    (part ? part.fronts : []).forEach((one, index) => { if (one[0] <= day && day <= one[1]) { trace(front, lines[index], false); } });
    context.strokeStyle = dark ? "#f5f5f0" : "#1a1a1a";
    context.lineWidth = 2.6;
    context.lineJoin = context.lineCap = "round";
    context.stroke(front);
  };
  app.on(["day"], () => { if (app.ready) { app.drawGround(false); } });

  app.loadLayer = async () => {
    const entry = app.data.layers[app.state.layer];
    let found = null;
    if (entry) {
      try { found = await app.part(entry.part); } catch (error) { app.missing(entry.name); }
      if (app.data.layers[app.state.layer] !== entry) { return; }
    }
    part = found;
    shapes = part ? part.shapes.map(ringsOf) : [];
    lines = part ? part.fronts.map((front) => ringsOf(front[2])) : [];
    app.changes = part ? part.changes : [];
    const note = app.byId("simplified");
    note.hidden = !part || !part.toleranceDegrees;
    if (!note.hidden) { note.textContent = app.fill("simplified", { n: app.number(Math.round(part.toleranceDegrees * app.geo.earthM / 360)) }); }
    app.drawGround(true);
    app.drawMarks();
    app.nameLabels();
    app.showTicks();
    app.layerShown = entry && part ? entry.name : null;
  };
  app.on(["layer"], () => { if (app.ready) { app.loadLayer(); } });

  // --- names of places ------------------------------------------------------------------------------

  let labels = [];
  app.nameLabels = () => {
    const own = part && part.labels.length, wanted = own ? part.labels : app.placesOfAttacks();
    labels = wanted.slice(0, MAX_LABELS).map(([lon, lat, name, local]) => {
      const words = app.element("div", "map-label");
      words.append(app.element("bdi", "", name));
      if (local) { words.append(app.element("bdi", "local", local)); }
      // Beneath the number, where the place is that of an attack.
      return { words: words, x: app.geo.x(lon), y: app.geo.y(lat), down: own ? 0 : 26, size: null };
    });
    app.byId("map-labels").replaceChildren(...labels.map((label) => label.words));
    app.placeLabels();
  };
  // Labels that would run into a number or another label are left out until there is room.
  app.placeLabels = () => {
    for (const label of labels) { label.size = label.size || [label.words.offsetWidth, label.words.offsetHeight]; }
    const taken = app.numberBoxes ? app.numberBoxes() : [];
    for (const label of labels) {
      const [x, y] = app.onSheet(label.x, label.y), [width, height] = label.size;
      const box = [x - width / 2, y + label.down - height / 2, x + width / 2, y + label.down + height / 2];
      const free = taken.every((other) => box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3]);
      label.words.style.visibility = free ? "visible" : "hidden";
      label.words.style.transform = "translate(" + box[0] + "px," + box[1] + "px)";
      if (free) { taken.push([box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2]); }
    }
  };
})(window.CONTESTED_MAP);
