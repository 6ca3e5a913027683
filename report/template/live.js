// A page whose study is running.
"use strict";

// How often, in milliseconds, the page looks for a newer one.
const RELOAD_INTERVAL = 2000;

const RUN_STATES = {
  RUNNING: "Running: ",
  FINISHED: "",
  INTERRUPTED: "Interrupted: ",
  FAILED: "Stopped by an error: ",
};

function showProgress(model) {
  const { run } = model;
  if (!run) return;
  byId("progress").hidden = run.state === "FINISHED";
  byId("progress-text").textContent =
    `${RUN_STATES[run.state]}${formatCount(run.done)} of ${formatCount(run.total)} rounds, as of ${run.time}`;
  byId("progress-bar").max = run.total;
  byId("progress-bar").value = run.done;
  if (run.state === "RUNNING") reloadLater();
}

// Not while somebody reads what points at the page, or nobody looks.
function reloadLater() {
  setTimeout(() => {
    if (isTooltipShown() || document.hidden) reloadLater();
    else location.reload();
  }, RELOAD_INTERVAL);
}

// The first part of the page that is in the window, and where its top is.
function currentPlace() {
  for (const { id } of document.querySelectorAll("body > header, section:not([hidden])")) {
    const { top, bottom } = byId(id).getBoundingClientRect();
    if (bottom > 0) return { id, top };
  }
  return null;
}

// Once the page is as high as it will be. The browser itself would return to as many pixels from the top, where there
// may be something else by then.
function keepPlace(choices, choose) {
  history.scrollRestoration = "manual";
  if (choices.place) {
    const { id, top } = choices.place;
    scrollBy(0, byId(id).getBoundingClientRect().top - top);
  }
  addEventListener("scrollend", () => choose("place", currentPlace()));
}
