// Where the map looks, and how it moves.
// All is drawn on a sheet wider than the window on it: moving shifts the sheet, which costs next to nothing even
// without a graphics card, and only at its edge, or at another scale, is anything drawn anew.
(function (app) {
  "use strict";
  const EARTH_M = 2 * Math.PI * 6371008.8;
  // Share of the window that the sheet has beyond each edge; while days play each is drawn, and no more than is seen.
  const PAD = 0.2, PLAY_PAD = 0.01;
  // Pixels to the whole earth: no nearer than a few metres to ten pixels.
  const NEAREST = 512 * Math.pow(2, 18);
  const KEY_PX = 80, STEP = 2;
  const toX = (lon) => (lon + 180) / 360;
  const toY = (lat) => (1 - Math.asinh(Math.tan(lat * Math.PI / 180)) / Math.PI) / 2;
  const toLon = (x) => x * 360 - 180;
  const toLat = (y) => Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI;
  app.geo = { x: toX, y: toY, lon: toLon, lat: toLat, earthM: EARTH_M };

  const view = { x: 0.5, y: 0.5, scale: 512, width: 0, height: 0 }; // of the window: middle, pixels to the earth, size
  const sheet = { x: 0.5, y: 0.5, scale: 512, width: 0, height: 0, left: 0, top: 0, ratio: 1 }; // as drawn last
  app.view = view;
  app.sheet = sheet;
  let outer = null, inner = null, farthest = 512, ending = null, redraw = null;

  // Pixels on the sheet of a point in [0, 1].
  app.onSheet = (x, y) => [(x - sheet.x) * sheet.scale + sheet.width / 2, (y - sheet.y) * sheet.scale + sheet.height / 2];
  app.at = (event) => {
    const edges = outer.getBoundingClientRect();
    return { x: view.x + (event.clientX - edges.left - edges.width / 2) / view.scale, y: view.y + (event.clientY - edges.top - edges.height / 2) / view.scale };
  };
  app.extent = () => {
    const wide = view.width / view.scale / 2, high = view.height / view.scale / 2;
    return [toLon(view.x - wide), toLat(view.y + high), toLon(view.x + wide), toLat(view.y - high)];
  };
  app.metresPerPixel = () => EARTH_M * Math.cos(toLat(view.y) * Math.PI / 180) / view.scale;

  const fingers = new Map();

  // --- drawing and shifting ---------------------------------------------------------------------------

  function shift() {
    const factor = view.scale / sheet.scale;
    const left = view.width / 2 - ((view.x - sheet.x) * sheet.scale + sheet.width / 2) * factor;
    const top = view.height / 2 - ((view.y - sheet.y) * sheet.scale + sheet.height / 2) * factor;
    inner.style.transform = "translate(" + left + "px," + top + "px)" + (factor === 1 ? "" : " scale(" + factor + ")");
    return left > 0 || top > 0 || left + sheet.width * factor < view.width || top + sheet.height * factor < view.height;
  }
  function drawSheet() {
    Object.assign(sheet, { x: view.x, y: view.y, scale: view.scale, ratio: Math.min(2, window.devicePixelRatio || 1) });
    const pad = app.playing ? PLAY_PAD : PAD;
    sheet.width = Math.round(view.width * (1 + 2 * pad));
    sheet.height = Math.round(view.height * (1 + 2 * pad));
    inner.style.width = sheet.width + "px";
    inner.style.height = sheet.height + "px";
    shift();
    if (redraw) { redraw(); }
  }
  // Two papers of the size of the sheet: the ground, kept aside, and the one that is seen. In memory of the processor,
  // since without a graphics card the other kind is many times slower, and with one this is fast enough.
  const papers = {};
  app.paper = (name) => {
    const wide = Math.round(sheet.width * sheet.ratio), high = Math.round(sheet.height * sheet.ratio);
    const canvas = papers[name] = papers[name] || (name === "seen" ? app.byId("map-canvas") : document.createElement("canvas"));
    if (canvas.width !== wide || canvas.height !== high) { canvas.width = wide; canvas.height = high; }
    const context = canvas.getContext("2d", { alpha: name !== "seen", willReadFrequently: true });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = app.isDark() ? "#1d1f1e" : "#f4f4f1";
    if (name === "ground") { context.fillRect(0, 0, wide, high); } else if (papers.ground) { context.drawImage(papers.ground, 0, 0); }
    context.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
    return context;
  };
  function showScale() {
    const metres = app.metresPerPixel() * 90, power = Math.pow(10, Math.floor(Math.log10(metres)));
    const nice = [5, 2, 1].find((times) => times * power <= metres) * power;
    const bar = app.byId("scale-bar");
    bar.textContent = nice >= 1000 ? app.fill("scale_km", { n: app.number(nice / 1000) }) : app.fill("scale_m", { n: app.number(nice) });
    bar.style.inlineSize = nice / app.metresPerPixel() + "px";
  }
  // Another view: shifted at once, drawn anew where the sheet ends, or once nothing moves.
  function moved(settled) {
    view.x = Math.max(0, Math.min(1, view.x));
    view.y = Math.max(0, Math.min(1, view.y));
    if (shift() || (settled && view.scale !== sheet.scale)) { drawSheet(); }
    showScale();
    app.moving = true;
    window.clearTimeout(ending);
    // While a finger holds the map nothing has ended, however slow the machine.
    if (!fingers.size) { ending = window.setTimeout(() => { app.moving = false; app.moveEnd(); }, settled ? 0 : 120); }
  }
  app.fit = (extent, padding) => {
    const west = toX(extent[0]), east = toX(extent[2]), north = toY(extent[3]), south = toY(extent[1]);
    view.scale = Math.min(NEAREST, (view.width - 2 * padding) / (east - west), (view.height - 2 * padding) / (south - north));
    view.x = (west + east) / 2;
    view.y = (north + south) / 2;
    moved(true);
  };
  app.zoomBy = (factor, about) => {
    const scale = Math.max(farthest, Math.min(NEAREST, view.scale * factor)), point = about || { x: view.x, y: view.y };
    view.x = point.x + (view.x - point.x) * view.scale / scale;
    view.y = point.y + (view.y - point.y) * view.scale / scale;
    view.scale = scale;
    app.moved = true;
  };
  app.panBy = (x, y) => {
    view.x += x / view.scale;
    view.y += y / view.scale;
    app.moved = true;
    moved(false);
  };

  // --- hands --------------------------------------------------------------------------------------------

  let travelled = 0;
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { far: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 };
  };
  function grasp() {
    outer.addEventListener("pointerdown", (event) => {
      if (event.button || event.target.closest("button")) { return; }
      fingers.set(event.pointerId, event);
      travelled = 0;
      outer.setPointerCapture(event.pointerId);
    });
    outer.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) { if (event.pointerType === "mouse") { app.hover(event); } return; }
      if (fingers.size === 1) {
        travelled += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
        fingers.set(event.pointerId, event);
        if (travelled > 4) { app.panBy(before.clientX - event.clientX, before.clientY - event.clientY); }
        return;
      }
      const was = spread(), held = app.at(was);
      fingers.set(event.pointerId, event);
      const now = spread();
      travelled = 99;
      app.zoomBy(now.far / Math.max(1, was.far), held);
      app.panBy(was.clientX - now.clientX, was.clientY - now.clientY);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      outer.addEventListener(name, (event) => { if (fingers.delete(event.pointerId) && travelled > 4) { moved(!fingers.size); } });
    }
    outer.addEventListener("pointerleave", () => app.hover(null));
    outer.addEventListener("click", (event) => { if (travelled <= 4 && !event.target.closest("button")) { app.click(event); } });
    outer.addEventListener("dblclick", (event) => { if (!event.target.closest("button")) { app.zoomBy(STEP, app.at(event)); moved(true); } });
    outer.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) { return; } // the wheel alone scrolls the page
      event.preventDefault();
      app.zoomBy(Math.pow(2, -event.deltaY / 150), app.at(event));
      moved(false);
    }, { passive: false });
    const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    outer.addEventListener("keydown", (event) => {
      if (event.target !== outer || event.ctrlKey || event.metaKey || event.altKey) { return; }
      const way = keys[event.key], zoom = { "+": STEP, "=": STEP, "-": 1 / STEP }[event.key];
      if (!way && !zoom) { return; }
      event.preventDefault();
      if (way) { app.panBy(way[0] * KEY_PX, way[1] * KEY_PX); } else { app.zoomBy(zoom); moved(true); }
    });
    app.byId("zoom-in").addEventListener("click", () => { app.zoomBy(STEP); moved(true); });
    app.byId("zoom-out").addEventListener("click", () => { app.zoomBy(1 / STEP); moved(true); });
  }

  // Starts with a region in the window; a window of another size shows it again, unless the reader chose a view.
  app.startView = (region, draw) => {
    outer = app.byId("map");
    inner = app.byId("map-sheet");
    redraw = draw;
    const measure = () => { view.width = outer.clientWidth; view.height = outer.clientHeight; };
    const start = () => { if (app.state.extent) { app.fit(app.state.extent, 0); } else { app.fit(region, 12); } };
    measure();
    if (!app.byId("map-canvas").getContext("2d", { alpha: false, willReadFrequently: true })) { throw new Error("no canvas"); }
    start();
    farthest = Math.min(view.scale, 512 * 4) / 4;
    grasp();
    new ResizeObserver(() => {
      if (outer.clientWidth === view.width && outer.clientHeight === view.height) { return; }
      measure();
      if (app.moved) { drawSheet(); moved(true); } else { start(); drawSheet(); }
    }).observe(outer);
    app.showRegion = start;
    app.redraw = drawSheet;
  };
})(window.CONTESTED_MAP);
