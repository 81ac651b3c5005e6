// The day shown: slider, play, the days before it, and a window inside the period.
(function (app) {
  "use strict";
  const byId = app.byId, state = app.state;
  // Play takes at most about this long over the whole period; a step is never shorter or longer than these.
  const WHOLE_MS = 60000, FASTEST_MS = 100, SLOWEST_MS = 700, STILL_MS = 1500;
  let playing = null;

  app.startTime = () => {
    const slider = byId("day"), play = byId("day-play"), data = app.data;
    const clamp = (day) => Math.max(0, Math.min(data.days - 1, day));
    const first = () => (state.span ? state.span[0] : 0), last = () => (state.span ? state.span[1] : data.days - 1);
    function show() {
      const words = app.dayWords(state.day);
      slider.value = String(state.day);
      slider.setAttribute("aria-valuetext", words);
      byId("day-output").textContent = words;
    }
    function stop() {
      if (playing === null) { return; }
      window.cancelAnimationFrame(playing);
      playing = null;
      app.playing = false;
      if (app.ready) { app.redraw(); }
      play.textContent = app.text.play;
      play.setAttribute("aria-pressed", "false");
      app.settle();
    }
    app.stop = stop;
    app.goTo = (day, trace) => { stop(); app.set({ day: clamp(day) }, trace); };
    slider.addEventListener("input", () => app.goTo(Number(slider.value)));
    byId("day-back").addEventListener("click", () => app.goTo(state.day - 1));
    byId("day-next").addEventListener("click", () => app.goTo(state.day + 1));
    play.addEventListener("click", () => {
      if (playing !== null) { stop(); return; }
      if (state.day >= last() || state.day < first()) { app.set({ day: first() }); }
      play.textContent = app.text.pause;
      play.setAttribute("aria-pressed", "true");
      app.playing = true;
      if (app.ready) { app.redraw(); }
      const step = app.isStill() ? STILL_MS : Math.max(FASTEST_MS, Math.min(SLOWEST_MS, WHOLE_MS / (last() - first() + 1)));
      let before = window.performance.now();
      // At most one day a frame: a slow machine plays slowly, and leaves no day out.
      const go = (now) => {
        if (now - before >= step) {
          before = now;
          if (state.day >= last()) { stop(); return; }
          app.set({ day: state.day + 1 }, "none");
        }
        playing = window.requestAnimationFrame(go);
      };
      playing = window.requestAnimationFrame(go);
    });
    document.querySelector(".day-bar").addEventListener("submit", (event) => event.preventDefault());
    app.on(["day"], show);
    show();

    // --- a window of days ---------------------------------------------------------------------------

    const from = byId("span-from"), to = byId("span-to");
    for (const input of [from, to]) { input.min = app.isoDay(0); input.max = app.isoDay(data.days - 1); }
    function showSpan() {
      from.value = app.isoDay(first());
      to.value = app.isoDay(last());
      byId("span-clear").hidden = !state.span;
    }
    app.setSpan = (a, b) => {
      const low = clamp(Math.min(a, b)), high = clamp(Math.max(a, b));
      const whole = low === 0 && high === data.days - 1;
      app.set({ span: whole ? null : [low, high], day: Math.max(low, Math.min(high, state.day)) }, "push");
    };
    function read() {
      const a = app.offsetOf(from.value), b = app.offsetOf(to.value);
      if (Number.isFinite(a) && Number.isFinite(b)) { app.setSpan(a, b); } else { showSpan(); }
    }
    from.addEventListener("change", read);
    to.addEventListener("change", read);
    byId("span-clear").addEventListener("click", () => { app.set({ span: null }, "push"); from.focus(); });
    byId("trail").addEventListener("change", (event) => {
      app.set({ trail: event.target.value === "" ? null : Number(event.target.value) }, "push");
    });
    const showTrail = () => { byId("trail").value = state.trail === null ? "" : String(state.trail); };
    app.on(["span"], showSpan);
    app.on(["trail"], showTrail);
    showSpan();
    showTrail();
  };

  // Under the slider: days on which ground changed hands.
  app.showTicks = () => {
    const ticks = byId("day-ticks"), span = Math.max(1, app.data.days - 1);
    ticks.replaceChildren(...(app.changes || []).map((day) => {
      const mark = app.element("i", "");
      mark.style.insetInlineStart = 100 * day / span + "%";
      return mark;
    }));
  };
})(window.CONTESTED_MAP);
