// The table of what the map shows, and of what no map can show: a page of rows at a time, all of them as CSV.
(function (app) {
  "use strict";
  const ROWS = 20, SVG = "http://www.w3.org/2000/svg";
  const byId = app.byId, element = app.element;
  let page = 0, which = "visible", rows = new Int32Array(0);

  function gather() {
    const columns = app.columns;
    if (which === "visible") { return app.shown.incidents.slice(); }
    const found = [];
    for (let index = 0; index < columns.n; index += 1) {
      if (columns.passes[index] && (which === "placeless" ? !columns.placed[index] : columns.undated[index])) { found.push(index); }
    }
    return Int32Array.from(found);
  }
  function bar(index) {
    const columns = app.columns, span = app.data.days, made = document.createElementNS(SVG, "svg");
    made.setAttribute("class", "date-bar");
    made.setAttribute("viewBox", "0 0 100 8");
    made.setAttribute("aria-hidden", "true");
    made.setAttribute("preserveAspectRatio", "none");
    const from = Math.max(0, columns.from[index]), to = Math.min(span - 1, columns.to[index]);
    const long = columns.undated[index] || columns.to[index] > columns.from[index];
    const left = 100 * from / span, wide = Math.max(1.5, 100 * (to - from + 1) / span);
    for (const [name, x, y, width, height] of [["period", 0, 3.5, 100, 1], [long ? "interval" : "one-day", left, long ? 2 : 0, wide, long ? 4 : 8]]) {
      const part = document.createElementNS(SVG, "rect");
      part.setAttribute("class", name);
      part.setAttribute("x", document.dir === "rtl" ? 100 - x - width : x);
      part.setAttribute("y", y);
      part.setAttribute("width", width);
      part.setAttribute("height", height);
      made.append(part);
    }
    return made;
  }
  function line(index) {
    const columns = app.columns, words = app.words, row = element("tr", app.timeOf(index) === 2 ? "later" : "");
    const head = element("th", ""), button = element("button", "plain");
    head.scope = "row";
    button.type = "button";
    button.append(element("span", "badge", String(index + 1)), Object.assign(element("span", "", app.titleOf(index)), { dir: "auto" }));
    button.setAttribute("aria-pressed", String(app.state.chosen.includes(index + 1)));
    button.dataset.no = index + 1;
    button.addEventListener("click", () => {
      const from = columns.from[index], beyond = from > app.state.day && from < app.data.days;
      app.set(beyond ? { chosen: [index + 1], day: from } : { chosen: [index + 1] }, "push");
      byId("chosen").scrollIntoView({ block: "nearest", behavior: app.isStill() ? "auto" : "smooth" });
    });
    button.addEventListener("focus", () => app.preview([index]));
    button.addEventListener("blur", () => app.preview(null));
    head.append(button);
    const days = element("td", "", app.daysOf(index));
    days.append(bar(index));
    const names = [];
    for (let place = app.firstPlace(index); place < columns.m && columns.placeOf[place] === index; place += 1) {
      names.push(app.fill("place_within", { place: words.names[words.place[place]], n: app.number(Math.round(columns.radius[place])) }));
    }
    const where = Object.assign(element("td", "", names.length ? names.join("; ") : app.text.no_place), { dir: "auto" });
    const grade = Object.assign(element("td", "", columns.part.grades[columns.part.grade[index]]), { dir: "auto" });
    const killed = element("td", "", app.rangeWords(words.killed_low[index], words.killed_high[index]) || app.text.not_said);
    row.append(head, days, where, grade, killed);
    return row;
  }
  function print() {
    const last = Math.max(0, Math.ceil(rows.length / ROWS) - 1);
    page = Math.min(page, last);
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.no : undefined;
    byId("visible-rows").replaceChildren(...Array.from(rows.subarray(page * ROWS, (page + 1) * ROWS), line));
    if (focused) {
      const again = document.querySelector('#visible-rows button[data-no="' + focused + '"]');
      if (again) { again.focus({ preventScroll: true }); }
    }
    byId("visible-page").textContent = app.fill("page_of", { n: app.number(page + 1), all: app.number(last + 1) });
    byId("visible-back").disabled = page === 0;
    byId("visible-next").disabled = page === last;
    byId("visible-pager").hidden = last === 0;
  }
  // Counts follow at once; rows only when nothing moves.
  app.countTable = () => {
    if (!app.columns) { return; }
    byId("visible-count").textContent = app.fill(app.shown.single ? "visible_n" : "visible_cells", {
      n: app.number(app.shown.count), placeless: app.number(app.placeless || 0),
    });
  };
  app.fillTable = () => {
    if (!app.columns || !app.words) { return; }
    rows = gather();
    print();
  };

  // --- the same as a file ----------------------------------------------------------------------------

  const NAMES = ["incident", "title", "kind", "date_start", "date_end", "undated", "grade", "datasets", "killed_low", "killed_high", "injured_low",
    "injured_high", "place_name", "lon", "lat", "radius_m", "held", "fronts", "blamed_by_linked_claims", "page"];
  // A cell that a spreadsheet would take for a formula is made text, as in the other files of the dossier.
  const cell = (value) => {
    if (value === null || value === undefined) { return ""; }
    let words = String(value);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(words)) { words = "'" + words; }
    return /[",\r\n]/.test(words) ? '"' + words.replaceAll('"', '""') + '"' : words;
  };
  app.csv = () => {
    const columns = app.columns, words = app.words, part = columns.part, lines = [NAMES.join(",")];
    for (const index of rows) {
      const head = [index + 1, app.titleOf(index), part.kinds[part.kind[index]], app.isoDay(columns.from[index]), app.isoDay(columns.to[index]),
        columns.undated[index] ? "true" : "false", part.grades[part.grade[index]], part.sources[part.source[index]].join("; "),
        words.killed_low[index], words.killed_high[index], words.injured_low[index], words.injured_high[index]];
      const tail = [part.blames[part.blamed[index]].join("; "), words.href[index]];
      let place = app.firstPlace(index);
      if (place >= columns.m || columns.placeOf[place] !== index) { lines.push([...head, "", "", "", "", "", "", ...tail].map(cell).join(",")); }
      for (; place < columns.m && columns.placeOf[place] === index; place += 1) {
        lines.push([...head, words.names[words.place[place]], columns.lon[place], columns.lat[place], columns.radius[place],
          part.holders[part.held[place]].map((pair) => pair.join(": ")).join("; "),
          (words.front[place] || []).map((one) => one[0] + ": " + one[1] + " m").join("; "), ...tail].map(cell).join(","));
      }
    }
    return lines.join("\r\n") + "\r\n";
  };

  app.startTable = () => {
    byId("visible-back").addEventListener("click", () => { page -= 1; print(); });
    byId("visible-next").addEventListener("click", () => { page += 1; print(); });
    byId("visible-which").addEventListener("change", (event) => { which = event.target.value; page = 0; app.fillTable(); });
    byId("visible-csv").addEventListener("click", () => {
      const made = element("a", "");
      made.href = URL.createObjectURL(new Blob([app.csv()], { type: "text/csv;charset=utf-8" }));
      made.download = "map-" + which + ".csv";
      made.click();
      window.setTimeout(() => URL.revokeObjectURL(made.href), 1000);
    });
    app.on(["chosen"], () => {
      for (const button of document.querySelectorAll("#visible-rows button")) {
        button.setAttribute("aria-pressed", String(app.state.chosen.includes(Number(button.dataset.no))));
      }
    });
  };
})(window.CONTESTED_MAP);
