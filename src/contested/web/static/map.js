// The interactive map: attacks over the ground as it was held, day by day.
// Reads window.CONTESTED_DATA (data/map.js); asks nothing of any network. Texts of sources go in as
// text nodes only.
(function () {
  "use strict";
  var data = window.CONTESTED_DATA;
  var text = data.text;
  var ATTACK = "#b3001b";
  var DAY_MS = 86400000;
  var MONTHS = "January February March April May June July August September October November December".split(" ");
  var PLAY_MS = 700;
  var BOUNDS = [[data.box[0], data.box[1]], [data.box[2], data.box[3]]];
  // Above this many incidents numbers become unreadable; circles and the list remain.
  var MAX_NUMBERS = 80;
  // More buttons than this slow the page down; the rest stands on the page of incidents.
  var MAX_LISTED = 300;
  // A circle wider than this share of the map says "somewhere here": it has no number at its middle.
  var WIDE_SHARE = 0.35;
  // Numbers nearer than this are joined, so that each can be hit with a finger.
  var TOUCH_PX = 28;
  var state = { day: data.opening, layer: 0, chosen: [], others: false, ready: false };
  window.CONTESTED_MAP = state;

  function byId(id) { return document.getElementById(id); }
  function element(tag, className, words) {
    var made = document.createElement(tag);
    if (className) { made.className = className; }
    if (words !== undefined && words !== null) { made.textContent = words; }
    return made;
  }
  function dayWords(offset) {
    var day = new Date(Date.parse(data.firstDay + "T00:00:00Z") + offset * DAY_MS);
    return day.getUTCDate() + " " + MONTHS[day.getUTCMonth()] + " " + day.getUTCFullYear();
  }
  function isDark() { return window.matchMedia("(prefers-color-scheme: dark)").matches; }
  function layer() { return data.layers[state.layer]; }
  function fail(reason) {
    window.CONTESTED_MAP.failed = String(reason);
    byId("map-app").hidden = true;
    byId("map-failed").hidden = false;
  }

  // --- geometry ---------------------------------------------------------------------------------

  function circle(place) {
    var ring = [], radius = place.radius_m / 6371008.8, lat = place.lat * Math.PI / 180, lon = place.lon * Math.PI / 180;
    for (var step = 0; step <= 72; step += 1) {
      var bearing = step * Math.PI / 36;
      var toLat = Math.asin(Math.sin(lat) * Math.cos(radius) + Math.cos(lat) * Math.sin(radius) * Math.cos(bearing));
      var toLon = lon + Math.atan2(Math.sin(bearing) * Math.sin(radius) * Math.cos(lat),
        Math.cos(radius) - Math.sin(lat) * Math.sin(toLat));
      ring.push([toLon * 180 / Math.PI, toLat * 180 / Math.PI]);
    }
    return { type: "Polygon", coordinates: [ring] };
  }
  function collection(features) { return { type: "FeatureCollection", features: features }; }
  function feature(geometry, properties) { return { type: "Feature", geometry: geometry, properties: properties }; }
  function groundOn(day) {
    if (!data.layers.length) { return collection([]); }
    return collection(layer().holdings.filter(function (held) { return held[2] <= day && day <= held[3]; })
      .map(function (held) { return feature(layer().shapes[held[0]], { holder: held[1], place: held[4] }); }));
  }
  function frontOn(day) {
    var found = !data.layers.length ? [] : layer().fronts.filter(function (front) { return front[0] <= day && day <= front[1]; });
    return collection(found.map(function (front) { return feature(front[2], {}); }));
  }
  function attackFeatures() {
    var found = [], seen = {};
    data.incidents.forEach(function (incident, index) {
      incident.places.forEach(function (place) {
        // Other incidents often stand on one and the same point: drawn once.
        var key = [place.lon, place.lat, place.radius_m].join(" ");
        if (!incident.main) {
          if (seen[key]) { return; }
          seen[key] = true;
        }
        found.push(feature(circle(place), { index: index, main: incident.main, from: incident.from }));
      });
    });
    return collection(found);
  }

  // --- patterns: the same readings as in print ----------------------------------------------------

  var PATTERNS = {
    slash: function (x, y) { return (x + y) % 8 === 0; },
    backslash: function (x, y) { return (x - y + 16) % 8 === 0; },
    grid: function (x, y) { return x % 8 === 0 || y % 8 === 0; },
    bars: function (x) { return x % 8 === 0; },
    dash: function (x, y) { return y % 8 === 0; },
    cross: function (x, y) { return (x + y) % 8 === 0 || (x - y + 16) % 8 === 0; }
  };
  function patternImage(rule, dark) {
    var pixels = new Uint8Array(16 * 16 * 4);
    for (var y = 0; y < 16; y += 1) {
      for (var x = 0; x < 16; x += 1) {
        if (rule(x, y)) {
          var at = 4 * (16 * y + x), shade = dark ? 255 : 0;
          pixels[at] = pixels[at + 1] = pixels[at + 2] = shade;
          pixels[at + 3] = 95;
        }
      }
    }
    return { width: 16, height: 16, data: pixels };
  }
  function holderColours() {
    var match = ["match", ["get", "holder"]];
    Object.keys(data.holders).forEach(function (id) { match.push(id, data.holders[id].colour); });
    match.push("#cccccc");
    return match;
  }

  // --- style --------------------------------------------------------------------------------------

  function styleLayers() {
    var dark = isDark();
    var upTo = ["<=", ["get", "from"], ["literal", state.day]];
    var layers = [
      { id: "paper", type: "background", paint: { "background-color": dark ? "#1d1f1e" : "#f4f4f1" } },
      { id: "ground", type: "fill", source: "ground",
        paint: { "fill-color": holderColours(), "fill-opacity": dark ? 0.5 : 0.55, "fill-outline-color": dark ? "#111111" : "#ffffff" } }
    ];
    Object.keys(PATTERNS).forEach(function (name) {
      var holders = Object.keys(data.holders).filter(function (id) { return data.holders[id].pattern === name; });
      if (holders.length) {
        layers.push({ id: "pattern-" + name, type: "fill", source: "ground",
          filter: ["in", ["get", "holder"], ["literal", holders]], paint: { "fill-pattern": name } });
      }
    });
    layers.push(
      { id: "front", type: "line", source: "front", layout: { "line-join": "round", "line-cap": "round" },
        paint: { "line-color": dark ? "#f5f5f0" : "#1a1a1a", "line-width": 2.6 } },
      { id: "others", type: "line", source: "attacks", filter: ["!", ["get", "main"]],
        layout: { visibility: state.others ? "visible" : "none" },
        paint: { "line-color": dark ? "#c9c7bf" : "#5a5955", "line-width": 1, "line-dasharray": [3, 2] } },
      { id: "attacks-later", type: "line", source: "attacks", filter: ["all", ["get", "main"], ["!", upTo]],
        paint: { "line-color": dark ? "#ff8a94" : ATTACK, "line-width": 1, "line-opacity": 0.55, "line-dasharray": [2, 2] } },
      { id: "attacks", type: "fill", source: "attacks", filter: ["all", ["get", "main"], upTo],
        paint: { "fill-color": ATTACK, "fill-opacity": 0.22 } },
      { id: "attacks-edge", type: "line", source: "attacks", filter: ["all", ["get", "main"], upTo],
        paint: { "line-color": dark ? "#ff8a94" : ATTACK, "line-width": 1.8 } }
    );
    return layers;
  }
  function style() {
    return {
      version: 8, layers: styleLayers(),
      sources: {
        ground: { type: "geojson", data: groundOn(state.day) },
        front: { type: "geojson", data: frontOn(state.day) },
        attacks: { type: "geojson", data: attackFeatures() }
      }
    };
  }

  // --- map ----------------------------------------------------------------------------------------

  byId("map-app").hidden = false;
  var map;
  try {
    map = new window.maplibregl.Map({
      container: "map", style: style(), attributionControl: false, dragRotate: false, pitchWithRotate: false,
      touchPitch: false, cooperativeGestures: false, fadeDuration: 0, maxPitch: 0, scrollZoom: false,
      bounds: BOUNDS, fitBoundsOptions: { padding: 12, animate: false },
      locale: { "NavigationControl.ZoomIn": text.zoom_in, "NavigationControl.ZoomOut": text.zoom_out }
    });
  } catch (error) {
    fail(error);
    return;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new window.maplibregl.NavigationControl({ showCompass: false }), "top-right");
  byId("map").querySelectorAll(".maplibregl-ctrl-zoom-in, .maplibregl-ctrl-zoom-out").forEach(function (button) {
    button.addEventListener("click", function () { state.moved = true; });
  });
  map.addControl(new window.maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  map.on("styleimagemissing", function (event) {
    if (PATTERNS[event.id] && !map.hasImage(event.id)) { map.addImage(event.id, patternImage(PATTERNS[event.id], isDark()), { pixelRatio: 2 }); }
  });

  var numbers = [];
  function mapWidthM() {
    var bounds = map.getBounds();
    return bounds.getSouthWest().distanceTo(bounds.getSouthEast());
  }
  function placeNumbers() {
    var groups = {}, main = data.incidents.filter(function (incident) { return incident.main; });
    if (main.length > MAX_NUMBERS) { return; }
    main.forEach(function (incident) {
      incident.places.forEach(function (place) {
        var key = place.lon + " " + place.lat;
        groups[key] = groups[key] || { place: place, incidents: [] };
        if (groups[key].incidents.indexOf(incident) < 0) { groups[key].incidents.push(incident); }
      });
    });
    Object.keys(groups).forEach(function (key) {
      var group = groups[key];
      var button = element("button", "map-number");
      button.type = "button";
      var number = { button: button, incidents: group.incidents, all: group.incidents, place: group.place };
      button.addEventListener("click", function (event) { event.stopPropagation(); choose(number.all); });
      new window.maplibregl.Marker({ element: button }).setLngLat([group.place.lon, group.place.lat]).addTo(map);
      button.setAttribute("role", "button");
      numbers.push(number);
    });
  }
  var labels = [];
  function placeLabels() {
    labels.forEach(function (label) { label.marker.remove(); });
    var wanted = data.layers.length ? layer().labels : placesOfAttacks();
    labels = wanted.map(function (label) {
      var words = element("div", "map-label", label[2]);
      words.dir = "auto";
      if (label[3]) {
        var local = element("span", "", label[3]);
        local.dir = "auto";
        words.appendChild(local);
      }
      words.setAttribute("aria-hidden", "true");
      // Beneath the number, where the place is that of an attack.
      var shift = data.layers.length ? 0 : 26;
      var marker = new window.maplibregl.Marker({ element: words, offset: [0, shift] }).setLngLat([label[0], label[1]]).addTo(map);
      words.removeAttribute("role");
      words.removeAttribute("aria-label");
      words.removeAttribute("tabindex");
      return { marker: marker, words: words };
    });
    thinLabels();
  }
  function placesOfAttacks() {
    var found = {};
    data.incidents.filter(function (incident) { return incident.main; }).forEach(function (incident) {
      incident.places.forEach(function (place) { found[place.name] = [place.lon, place.lat, place.name, null]; });
    });
    return Object.keys(found).map(function (name) { return found[name]; });
  }
  // Labels that would run into a number or another label are left out until there is room.
  function thinLabels() {
    var taken = [];
    function add(box, pad) { taken.push([box.left - pad, box.top - pad, box.right + pad, box.bottom + pad]); }
    numbers.forEach(function (number) { if (!number.button.hidden) { add(number.button.getBoundingClientRect(), 1); } });
    labels.forEach(function (label) {
      label.words.style.visibility = "visible";
      var box = label.words.getBoundingClientRect();
      var free = taken.every(function (other) {
        return box.right < other[0] || box.left > other[2] || box.bottom < other[1] || box.top > other[3];
      });
      label.words.style.visibility = free ? "visible" : "hidden";
      if (free) { add(box, 2); }
    });
  }
  // Numbers that would touch stand together in one; wide areas have none at their middle.
  function arrangeNumbers() {
    var width = mapWidthM(), shown = [];
    numbers.forEach(function (number) {
      number.all = number.incidents.slice();
      number.button.hidden = number.place.radius_m * 2 > WIDE_SHARE * width;
      if (number.button.hidden) { return; }
      var at = map.project([number.place.lon, number.place.lat]);
      var near = shown.find(function (other) {
        var reach = TOUCH_PX + 6 * (other.number.all.length + number.all.length - 2);
        return Math.abs(at.x - other.at.x) < reach && Math.abs(at.y - other.at.y) < TOUCH_PX;
      });
      if (near) {
        number.button.hidden = true;
        number.incidents.forEach(function (incident) {
          if (near.number.all.indexOf(incident) < 0) { near.number.all.push(incident); }
        });
      } else {
        shown.push({ number: number, at: at });
      }
    });
    shown.forEach(function (entry) {
      var number = entry.number;
      number.all.sort(function (a, b) { return a.no - b.no; });
      number.button.textContent = number.all.map(function (incident) { return incident.no; }).join(", ");
      number.button.setAttribute("aria-label", number.button.textContent + ": " + number.place.name + ", " +
        number.all.map(function (incident) { return incident.days; }).join(", "));
    });
    showLater();
    showChosen();
  }
  // A window that changes its size shows the whole region again, unless the reader chose a view.
  ["dragstart", "zoomstart"].forEach(function (name) {
    map.on(name, function (event) { if (event.originalEvent) { state.moved = true; } });
  });
  map.on("resize", function () { if (!state.moved) { map.fitBounds(BOUNDS, { padding: 12, animate: false }); } });
  map.on("moveend", function () { arrangeNumbers(); thinLabels(); });
  map.on("click", "attacks", function (event) { choose([data.incidents[event.features[0].properties.index]]); });
  map.on("click", "attacks-later", function (event) { choose([data.incidents[event.features[0].properties.index]]); });

  // --- panel --------------------------------------------------------------------------------------

  function range(pair, word) {
    if (pair[0] === null && pair[1] === null) { return null; }
    if (pair[1] === null) { return text.at_least + " " + pair[0] + " " + word; }
    if (pair[0] === null) { return text.at_most + " " + pair[1] + " " + word; }
    return (pair[0] === pair[1] ? pair[0] : pair[0] + "–" + pair[1]) + " " + word;
  }
  function choose(incidents) {
    state.chosen = incidents.map(function (incident) { return incident.no; });
    byId("chosen").replaceChildren();
    incidents.forEach(describe);
    showChosen();
  }
  function describe(incident) {
    var box = byId("chosen");
    var title = element("h3", "", incident.no + ". " + incident.title);
    title.dir = "auto";
    box.appendChild(title);
    box.appendChild(element("p", "when", incident.days));
    var toll = [range(incident.killed, text.killed), range(incident.injured, text.injured)].filter(Boolean).join(", ");
    if (toll) { box.appendChild(element("p", "", toll)); }
    var list = element("ul", "");
    incident.places.forEach(function (place) {
      var held = place.held.filter(function (pair) { return !data.layers.length || pair[0] === layer().name; })
        .map(function (pair) { return (data.holders[pair[1]] || { name: pair[1] }).name; }).join(", ");
      var item = element("li", "", place.name + (held ? ", " + text.held_by + " " + held : "") +
        " (" + text.within + " " + Math.round(place.radius_m) + " m)");
      item.dir = "auto";
      list.appendChild(item);
    });
    if (incident.places.length) { box.appendChild(list); }
    box.appendChild(element("p", "when", text.grade + ": " + incident.grade));
    var link = element("a", "", text.open);
    link.href = incident.href;
    var line = element("p", "");
    line.appendChild(link);
    box.appendChild(line);
  }
  function isChosen(incident) { return state.chosen.indexOf(incident.no) >= 0; }
  function showChosen() {
    numbers.forEach(function (number) { number.button.classList.toggle("chosen", number.all.some(isChosen)); });
    listed.forEach(function (entry) { entry.button.setAttribute("aria-pressed", String(isChosen(entry.incident))); });
  }
  var listed = [];
  data.incidents.forEach(function (incident) {
    if (!incident.main || listed.length >= MAX_LISTED) { return; }
    var item = element("li", ""), button = element("button", "");
    button.type = "button";
    button.appendChild(element("span", "badge", String(incident.no)));
    var words = element("span", "", incident.title);
    words.dir = "auto";
    words.appendChild(element("span", "when", incident.days));
    button.appendChild(words);
    button.addEventListener("click", function () {
      choose([incident]);
      if (incident.from >= 0 && incident.from < data.days) { setDay(incident.from); }
    });
    item.appendChild(button);
    byId("attack-list").appendChild(item);
    listed.push({ button: button, incident: incident });
  });

  if (data.incidents.filter(function (incident) { return incident.main; }).length > MAX_LISTED) {
    var rest = element("a", "", text.list_rest);
    rest.href = "incidents.html";
    byId("attack-list").after(rest);
  }

  // --- day ----------------------------------------------------------------------------------------

  var slider = byId("day"), output = byId("day-output"), play = byId("day-play"), playing = null;
  function showLater() {
    function isLater(incident) { return incident.from > state.day; }
    numbers.forEach(function (number) { number.button.classList.toggle("later", number.all.every(isLater)); });
    listed.forEach(function (entry) { entry.button.classList.toggle("later", isLater(entry.incident)); });
  }
  function setDay(day) {
    state.day = Math.max(0, Math.min(data.days - 1, day));
    slider.value = String(state.day);
    var words = dayWords(state.day);
    slider.setAttribute("aria-valuetext", words);
    output.textContent = words;
    showLater();
    if (!state.ready) { return; }
    map.getSource("ground").setData(groundOn(state.day));
    map.getSource("front").setData(frontOn(state.day));
    var upTo = ["<=", ["get", "from"], ["literal", state.day]];
    map.setFilter("attacks", ["all", ["get", "main"], upTo]);
    map.setFilter("attacks-edge", ["all", ["get", "main"], upTo]);
    map.setFilter("attacks-later", ["all", ["get", "main"], ["!", upTo]]);
  }
  function stop() {
    if (playing !== null) { window.clearInterval(playing); }
    playing = null;
    play.textContent = text.play;
    play.setAttribute("aria-pressed", "false");
  }
  slider.addEventListener("input", function () { stop(); setDay(Number(slider.value)); });
  byId("day-back").addEventListener("click", function () { stop(); setDay(state.day - 1); });
  byId("day-next").addEventListener("click", function () { stop(); setDay(state.day + 1); });
  play.addEventListener("click", function () {
    if (playing !== null) { stop(); return; }
    if (state.day >= data.days - 1) { setDay(0); }
    play.textContent = text.pause;
    play.setAttribute("aria-pressed", "true");
    playing = window.setInterval(function () {
      if (state.day >= data.days - 1) { stop(); } else { setDay(state.day + 1); }
    }, PLAY_MS);
  });
  document.querySelector(".day-bar").addEventListener("submit", function (event) { event.preventDefault(); });

  function showTicks() {
    var ticks = byId("day-ticks"), span = Math.max(1, data.days - 1);
    ticks.replaceChildren();
    function tick(day, className) {
      var mark = element("i", className);
      mark.style.left = 100 * day / span + "%";
      ticks.appendChild(mark);
    }
    if (data.layers.length) { layer().changes.forEach(function (day) { tick(day, ""); }); }
    data.incidents.forEach(function (incident) {
      if (incident.main && incident.from >= 0 && incident.from < data.days) { tick(incident.from, "attack"); }
    });
  }
  function showSimplified() {
    var note = byId("simplified");
    note.hidden = !data.layers.length || !layer().toleranceDegrees;
    if (!note.hidden) { note.textContent = text.simplified + " " + layer().toleranceDegrees + " " + text.degrees + "."; }
  }
  if (byId("layer")) {
    byId("layer").addEventListener("change", function (event) {
      state.layer = Number(event.target.value);
      placeLabels();
      showTicks();
      showSimplified();
      setDay(state.day);
    });
  }
  if (byId("others")) {
    byId("others").addEventListener("change", function (event) {
      state.others = event.target.checked;
      map.setLayoutProperty("others", "visibility", state.others ? "visible" : "none");
    });
  }
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    if (!state.ready) { return; }
    Object.keys(PATTERNS).forEach(function (name) { if (map.hasImage(name)) { map.removeImage(name); } });
    map.setStyle(style(), { diff: false });
  });

  map.on("load", function () {
    state.ready = true;
    state.map = map;
    placeNumbers();
    arrangeNumbers();
    placeLabels();
    setDay(state.day);
  });
  showTicks();
  showSimplified();
  setDay(state.day);
})();
