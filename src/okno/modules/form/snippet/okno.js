// Puts a form of a desk where this script stands: <script src="https://desk.example/f/KEY/okno.js" async></script>
//
// data-lang="ru" chooses the language, data-theme="dark" or "system" the colours. The frame is as tall as what it holds.
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script) return;
  var address = new URL("embed/", script.src);
  if (script.dataset.lang) address.searchParams.set("lang", script.dataset.lang);
  if (script.dataset.theme) address.searchParams.set("theme", script.dataset.theme);

  var frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Form";
  frame.setAttribute("scrolling", "no");
  frame.style.cssText = "display:block;width:100%;height:760px;border:0;color-scheme:auto";
  script.parentNode.insertBefore(frame, script);

  window.addEventListener("message", function (event) {
    if (event.origin !== address.origin || event.source !== frame.contentWindow) return;
    var said = event.data;
    if (!said || said.okno !== "height" || typeof said.height !== "number") return;
    frame.style.height = Math.min(Math.max(said.height, 100), 20000) + "px";
  });
})();
