// The record of an incident beside the map: its sources, their tolls, who held the ground, where it leads.
(function (app) {
  "use strict";
  const element = app.element, text = app.text;
  // More at once than this are left to the table.
  const MAX_SHOWN = 12;
  let pinned = [], turn = 0;

  app.titleOf = (index) => (app.words ? app.words.titles[app.words.title[index]] : "");
  app.daysOf = (index) => {
    const columns = app.columns, words = app.spanWords(columns.from[index], columns.to[index]);
    return columns.undated[index] ? app.fill("undated_between", { days: words }) : words;
  };
  app.choose = (numbers) => app.set({ chosen: numbers.slice(0, MAX_SHOWN) }, "push");
  app.preview = (indices) => {
    if (app.playing) { return; }
    show(indices && indices.length ? indices.slice(0, MAX_SHOWN) : pinned, !indices);
  };
  function pin() {
    if (!app.columns) { return; }
    pinned = app.state.chosen.map((no) => no - 1).filter((index) => index >= 0 && index < app.columns.n);
    show(pinned, true);
  }
  app.pin = pin;

  // The first look comes at once; what the file of records adds, when it has come.
  async function show(indices, told) {
    const mine = turn += 1, box = app.byId("chosen");
    box.setAttribute("aria-live", told ? "polite" : "off");
    if (!indices.length) {
      box.replaceChildren(element("p", "none", text.panel));
      return;
    }
    if (!app.words) { return; }
    box.replaceChildren(...indices.map((index) => describe(index, app.records)));
    if (app.records) { return; }
    try { app.records = await app.part("records"); } catch (error) {
      if (app.records !== null) { app.records = null; app.missing(text.part_records); }
      return;
    }
    if (mine === turn) { box.replaceChildren(...indices.map((index) => describe(index, app.records))); }
  }

  function bdi(tag, className, words) {
    const made = element(tag, className, words);
    made.dir = "auto";
    return made;
  }
  function link(href, words) {
    const made = element("a", "", words);
    made.href = href;
    made.dir = "auto";
    return made;
  }
  const toll = (word, low, high) => {
    const range = app.rangeWords(low, high);
    return range === null ? null : app.fill("toll_form", { what: text[word], n: range });
  };
  const tolls = (killedLow, killedHigh, injuredLow, injuredHigh) => [
    toll("killed", killedLow, killedHigh), toll("injured", injuredLow, injuredHigh),
  ].filter(Boolean);

  function describe(index, records) {
    const columns = app.columns, words = app.words, part = columns.part;
    const box = element("article", "record");
    box.append(bdi("h3", "", app.fill("numbered", { n: index + 1, title: app.titleOf(index) })));
    box.append(element("p", "when", app.daysOf(index)));
    const facts = [app.fill("kind_is", { kind: part.kinds[part.kind[index]] }), app.fill("grade_is", { grade: part.grades[part.grade[index]] })];
    box.append(bdi("p", "", facts.join(" · ")));
    for (const line of tolls(words.killed_low[index], words.killed_high[index], words.injured_low[index], words.injured_high[index])) {
      box.append(element("p", "", line));
    }
    const places = element("ul", "");
    for (let place = firstPlace(index); place < columns.m && columns.placeOf[place] === index; place += 1) { places.append(placeLine(place)); }
    for (const name of words.pointless[index] || []) { places.append(bdi("li", "", app.fill("place_without", { place: words.names[name] }))); }
    if (places.childElementCount) { box.append(places); }
    const blamed = part.blames[part.blamed[index]];
    if (blamed.length) { box.append(bdi("p", "", app.fill("blamed_is", { parties: blamed.map(app.holderName).join(", ") }))); }
    if (records) { box.append(sources(index, records)); }
    const line = element("p", "");
    line.append(link(words.href[index], text.open));
    box.append(line);
    return box;
  }
  function firstPlace(index) {
    const all = app.columns.placeOf;
    let low = 0, high = all.length;
    while (low < high) { const half = (low + high) >> 1; if (all[half] < index) { low = half + 1; } else { high = half; } }
    return low;
  }
  app.firstPlace = firstPlace;
  function placeLine(place) {
    const columns = app.columns, words = app.words;
    const item = bdi("li", "", app.fill("place_within", { place: words.names[words.place[place]], n: app.number(Math.round(columns.radius[place])) }));
    const held = columns.part.holders[columns.part.held[place]], fronts = words.front[place] || [];
    for (const [layer, party] of held) { item.append(bdi("span", "said", app.fill("held_in", { party: app.holderName(party), layer: layer }))); }
    for (const [layer, metres, side] of fronts) {
      item.append(bdi("span", "said", app.fill(side ? "front_side" : "front_away", { n: app.number(metres), layer: layer, party: side ? app.holderName(side) : "" })));
    }
    return item;
  }
  function sources(index, records) {
    const box = element("div", "");
    box.append(element("h4", "", text.by_source));
    const list = element("ul", "by-source");
    for (const [dataset, title, names, toll, secondHand, href] of records.records[index]) {
      const item = element("li", "");
      item.append(link(href || app.words.href[index], records.datasets[dataset]));
      const more = [...tolls(...toll), ...(title ? [title] : []), ...(names.length ? [app.fill("sources_are", { names: names.map((name) => records.sources[name]).join("; ") })] : []),
        ...(secondHand ? [text.second_hand] : [])];
      for (const words of more) { item.append(bdi("span", "said", words)); }
      list.append(item);
    }
    box.append(list);
    if (records.claims[index]) {
      box.append(element("h4", "", text.linked_claims));
      const told = element("ul", "by-source");
      for (const [speaker, stance, href] of records.claims[index]) {
        const item = element("li", "");
        item.append(link(href, app.fill("claim_form", { speaker: speaker, stance: records.stances[stance] })));
        told.append(item);
      }
      box.append(told);
    }
    if (records.perhaps[index]) { box.append(element("p", "", app.fill("perhaps_same", { n: records.perhaps[index].join(", ") }))); }
    return box;
  }
  app.on(["chosen"], pin);
})(window.CONTESTED_MAP);
