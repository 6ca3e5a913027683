// The record behind a point: for the mouse, a finger and the keyboard.
"use strict";

// How far from a point's centre, in pixels, it is still meant.
const REACH = 24;

function showTooltip(anchor, title, entries) {
  const tooltip = document.getElementById("tooltip");
  tooltip.replaceChildren(
    element("p", {}, title),
    element("dl", {}, ...entries.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
  );
  tooltip.hidden = false;
  // Beside the anchor, within the window, and not below a finger.
  const margin = 8;
  const size = tooltip.getBoundingClientRect();
  const left = anchor.left + anchor.width / 2 - size.width / 2;
  const above = anchor.top - size.height - margin;
  tooltip.style.left = `${Math.max(margin, Math.min(left, innerWidth - size.width - margin))}px`;
  tooltip.style.top = `${above >= margin ? above : anchor.bottom + margin}px`;
}

function hideTooltip() {
  document.getElementById("tooltip").hidden = true;
}

function isTooltipShown() {
  return !document.getElementById("tooltip").hidden;
}

function describeRound(round) {
  const { details, architecture } = round;
  const counted =
    details.test_total > 0 ? ` (${formatCount(details.test_wrong)} of ${formatCount(details.test_total)})` : "";
  const entries = [
    ["round", String(round.id.round)],
    ["study", round.id.study],
    ["seed", round.id.seed],
    ["test error", formatPercent(round.test_error) + counted],
    ["train error", formatPercent(round.train_error)],
    ["digit error", formatPercent(round.digit_error)],
    ["epochs", String(details.epochs)],
    ["time", round.training_seconds === undefined ? NOT_AVAILABLE : `${formatFixed(round.training_seconds, 2)} s`],
    ["started", details.start_time],
    ["on", [details.host, details.cpu].filter((text) => text !== "").join(", ")],
  ];
  if (!round.used) entries.push(["does not count", round.reason]);
  return {
    title: architecture.name,
    entries: entries.filter(([, value]) => value !== "" && value !== NOT_AVAILABLE),
  };
}

// Makes the points of a plot answer. `points` are the elements in the order that the arrow keys left and right follow;
// up and down go to the same round in the next row. `info(element)` is {row, key, title, entries}.
function makePointsAnswer(container, points, info) {
  let active = null;

  function activate(point) {
    if (point === active) return;
    deactivate();
    active = point;
    const { key, title, entries } = info(point);
    for (const other of document.querySelectorAll(".dot")) {
      other.classList.toggle("same-round", other !== point && other.dataset.key === key);
    }
    point.classList.add("active");
    showTooltip(point.getBoundingClientRect(), title, entries);
  }

  function deactivate() {
    if (active === null) return;
    active.classList.remove("active");
    active = null;
    for (const other of document.querySelectorAll(".dot.same-round")) other.classList.remove("same-round");
    hideTooltip();
  }

  function nearest(event) {
    let best = null;
    let bestDistance = REACH;
    for (const point of points) {
      const box = point.getBoundingClientRect();
      const distance = Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
      if (distance < bestDistance) {
        best = point;
        bestDistance = distance;
      }
    }
    return best;
  }

  function focus(point) {
    for (const other of points) other.tabIndex = other === point ? 0 : -1;
    point.focus({ preventScroll: true });
  }

  // The same round in the next row that has it, above (-1) or below (1).
  function inOtherRow(point, step) {
    const { row, key } = info(point);
    const candidates = points
      .filter((other) => info(other).key === key && Math.sign(info(other).row - row) === step)
      .sort((a, b) => step * (info(a).row - info(b).row));
    return candidates[0];
  }

  points.forEach((point, index) => {
    point.classList.add("dot");
    point.dataset.key = info(point).key;
    point.tabIndex = index === 0 ? 0 : -1;
  });
  container.classList.add("points");
  container.onpointermove = (event) => {
    const point = nearest(event);
    if (point) activate(point);
    else leave();
  };
  container.onpointerleave = leave;
  container.onclick = (event) => {
    const point = nearest(event);
    if (point) focus(point);
  };

  function leave() {
    const focused = points.find((point) => point === document.activeElement);
    if (focused) activate(focused);
    else deactivate();
  }

  for (const point of points) {
    point.addEventListener("focus", () => activate(point));
    point.addEventListener("blur", deactivate);
    point.addEventListener("keydown", (event) => {
      const index = points.indexOf(point);
      const next = {
        ArrowRight: points[index + 1],
        ArrowLeft: points[index - 1],
        Home: points[0],
        End: points[points.length - 1],
        ArrowUp: inOtherRow(point, -1),
        ArrowDown: inOtherRow(point, 1),
      }[event.key];
      if (event.key === "Escape") point.blur();
      if (next === undefined) return;
      event.preventDefault();
      focus(next);
    });
  }
}
