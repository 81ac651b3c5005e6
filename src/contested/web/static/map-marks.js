// Incidents on the map: each place as its disc, or cells with their number.
(function (app) {
  "use strict";
  // A disc wider than this share of the map says "somewhere here": nothing marks its middle.
  const WIDE_SHARE = 0.35;
  const CELL_PX = 56, MAX_CELL_NUMBERS = 40;
  // Up to this many are drawn with smooth edges; more, pixel by pixel, which is some twenty times as fast.
  const MAX_SMOOTH = 400;
  const INK = { light: { attack: [179, 0, 27], quiet: [90, 89, 85], ring: "#0b4f8a" }, dark: { attack: [255, 138, 148], quiet: [201, 199, 191], ring: "#8fc1f0" } };
  let cells = [];
  const ink = () => INK[app.isDark() ? "dark" : "light"];
  const rgb = (colour, alpha) => "rgba(" + colour.join() + "," + alpha + ")";

  // Visits the places on the sheet that pass, the events' incidents last: (place, incident, time, x, y, radius in px).
  function visit(take) {
    const columns = app.columns, sheet = app.sheet, later = app.shown.later;
    for (let place = columns.m - 1; place >= 0; place -= 1) {
      const index = columns.placeOf[place];
      if (!columns.passes[index]) { continue; }
      const time = app.timeOf(index);
      if (time > 2 || (time === 2 && !later)) { continue; }
      const x = (columns.x[place] - sheet.x) * sheet.scale + sheet.width / 2, y = (columns.y[place] - sheet.y) * sheet.scale + sheet.height / 2;
      const r = Math.max(2, columns.reach[place] * sheet.scale);
      if (x + r < 0 || y + r < 0 || x - r > sheet.width || y - r > sheet.height) { continue; }
      take(place, index, time, x, y, r);
    }
  }

  // --- few: smooth ------------------------------------------------------------------------------------

  const SHAPES = [
    (path, x, y, s) => { path.arc(x, y, s, 0, 7); },
    (path, x, y, s) => { path.rect(x - s * 0.9, y - s * 0.9, s * 1.8, s * 1.8); },
    (path, x, y, s) => { path.moveTo(x, y - s * 1.15); path.lineTo(x + s * 1.05, y + s * 0.8); path.lineTo(x - s * 1.05, y + s * 0.8); path.closePath(); },
    (path, x, y, s) => { path.moveTo(x, y - s * 1.25); path.lineTo(x + s * 1.25, y); path.lineTo(x, y + s * 1.25); path.lineTo(x - s * 1.25, y); path.closePath(); },
    (path, x, y, s) => { path.rect(x - s * 1.2, y - s * 0.4, s * 2.4, s * 0.8); path.rect(x - s * 0.4, y - s * 1.2, s * 0.8, s * 2.4); },
  ];
  function drawSmooth(context) {
    const colours = ink(), wide = WIDE_SHARE * app.view.width;
    visit((place, index, time, x, y, r) => {
      const main = index < app.columns.main, colour = main ? colours.attack : colours.quiet;
      context.beginPath();
      context.arc(x, y, r, 0, 7);
      if (main && time < 2) { context.fillStyle = rgb(colour, time ? 0.1 : 0.22); context.fill(); }
      context.setLineDash(time === 2 ? [2, 3] : time === 1 ? [6, 4] : main ? [] : [3, 2]);
      context.lineWidth = main ? 1.8 : 1.1;
      context.strokeStyle = rgb(colour, time === 2 ? 0.6 : 0.95);
      context.stroke();
      if (2 * r >= wide || time === 2 || (main && app.numbered)) { return; }
      context.beginPath();
      SHAPES[app.columns.shape[index]](context, x, y, 4);
      context.setLineDash([]);
      context.fillStyle = context.strokeStyle = rgb(colour, 0.95);
      if (time) { context.lineWidth = 1.3; context.stroke(); } else { context.fill(); }
    });
    context.setLineDash([]);
  }

  // --- many: pixel by pixel -----------------------------------------------------------------------------

  // Pixels of each shape, as [x, y] from its middle.
  const PIXELS = SHAPES.map((shape, number) => {
    const found = [];
    for (let y = -3; y <= 3; y += 1) {
      for (let x = -3; x <= 3; x += 1) {
        const a = Math.abs(x), b = Math.abs(y);
        if ([a * a + b * b <= 7, a <= 2 && b <= 2, y <= 2 && a <= (y + 3) / 2, a + b <= 3, (a <= 0 && b <= 3) || (b <= 0 && a <= 3)][number]) { found.push([x, y]); }
      }
    }
    return found;
  });
  function drawPixels(context) {
    const sheet = app.sheet, width = sheet.width, height = sheet.height, columns = app.columns, wide = WIDE_SHARE * app.view.width;
    const fill = new Uint8Array(width * height), line = new Uint8Array(width * height);
    visit((place, index, time, fx, fy, r) => {
      const main = index < columns.main, x = Math.round(fx), y = Math.round(fy), tint = main ? 2 : 1;
      if (r >= 3) {
        const top = Math.max(0, Math.ceil(y - r)), bottom = Math.min(height - 1, Math.floor(y + r));
        let before = 0;
        for (let row = top; row <= bottom; row += 1) {
          const half = Math.round(Math.sqrt(Math.max(0, r * r - (row - y) * (row - y)))), left = x - half, right = x + half;
          const start = row * width, from = Math.max(0, left), to = Math.min(width - 1, right);
          if (main && !time) { for (let at = start + from; at <= start + to; at += 1) { if (fill[at] < 60) { fill[at] += 1; } } }
          if (time === 0 || row % 6 < 4) {
            // As wide a stroke as the edge runs flat here.
            const run = Math.max(1, Math.abs(half - before));
            for (let step = 0; step < run; step += 1) {
              if (left + step >= 0 && left + step < width) { line[start + left + step] = tint; }
              if (right - step >= 0 && right - step < width) { line[start + right - step] = tint; }
            }
          }
          before = half;
        }
      }
      if (2 * r >= wide || time === 2) { return; }
      for (const [dx, dy] of PIXELS[columns.shape[index]]) {
        const column = x + dx, row = y + dy;
        if (column >= 0 && column < width && row >= 0 && row < height) { line[row * width + column] = tint; }
      }
    });
    const colours = ink(), picture = new ImageData(width, height), pixels = new Uint32Array(picture.data.buffer);
    // Little-endian, as every machine that runs a browser: alpha, blue, green, red.
    const packed = (colour, alpha) => ((Math.round(255 * alpha) << 24) | (colour[2] << 16) | (colour[1] << 8) | colour[0]) >>> 0;
    const filled = Uint32Array.from({ length: 61 }, (none, n) => (n ? packed(colours.attack, Math.min(0.75, 1 - Math.pow(0.86, n))) : 0));
    const lined = [0, packed(colours.quiet, 0.85), packed(colours.attack, 0.9)];
    for (let at = 0; at < pixels.length; at += 1) { pixels[at] = line[at] ? lined[line[at]] : filled[fill[at]]; }
    const between = document.createElement("canvas");
    between.width = width;
    between.height = height;
    between.getContext("2d", { willReadFrequently: true }).putImageData(picture, 0, 0);
    context.drawImage(between, 0, 0);
  }

  // --- by cell ------------------------------------------------------------------------------------------

  let grid = null;
  function gridOf(level) {
    if (grid && grid.level === level) { return grid; }
    const columns = app.columns, size = Math.pow(2, -level), numbers = new Map();
    const cellOf = new Int32Array(columns.m), corners = [];
    for (let place = 0; place < columns.m; place += 1) {
      const i = Math.floor(columns.x[place] / size), j = Math.floor(columns.y[place] / size), key = i * 67108864 + j;
      let number = numbers.get(key);
      if (number === undefined) { number = numbers.size; numbers.set(key, number); corners.push([i * size, j * size]); }
      cellOf[place] = number;
    }
    grid = { level: level, size: size, cellOf: cellOf, corners: corners };
    return grid;
  }
  function countCells() {
    const columns = app.columns, found = gridOf(Math.max(0, Math.min(25, Math.floor(Math.log2(app.view.scale / CELL_PX)))));
    const counts = new Int32Array(found.corners.length), last = new Int32Array(counts.length).fill(-1);
    for (let place = 0; place < columns.m; place += 1) {
      const index = columns.placeOf[place], cell = found.cellOf[place];
      if (last[cell] !== index && columns.passes[index] && app.timeOf(index) < 2) { last[cell] = index; counts[cell] += 1; }
    }
    const half = found.size / 2;
    cells = [];
    counts.forEach((n, cell) => { if (n) { cells.push({ n: n, x: found.corners[cell][0] + half, y: found.corners[cell][1] + half, half: half }); } });
  }
  function drawCells(context) {
    const colour = ink().attack, sheet = app.sheet;
    const most = Math.log1p(cells.reduce((sum, cell) => Math.max(sum, cell.n), 0));
    context.strokeStyle = rgb(colour, 0.8);
    context.lineWidth = 1.2;
    context.font = "700 11px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const cell of cells) {
      const [x, y] = app.onSheet(cell.x, cell.y), side = cell.half * 2 * sheet.scale - 3;
      if (x + side < 0 || y + side < 0 || x - side > sheet.width || y - side > sheet.height) { continue; }
      context.fillStyle = rgb(colour, 0.08 + 0.6 * Math.log1p(cell.n) / most);
      context.fillRect(x - side / 2, y - side / 2, side, side);
      context.strokeRect(x - side / 2, y - side / 2, side, side);
      context.fillStyle = app.isDark() ? "#000000" : "#ffffff";
      const words = app.number(cell.n), width = context.measureText(words).width;
      context.fillRect(x - width / 2 - 3, y - 8, width + 6, 16);
      context.fillStyle = app.isDark() ? "#ffd5d8" : "#8a0015";
      context.fillText(words, x, y);
    }
  }

  function drawChosen(context) {
    const columns = app.columns;
    context.strokeStyle = ink().ring;
    context.lineWidth = 3;
    for (const no of app.state.chosen) {
      for (let place = no <= columns.n ? app.firstPlace(no - 1) : columns.m; place < columns.m && columns.placeOf[place] === no - 1; place += 1) {
        const [x, y] = app.onSheet(columns.x[place], columns.y[place]);
        context.beginPath();
        context.arc(x, y, Math.max(8, columns.reach[place] * app.sheet.scale) + 2, 0, 7);
        context.stroke();
      }
    }
  }
  app.drawMarks = () => {
    const context = app.paper("seen");
    cells = [];
    if (!app.columns) { return; }
    if (!app.shown.single) { countCells(); drawCells(context); } else if (app.shown.places <= MAX_SMOOTH) { drawSmooth(context); } else { drawPixels(context); }
    drawChosen(context);
  };
  app.cellsInView = () => cells.filter((cell) => cell.x > app.box.west && cell.x < app.box.east && cell.y > app.box.north
    && cell.y < app.box.south).sort((a, b) => b.n - a.n).slice(0, MAX_CELL_NUMBERS);
  app.cellAt = (at) => cells.find((cell) => Math.abs(at.x - cell.x) <= cell.half && Math.abs(at.y - cell.y) <= cell.half);
  app.openCell = (cell) => {
    app.moved = true;
    app.fit([app.geo.lon(cell.x - cell.half), app.geo.lat(cell.y + cell.half), app.geo.lon(cell.x + cell.half), app.geo.lat(cell.y - cell.half)], 8);
  };
})(window.CONTESTED_MAP);
