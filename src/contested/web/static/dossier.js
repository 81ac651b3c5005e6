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
  // The frame of the map is there at once; where its scripts do not come, the figures beneath stand for it.
  window.addEventListener("load", function () {
    var map = document.getElementById("map-app");
    if (map && !(window.CONTESTED_MAP && window.CONTESTED_MAP.started)) {
      map.hidden = true;
      document.getElementById("map-failed").hidden = false;
    }
  });
  window.addEventListener("hashchange", openTarget);
  openTarget();
})();
