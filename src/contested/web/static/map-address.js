// The address of what is shown: day, window, filters, extent and chosen incidents, so that it can be sent and gone back to.
(function (app) {
  "use strict";
  const state = app.state, WORDS = ["kind", "source", "grade", "blamed"];
  let written = null;

  function write() {
    const found = new URLSearchParams();
    found.set("day", app.isoDay(state.day));
    if (state.span) { found.set("from", app.isoDay(state.span[0])); found.set("to", app.isoDay(state.span[1])); }
    if (state.trail !== null) { found.set("before", state.trail); }
    for (const key of WORDS) { if (state[key] !== "") { found.set(key, state[key]); } }
    if (state.others) { found.set("others", "1"); }
    if (state.layer !== 0) { found.set("layer", state.layer < 0 ? "" : app.data.layers[state.layer].name); }
    if (state.extent) { found.set("extent", state.extent.join(",")); }
    if (state.chosen.length) { found.set("incident", state.chosen.join(",")); }
    return "#" + found;
  }
  function read(hash) {
    const found = new URLSearchParams(hash.replace(/^#/, "")), last = app.data.days - 1;
    const day = (name) => {
      const offset = /^\d{4}-\d{2}-\d{2}$/.test(found.get(name) || "") ? app.offsetOf(found.get(name)) : NaN;
      return Number.isFinite(offset) ? Math.max(0, Math.min(last, offset)) : null;
    };
    const from = day("from"), to = day("to"), extent = (found.get("extent") || "").split(",").map(Number);
    const named = app.data.layers.findIndex((layer) => layer.name === found.get("layer"));
    const patch = {
      day: day("day") === null ? app.data.opening : day("day"),
      span: from !== null && to !== null && from <= to ? [from, to] : null,
      trail: /^\d+$/.test(found.get("before") || "") ? Number(found.get("before")) : null,
      others: found.get("others") === "1",
      layer: found.get("layer") === "" ? -1 : Math.max(0, named),
      extent: extent.length === 4 && extent.every(Number.isFinite) && extent[0] < extent[2] && extent[1] < extent[3]
        && Math.abs(extent[1]) <= 85 && Math.abs(extent[3]) <= 85 ? extent : null,
      chosen: (found.get("incident") || "").split(",").filter((no) => /^\d+$/.test(no)).map(Number),
    };
    for (const key of WORDS) { patch[key] = found.get(key) || ""; }
    return patch;
  }
  function put(trace) {
    const address = write();
    if (trace === "none" || address === written) { return; }
    written = address;
    // Some browsers allow no more than a number of these in a while; an address that lags behind is no fault.
    try { window.history[trace === "push" ? "pushState" : "replaceState"](null, "", address); } catch (error) { written = null; }
  }
  app.startAddress = () => {
    let waiting = null, first = true;
    app.on(Object.keys(state), (changed, trace) => {
      window.clearTimeout(waiting);
      if (trace === "push") { put("push"); } else if (trace === "replace") { waiting = window.setTimeout(() => put("replace"), 250); }
    });
    app.putAddress = () => put("replace");
    const take = () => {
      if (window.location.hash === written) { return; }
      written = window.location.hash;
      const patch = read(window.location.hash);
      if (first) { first = false; Object.assign(state, patch); } else { app.set(patch, "none"); }
    };
    window.addEventListener("popstate", take);
    window.addEventListener("hashchange", take);
    if (window.location.hash.includes("=")) { take(); }
    first = false;
    if (written === null) { written = write(); }
  };
})(window.CONTESTED_MAP);
