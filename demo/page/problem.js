// What keeps the page from working, in words; a plain script, so that it works where the rest does not.
"use strict";

(() => {
  let shown = false;

  // Shows the first problem; those that follow from it would only confuse.
  window.showProblem = (title, advice, detail = "") => {
    if (shown) return;
    shown = true;
    const show = () => {
      const box = document.getElementById("problem");
      const [adviceElement, detailElement] = box.querySelectorAll("p");
      box.querySelector("h2").textContent = title;
      adviceElement.textContent = advice;
      detailElement.textContent = detail;
      detailElement.hidden = !detail;
      box.hidden = false;
      document.body.classList.add("failed");
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show);
    else show();
  };

  if (location.protocol === "file:") {
    window.showProblem(
      "This page has to come from a web server",
      "Opened as a file, it may not read the network beside it. Start the server with ./bazelw run //demo and open the " +
        "address that it prints; or put this folder on any web server.",
    );
  } else if (typeof WebAssembly !== "object") {
    window.showProblem(
      "This browser has no WebAssembly",
      "The network runs as WebAssembly, which is missing or switched off here. Current versions of Firefox, Chrome, " +
        "Edge and Safari have it; some turn it off in their strictest security mode.",
    );
  } else if (!("noModule" in HTMLScriptElement.prototype)) {
    window.showProblem("This browser is too old for this page", "It needs JavaScript modules, which all browsers have since 2018.");
  }

  // A script or one of its imports that cannot be had, or a mistake in ours.
  addEventListener(
    "error",
    (event) => {
      if (event.target instanceof HTMLScriptElement) {
        window.showProblem(
          "A part of this page is missing",
          "One of its scripts could not be loaded. If reloading does not help, start the page’s server anew with ./bazelw run " +
            "//demo.",
          event.target.src,
        );
      } else if (event instanceof ErrorEvent) {
        window.showProblem("Something went wrong", "Reload the page to try again.", event.message);
      }
    },
    true,
  );
  addEventListener("unhandledrejection", ({ reason }) => {
    window.showProblem("Something went wrong", "Reload the page to try again.", String(reason));
  });
})();
