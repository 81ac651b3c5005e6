// Incidents drawn in the map's own canvas: each place as its disc, or cells with their number.
(function (app) {
  "use strict";
  // A disc wider than this share of the map says "somewhere here": nothing marks its middle.
  const WIDE_SHARE = 0.35;
  const CELL_PX = 56, MAX_CELL_NUMBERS = 40;
  const FLOATS = 7, MAIN = 1, UNDATED = 2, CHOSEN = 4, CELL = 8;
  const VERTEX = `#version 300 es
    precision highp float;
    in vec2 corner; in vec2 at; in float radius; in vec2 days; in vec2 look;
    uniform mat4 matrix; uniform vec2 viewport; uniform float scale; uniform float day; uniform float trail;
    uniform float later; uniform float mark;
    out vec2 p; flat out float r; flat out float time; flat out vec2 seen; flat out float share;
    void main() {
      int flags = int(look.y);
      bool cell = (flags & 8) != 0;
      r = max(radius * scale, 2.0);
      time = cell ? 0.0 : (flags & 2) != 0 ? 1.0 : days.x > day ? 2.0 : days.y < day - trail ? 3.0 : days.y <= day ? 0.0 : 1.0;
      seen = look; share = days.x;
      float reach = max(r, mark) + ((flags & 4) != 0 ? 4.0 : 1.5);
      p = corner * reach;
      vec4 middle = matrix * vec4(at, 0.0, 1.0);
      gl_Position = middle + vec4(p * 2.0 / viewport * middle.w, 0.0, 0.0);
      if (time > 2.5 || (time > 1.5 && later < 0.5)) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); }
    }`;
  const FRAGMENT = `#version 300 es
    precision highp float;
    in vec2 p; flat in float r; flat in float time; flat in vec2 seen; flat in float share;
    uniform vec3 attack; uniform vec3 quiet; uniform vec3 ring; uniform float mark; uniform float wide; uniform float numbered;
    out vec4 colour;
    void main() {
      int flags = int(seen.y);
      bool main_one = (flags & 1) != 0;
      vec3 ink = main_one ? attack : quiet;
      if ((flags & 8) != 0) {
        float far = max(abs(p.x), abs(p.y));
        float cover = far < r ? (far > r - 1.5 ? 0.9 : share) : 0.0;
        colour = vec4(attack * cover, cover);
        return;
      }
      float far = length(p);
      float width = main_one ? 1.8 : 1.1;
      float line = 1.0 - smoothstep(width * 0.5, width * 0.5 + 0.9, abs(far - r));
      if (time > 0.5 || !main_one) {
        float along = atan(p.y, p.x) * max(r, 6.0) / (time > 1.5 ? 7.0 : 10.0);
        line *= step(fract(along), time > 1.5 ? 0.5 : 0.7);
      }
      float cover = far < r ? (time > 1.5 || !main_one ? 0.0 : time > 0.5 ? 0.1 : 0.2) : 0.0;
      cover = max(cover, line * (time > 1.5 ? 0.55 : 0.95));
      if (2.0 * r < wide && !(numbered > 0.5 && main_one) && time < 1.5) {
        vec2 q = abs(p);
        float edge = seen.x < 0.5 ? far : seen.x < 1.5 ? max(q.x, q.y) * 1.15 : seen.x < 2.5 ? max(q.x * 0.9 + p.y * -0.5, p.y) * 1.25
          : seen.x < 3.5 ? (q.x + q.y) * 0.85 : max(max(q.x, q.y), min(q.x, q.y) * 2.6);
        float inside = 1.0 - smoothstep(mark - 1.4, mark - 0.5, edge);
        if (time > 0.5) { inside *= smoothstep(mark - 3.4, mark - 2.4, edge); }
        cover = max(cover, inside);
      }
      vec3 shade = ink;
      if ((flags & 4) != 0) {
        float round_it = 1.0 - smoothstep(1.2, 2.0, abs(far - max(r, mark) - 2.0));
        if (round_it > cover) { cover = round_it; shade = ring; }
      }
      if (cover < 0.01) { discard; }
      colour = vec4(shade * cover, cover);
    }`;

  let gl = null, program = null, array = null, buffer = null, where = {};
  let floats = new Float32Array(0), count = 0, middle = [0, 0], covered = null, cells = [];

  function compile(kind, source) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) { throw new Error(gl.getShaderInfoLog(shader)); }
    return shader;
  }
  const layer = {
    id: "incidents", type: "custom", renderingMode: "2d",
    onAdd(map, context) {
      gl = context;
      program = gl.createProgram();
      gl.attachShader(program, compile(gl.VERTEX_SHADER, VERTEX));
      gl.attachShader(program, compile(gl.FRAGMENT_SHADER, FRAGMENT));
      gl.linkProgram(program);
      if (!gl.getProgramParameter(program, gl.LINK_STATUS)) { throw new Error(gl.getProgramInfoLog(program)); }
      for (const name of ["matrix", "viewport", "scale", "day", "trail", "later", "mark", "attack", "quiet", "ring", "wide", "numbered"]) {
        where[name] = gl.getUniformLocation(program, name);
      }
      array = gl.createVertexArray();
      gl.bindVertexArray(array);
      const corners = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, corners);
      gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
      attribute("corner", 2, 0, 0, 0);
      buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      attribute("at", 2, 4 * FLOATS, 0, 1);
      attribute("radius", 1, 4 * FLOATS, 8, 1);
      attribute("days", 2, 4 * FLOATS, 12, 1);
      attribute("look", 2, 4 * FLOATS, 20, 1);
      gl.bindVertexArray(null);
      upload();
    },
    render(context, given) {
      if (!count) { return; }
      const state = app.state, dark = app.isDark();
      gl.useProgram(program);
      gl.uniformMatrix4fv(where.matrix, false, shifted(given.defaultProjectionData.mainMatrix));
      const box = app.map.getContainer();
      gl.uniform2f(where.viewport, box.clientWidth, box.clientHeight);
      gl.uniform1f(where.scale, 512 * Math.pow(2, app.map.getZoom()));
      gl.uniform1f(where.day, state.day);
      gl.uniform1f(where.trail, state.trail === null ? 1e9 : state.trail);
      gl.uniform1f(where.later, app.shown.later ? 1 : 0);
      gl.uniform1f(where.mark, app.shown.places > 2000 ? 3.5 : 6);
      gl.uniform1f(where.wide, WIDE_SHARE * box.clientWidth);
      gl.uniform1f(where.numbered, app.numbered ? 1 : 0);
      gl.uniform3fv(where.attack, dark ? [1, 0.54, 0.58] : [0.702, 0, 0.106]);
      gl.uniform3fv(where.quiet, dark ? [0.79, 0.78, 0.75] : [0.35, 0.35, 0.33]);
      gl.uniform3fv(where.ring, dark ? [0.56, 0.76, 0.94] : [0.043, 0.31, 0.54]);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      gl.disable(gl.DEPTH_TEST);
      gl.bindVertexArray(array);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
      gl.bindVertexArray(null);
    },
  };
  app.marksLayer = layer;
  function attribute(name, size, stride, offset, divisor) {
    const at = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, gl.FLOAT, false, stride, offset);
    gl.vertexAttribDivisor(at, divisor);
  }
  // Positions count from the middle of what is drawn: 32 bits are too few for metres on the whole earth.
  function shifted(matrix) {
    const found = Float64Array.from(matrix);
    for (let row = 0; row < 4; row += 1) {
      found[12 + row] += matrix[row] * middle[0] + matrix[4 + row] * middle[1];
    }
    return Float32Array.from(found);
  }
  function upload() {
    if (!gl) { return; }
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, floats.subarray(0, count * FLOATS), gl.DYNAMIC_DRAW);
    app.map.triggerRepaint();
  }
  function put(x, y, radius, from, to, shape, flags) {
    floats.set([x - middle[0], y - middle[1], radius, from, to, shape, flags], count * FLOATS);
    count += 1;
  }
  function room(wanted) {
    if (floats.length < wanted * FLOATS) { floats = new Float32Array(wanted * FLOATS * 2); }
    count = 0;
  }

  // --- one by one -----------------------------------------------------------------------------------

  // All places around the view, so that moving within it hands nothing over.
  function fillSingle() {
    const columns = app.columns, box = app.box;
    const wide = box.east - box.west, high = box.south - box.north;
    covered = { west: box.west - wide, east: box.east + wide, north: box.north - high, south: box.south + high };
    middle = [(box.west + box.east) / 2, (box.north + box.south) / 2];
    const chosen = new Set(app.state.chosen.map((no) => no - 1));
    room(columns.m);
    // The last drawn lies on top: the events' incidents over the others, the chosen over all.
    const late = [];
    for (let place = columns.m - 1; place >= 0; place -= 1) {
      const index = columns.placeOf[place], reach = columns.reach[place], x = columns.x[place], y = columns.y[place];
      if (!columns.passes[index] || x + reach < covered.west || x - reach > covered.east
        || y + reach < covered.north || y - reach > covered.south) { continue; }
      if (chosen.has(index)) { late.push(place); } else { one(place, 0); }
    }
    for (const place of late) { one(place, CHOSEN); }
    cells = [];
    upload();
  }
  function one(place, extra) {
    const columns = app.columns, index = columns.placeOf[place];
    const flags = (index < columns.main ? MAIN : 0) + (columns.undated[index] ? UNDATED : 0) + extra;
    put(columns.x[place], columns.y[place], columns.reach[place], columns.from[index], columns.to[index], columns.shape[index], flags);
  }

  // --- by cell --------------------------------------------------------------------------------------

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
  function fillCells() {
    const columns = app.columns, level = Math.max(0, Math.min(25, Math.floor(Math.log2(app.box.scale / CELL_PX))));
    const found = gridOf(level), counts = new Int32Array(found.corners.length), last = new Int32Array(counts.length).fill(-1);
    for (let place = 0; place < columns.m; place += 1) {
      const index = columns.placeOf[place], cell = found.cellOf[place];
      if (last[cell] !== index && columns.passes[index] && app.timeOf(index) < 2) { last[cell] = index; counts[cell] += 1; }
    }
    covered = null;
    middle = [(app.box.west + app.box.east) / 2, (app.box.north + app.box.south) / 2];
    room(counts.length);
    const most = Math.log1p(counts.reduce((a, b) => Math.max(a, b), 0)), half = found.size / 2;
    cells = [];
    counts.forEach((n, cell) => {
      if (!n) { return; }
      const x = found.corners[cell][0] + half, y = found.corners[cell][1] + half;
      put(x, y, half * 0.96, 0.08 + 0.6 * Math.log1p(n) / most, 0, 0, MAIN + CELL);
      cells.push({ n: n, x: x, y: y, half: half });
    });
    upload();
  }

  app.fillMarks = () => {
    if (!app.columns || !app.ready) { return; }
    if (app.shown.single) { fillSingle(); } else { fillCells(); }
  };
  // While the map moves: only what was not handed over before.
  app.keepCovered = () => {
    if (!covered) { return; }
    app.look();
    const box = app.box;
    if (box.west < covered.west || box.east > covered.east || box.north < covered.north || box.south > covered.south) { fillSingle(); }
  };
  app.cellsInView = () => cells.filter((cell) => cell.x > app.box.west && cell.x < app.box.east && cell.y > app.box.north
    && cell.y < app.box.south).sort((a, b) => b.n - a.n).slice(0, MAX_CELL_NUMBERS);
  app.lngLat = (x, y) => [x * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI];
  app.cellAt = (point) => {
    const at = app.map.unproject(point), x = (at.lng + 180) / 360;
    const y = (1 - Math.asinh(Math.tan(at.lat * Math.PI / 180)) / Math.PI) / 2;
    return cells.find((cell) => Math.abs(x - cell.x) <= cell.half && Math.abs(y - cell.y) <= cell.half);
  };
  app.openCell = (cell) => {
    const low = app.lngLat(cell.x - cell.half, cell.y + cell.half), high = app.lngLat(cell.x + cell.half, cell.y - cell.half);
    app.moved = true;
    app.map.fitBounds([low, high], { padding: 8, animate: false });
  };
})(window.CONTESTED_MAP);
