// Buttons on the map: numbers of incidents where there are few, counts of cells where there are many.
(function (app) {
  "use strict";
  const MAX_NUMBERS = 80;
  const WIDE_SHARE = 0.35;
  // Numbers nearer than this are joined, so that each can be hit with a finger.
  const TOUCH_PX = 28;
  const pool = [];

  function button(position) {
    if (!pool[position]) {
      const made = app.element("button", "map-number");
      made.type = "button";
      const entry = { button: made, all: [], cell: null };
      made.addEventListener("click", (event) => {
        event.stopPropagation();
        if (entry.cell) { app.openCell(entry.cell); } else { app.choose(entry.all.map((index) => index + 1)); }
      });
      for (const name of ["mouseenter", "focus"]) { made.addEventListener(name, () => { if (!entry.cell) { app.preview(entry.all); } }); }
      for (const name of ["mouseleave", "blur"]) { made.addEventListener(name, () => app.preview(null)); }
      app.byId("map-numbers").append(made);
      pool[position] = entry;
    }
    return pool[position];
  }
  function show(position, x, y) {
    const entry = button(position);
    entry.x = x;
    entry.y = y;
    entry.button.hidden = false;
    return entry;
  }
  // The widths of all are read before any is moved: reading in between would lay the page out each time.
  app.placeNumbers = () => {
    const used = pool.filter((entry) => !entry.button.hidden);
    for (const entry of used) { entry.size = entry.cell ? [44, 44] : [entry.button.offsetWidth, entry.button.offsetHeight]; }
    for (const entry of used) {
      const [x, y] = app.onSheet(entry.x, entry.y);
      entry.box = [x - entry.size[0] / 2, y - entry.size[1] / 2, x + entry.size[0] / 2, y + entry.size[1] / 2];
      entry.button.style.transform = "translate(" + entry.box[0] + "px," + entry.box[1] + "px)";
    }
  };

  // Places of the events' incidents in view, one for each point: [{place, all}], or null where there are too many.
  function groups() {
    const columns = app.columns, found = new Map();
    for (let place = 0; place < columns.m; place += 1) {
      const index = columns.placeOf[place];
      if (index >= columns.main) { break; }
      const time = columns.passes[index] ? app.timeOf(index) : 3;
      if (time > 2 || (time === 2 && !app.shown.later)) { continue; }
      if (columns.reach[place] * 2 * app.view.scale > WIDE_SHARE * app.view.width) { continue; }
      const x = columns.x[place], y = columns.y[place], box = app.box;
      if (x < box.west || x > box.east || y < box.north || y > box.south) { continue; }
      const key = x + " " + y;
      if (!found.has(key)) { found.set(key, { place: place, all: [] }); }
      if (!found.get(key).all.includes(index)) { found.get(key).all.push(index); }
      if (found.size > MAX_NUMBERS) { return null; }
    }
    return [...found.values()];
  }
  // Numbers that would touch stand together in one.
  function joined(all) {
    const kept = [];
    for (const group of all) {
      const [x, y] = app.onSheet(app.columns.x[group.place], app.columns.y[group.place]), at = { x: x, y: y };
      const near = kept.find((other) => Math.abs(at.x - other.at.x) < TOUCH_PX + 6 * (other.all.length + group.all.length - 2)
        && Math.abs(at.y - other.at.y) < TOUCH_PX);
      if (near) {
        for (const index of group.all) { if (!near.all.includes(index)) { near.all.push(index); } }
      } else { kept.push({ place: group.place, all: group.all.slice(), at: at }); }
    }
    return kept;
  }

  app.arrangeNumbers = () => {
    if (!app.columns || !app.ready) { return; }
    let used = 0;
    app.numbered = false;
    if (app.shown.single) {
      const all = groups();
      app.numbered = Boolean(all);
      for (const group of joined(all || [])) {
        const entry = show(used, app.columns.x[group.place], app.columns.y[group.place]);
        group.all.sort((a, b) => a - b);
        entry.all = group.all;
        entry.cell = null;
        const words = group.all.map((index) => index + 1).join(", ");
        const shape = app.columns.shape[group.all[0]];
        entry.button.className = "map-number shape-" + (app.columns.part.kinds.length > 1 ? shape : 0);
        entry.button.textContent = words;
        entry.button.setAttribute("aria-label", app.fill("number_label", {
          n: words, place: app.words ? app.words.names[app.words.place[group.place]] : "",
          days: group.all.map(app.daysOf).join(", "),
        }));
        used += 1;
      }
    } else {
      for (const cell of app.cellsInView()) {
        const entry = show(used, cell.x, cell.y);
        entry.cell = cell;
        entry.all = [];
        entry.button.className = "map-number cell";
        // The number itself is drawn on the map; this is for the keyboard.
        entry.button.textContent = "";
        entry.button.setAttribute("aria-label", app.fill("cell_label", { n: app.number(cell.n) }));
        used += 1;
      }
    }
    pool.slice(used).forEach((entry) => { entry.button.hidden = true; });
    app.colourNumbers();
    app.placeNumbers();
  };
  // From one by one to cells: the buttons of cells come once nothing moves.
  app.emptyNumbers = () => {
    if (!app.shown.single) { for (const entry of pool) { if (!entry.cell) { entry.button.hidden = true; } } }
  };
  app.colourNumbers = () => {
    for (const entry of pool) {
      if (entry.cell || entry.button.hidden) { continue; }
      entry.button.classList.toggle("later", entry.all.every((index) => app.timeOf(index) === 2));
      entry.button.classList.toggle("chosen", entry.all.some((index) => app.state.chosen.includes(index + 1)));
    }
  };
  app.numberBoxes = () => pool.filter((entry) => !entry.button.hidden).map((entry) => entry.box.slice());
})(window.CONTESTED_MAP);
