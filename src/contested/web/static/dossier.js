// Small helps on every page; everything can be read without them.
(function () {
  "use strict";
  document.documentElement.classList.add("scripted");
  // A link may lead into a closed list: open it, so that the row can be seen.
  function openTarget() {
    var name = decodeURIComponent(window.location.hash.slice(1));
    var target = name && document.getElementById(name);
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS" && !part.open) {
        part.open = true;
        target.scrollIntoView();
      }
    }
  }
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
