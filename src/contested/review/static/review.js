// Keys for the queue, and the progress of a build. Every action is a form or a link without this too.
const told = document.getElementById("told");
if (told && told.dataset.message) {
  // A message that was there before the page was read is not announced: put it in again.
  told.textContent = "";
  setTimeout(() => { told.textContent = told.dataset.message; }, 50);
}

function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=radio]):not([type=checkbox]), select, textarea");
}

function open(details) {
  const others = document.querySelectorAll("details.act[open]");
  others.forEach((other) => { if (other !== details) { other.open = false; } });
  details.open = !details.open;
  if (!details.open) { details.querySelector("summary").focus(); return; }
  const first = details.querySelector("input:not([type=hidden]), select, .choices button") || details.querySelector("summary");
  first.focus();
  details.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) { return; }
  if (event.key === "Escape") {
    const opened = document.querySelector("details.act[open]");
    if (opened) { open(opened); }
    return;
  }
  if (isTyping(event.target)) { return; }
  const opened = document.querySelector("details.act[open]");
  if (opened && /^[1-9]$/.test(event.key)) {
    const button = opened.querySelectorAll(".choices button")[Number(event.key) - 1];
    if (button) { event.preventDefault(); button.click(); }
    return;
  }
  const wanted = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key.toLowerCase());
  if (!wanted) { return; }
  event.preventDefault();
  if (wanted.matches("details.act")) { open(wanted); }
  else if (wanted.matches("details")) { wanted.open = !wanted.open; wanted.querySelector("summary").focus(); }
  else if (wanted.form && wanted.form.reportValidity()) { wanted.form.requestSubmit(wanted); }
  else if (!wanted.form) { wanted.click(); }
});

document.documentElement.dataset.keys = "ready";

// A double press must not decide twice.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

const marked = document.querySelector(".context mark.role-passage");
if (marked) {
  const box = marked.closest(".context");
  box.scrollTop += marked.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 4;
}

const building = document.getElementById("build");
if (building) {
  const ask = async () => {
    try {
      const state = await (await fetch(building.dataset.state || "/build/state")).json();
      if (!state.running) { window.location.reload(); return; }
      document.getElementById("build-step").textContent = state.step;
    } catch (fault) { /* the app is busy or gone: ask again */ }
    setTimeout(ask, 700);
  };
  setTimeout(ask, 300);
}
