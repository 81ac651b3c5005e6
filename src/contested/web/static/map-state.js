// The interactive map: what it shows, and the parts of data that it loads.
// Every file named map-*.js is a plain script that adds to one object; a page from file:// can load no modules.
// Texts of sources go into the page as text nodes only.
(function () {
  "use strict";
  const data = window.CONTESTED_DATA || null;
  const app = { data: data, text: data ? data.text : {}, map: null, ready: false };
  window.CONTESTED_MAP = app;

  // --- what is shown: one object; whoever draws something is told which keys changed ----------------

  const listeners = [];
  app.state = {
    day: data ? data.opening : 0,
    trail: null, // days before the day shown; null for all
    span: null, // [first, last] day of a window inside the period
    layer: 0, // -1 for none
    others: false,
    kind: "", source: "", grade: "", blamed: "", // positions or ids in the data; "" for all
    chosen: [], // numbers of incidents
    extent: null, // [west, south, east, north] once the reader has moved the map
  };
  app.on = (keys, listener) => { listeners.push({ keys: keys, listener: listener }); };
  // trace: "push" makes a step for the Back button, "replace" keeps the address, "none" leaves it alone.
  app.set = (patch, trace) => {
    const changed = Object.keys(patch).filter((key) => JSON.stringify(app.state[key]) !== JSON.stringify(patch[key]));
    if (!changed.length) { return; }
    Object.assign(app.state, patch);
    for (const one of listeners) {
      if (one.keys.some((key) => changed.includes(key))) { one.listener(changed, trace || "replace"); }
    }
  };

  // --- parts of the data ---------------------------------------------------------------------------

  const waiting = {}, arrived = {};
  window.CONTESTED_PART = (name, packed) => { arrived[name] = packed; };
  async function unpack(packed) {
    const letters = atob(packed), bytes = new Uint8Array(letters.length);
    for (let at = 0; at < bytes.length; at += 1) { bytes[at] = letters.charCodeAt(at); }
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }
  // A promise of a part. A file that is not there rejects it, and nothing else.
  app.part = (name) => {
    waiting[name] = waiting[name] || new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = "data/map-" + name + ".js";
      script.onload = () => (name in arrived ? unpack(arrived[name]).then(done, failed) : failed(new Error(name)));
      script.onerror = () => failed(new Error(name));
      document.head.append(script);
    });
    return waiting[name];
  };
  app.missing = (name) => {
    const note = app.byId("map-missing");
    note.hidden = false;
    note.append(app.element("p", "", app.fill("missing", { name: name })));
  };

  // --- words and elements --------------------------------------------------------------------------

  const language = document.documentElement.lang || "en";
  const plain = new Intl.NumberFormat(language);
  app.number = (value) => plain.format(value);
  app.byId = (id) => document.getElementById(id);
  app.element = (tag, className, words) => {
    const made = document.createElement(tag);
    if (className) { made.className = className; }
    if (words !== undefined && words !== null) { made.textContent = words; }
    return made;
  };
  // A sentence of the catalogue with its places filled: {name}.
  app.fill = (key, places) => app.text[key].replace(/\{(\w+)\}/g, (whole, name) => places[name]);
  app.isoDay = (offset) => new Date(Date.parse(data.firstDay + "T00:00:00Z") + offset * 86400000).toISOString().slice(0, 10);
  app.offsetOf = (iso) => Math.round((Date.parse(iso + "T00:00:00Z") - Date.parse(data.firstDay + "T00:00:00Z")) / 86400000);
  app.dayWords = (offset) => {
    const [year, month, day] = app.isoDay(offset).split("-").map(Number);
    return app.fill("day_form", { day: day, month: data.months[month - 1], year: year });
  };
  app.spanWords = (from, to) => (from === to ? app.dayWords(from)
    : app.fill("span_form", { first: app.dayWords(from), last: app.dayWords(to) }));
  app.rangeWords = (low, high) => {
    if (low === null && high === null) { return null; }
    if (high === null) { return app.fill("at_least_n", { n: app.number(low) }); }
    if (low === null) { return app.fill("at_most_n", { n: app.number(high) }); }
    return low === high ? app.number(low) : app.number(low) + "–" + app.number(high);
  };
  app.holderName = (id) => (data.holders[id] || { name: id }).name;
  app.isDark = () => window.matchMedia("(prefers-color-scheme: dark)").matches;
  app.isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
})();
