// The page of the disk program's rounds, from the data that are embedded in it (report/disk_page.proto).
"use strict";

// Of the disk, in the unit square.
const RADIUS = 1 / Math.sqrt(2 * Math.PI);
const POINT_RADIUS = 0.0055;

// 1, 2 and 5 of every power of ten that a loss may have.
const LOSS_TICKS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10].flatMap((power) => [power, 2 * power, 5 * power]);

function main(page) {
  showHeader(page);
  showRegions(page.rounds.filter(({ test }) => test));
  if (page.rounds.some(({ losses }) => losses.length > 0)) showCurves(page);
  showRounds(page.rounds);
}

function showHeader({ training, rounds, test_error }) {
  byId("subtitle").textContent = training;
  const { n } = test_error;
  const all = `${rounds.length} ${rounds.length === 1 ? "round" : "rounds"}`;
  const [claim, evidence] =
    n === 0
      ? [`The training diverged in ${all === "1 round" ? "the only round" : `all ${all}`}.`, ""]
      : rounds.length === 1
        ? [`A test error of ${formatPercent(test_error.mean)} in the only round.`, ""]
        : [
            `A test error of ${formatMeanAndDeviation(test_error)} %.`,
            `Mean ± standard deviation (n−1) of ${n === rounds.length ? all : `${n} of ${all}; the others diverged`}.`,
          ];
  document.querySelector("#headline .claim").textContent = claim;
  byId("headline").append(evidence);
}

function showRegions(rounds) {
  if (rounds.length === 0) return;
  byId("region").hidden = false;
  let round = rounds[0];
  let set = "test";
  const show = () => {
    const { wrong, labels } = round[set];
    byId("region-note").textContent =
      `${formatCount(labels.length)} points shown, and the network is wrong about ${formatCount(wrong.length)} of them. ` +
      `Test error ${formatPercent(round.test_error)}, training error ${formatPercent(round.train_error)}.`;
    drawRegion(byId("region-plot"), round, set);
  };
  offer(
    "region-points",
    [
      ["test", "test points"],
      ["train", "training points"],
    ],
    set,
    (chosen) => {
      set = chosen;
      show();
    },
  );
  const seeds = rounds.map(({ seed }) => [seed, `seed ${seed}`]);
  offer("region-seed", seeds, round.seed, (chosen) => {
    round = rounds.find(({ seed }) => seed === chosen);
    show();
  });
  const sample = (...children) => svg("svg", { viewBox: "-0.02 -0.02 0.04 0.04", "aria-hidden": true }, ...children);
  byId("region-legend").append(
    element("li", {}, sample(pointMark(0, 0, true)), "inside the disk"),
    element("li", {}, sample(pointMark(0, 0, false)), "outside"),
    element("li", {}, sample(pointMark(0, 0, true), wrongMark(0, 0)), "the network's answer is wrong"),
    element(
      "li",
      {},
      sample(svg("rect", { class: "region", x: -0.02, y: -0.014, width: 0.04, height: 0.028 })),
      "where it says inside",
    ),
    element("li", {}, sample(svg("path", { class: "edge", d: "M-0.02 0h0.04" })), "the disk's edge"),
  );
}

// In coordinates of the unit square, y upwards.
function drawRegion(container, round, set) {
  const { x, y, labels, wrong } = round[set];
  const { size, spans } = round.region;
  const cells = spans.map(
    ({ row, first, last }) => `M${first / size} ${row / size}h${(last + 1 - first) / size}v${1 / size}H${first / size}z`,
  );
  const label = (text, properties) => svg("text", properties, text);
  container.replaceChildren(
    svg(
      "svg",
      {
        viewBox: "-0.05 -0.01 1.06 1.06",
        role: "img",
        "aria-label":
          `The unit square with ${labels.length} points, of which the network is wrong about ${wrong.length}, ` +
          "and the region where it says inside",
      },
      svg(
        "g",
        { transform: "matrix(1 0 0 -1 0 1)" },
        svg("path", { class: "region", d: cells.join(""), "shape-rendering": "crispEdges" }),
        svg("circle", { class: "edge", cx: 0.5, cy: 0.5, r: RADIUS }),
        svg("rect", { class: "frame", width: 1, height: 1 }),
        ...x.map((_, i) => pointMark(x[i], y[i], labels[i] === "1")),
        ...wrong.map((i) => wrongMark(x[i], y[i])),
      ),
      label("0", { x: 0, y: 1.035, "text-anchor": "middle" }),
      label("1", { x: 1, y: 1.035, "text-anchor": "end" }),
      label("1", { x: -0.015, y: 0.022, "text-anchor": "end" }),
      label("0", { x: -0.015, y: 1, "text-anchor": "end" }),
    ),
  );
}

function pointMark(x, y, isInside) {
  return svg("circle", { class: `point ${isInside ? "inside" : "outside"}`, cx: x, cy: y, r: POINT_RADIUS });
}

function wrongMark(x, y) {
  return svg("circle", { class: "wrong", cx: x, cy: y, r: 2.4 * POINT_RADIUS });
}

// As element(), of SVG.
function svg(name, properties, ...children) {
  const created = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) created.setAttribute(key, value);
  created.append(...children);
  return created;
}

function showCurves({ rounds, mean_loss }) {
  byId("curves").hidden = false;
  const several = rounds.length > 1;
  byId("curves-note").textContent =
    "The mean squared error of each epoch, as seen while training" +
    (several ? ": a line for each round, and a wide one for the mean of those that did not diverge." : ".");
  const epoch = {
    field: "epoch",
    type: "quantitative",
    title: "epoch",
    scale: { nice: false, zero: false },
    axis: { grid: false, tickMinStep: 1, format: "d" },
  };
  // A loss of 0 has no logarithm.
  const loss = {
    field: "loss",
    type: "quantitative",
    title: "loss",
    scale: { type: "log", nice: false },
    axis: { format: "~g", values: LOSS_TICKS },
  };
  const lines = rounds.flatMap(({ losses }, round) =>
    losses.map((value, i) => ({ round, epoch: i + 1, loss: value })).filter((point) => point.loss > 0),
  );
  const means = mean_loss.map((point) => ({ epoch: point.epoch, loss: point.mean })).filter((point) => point.loss > 0);
  const curves = [{ architecture: { name: several ? "mean loss" : "loss" }, points: mean_loss }];
  draw(
    byId("curves-plot"),
    {
      description: `Loss by epoch, of ${rounds.length} rounds, on a logarithmic scale`,
      layer: [
        {
          data: { name: "losses", values: lines },
          mark: { type: "line", strokeWidth: 1, opacity: several ? 0.4 : 1, stroke: "var(--color-0)", aria: false },
          encoding: { x: epoch, y: loss, detail: { field: "round" } },
        },
        ...(several
          ? [
              {
                data: { values: means },
                mark: { type: "line", strokeWidth: 2.5, stroke: "var(--ink)", aria: false },
                encoding: { x: epoch, y: loss },
              },
            ]
          : []),
        {
          // Where there is one epoch there is no line.
          data: { values: lines.filter((_, i) => rounds[lines[i].round].losses.length === 1) },
          mark: { type: "point", filled: true, size: 20, fill: "var(--color-0)", aria: false },
          encoding: { x: epoch, y: loss },
        },
        {
          data: { name: "cursor", values: [] },
          mark: { type: "rule", color: "var(--muted)", aria: false },
          encoding: { x: { field: "epoch", type: "quantitative" } },
        },
      ],
    },
    CURVES_HEIGHT,
    (view) => makeEpochsAnswer(byId("curves-plot"), view, "LOSS", curves),
  );
}

function showRounds(rounds) {
  const error = (title, field) => ({
    title,
    text: (round) => formatFixed(round[field], 2),
    value: (round) => round[field],
  });
  showTable(byId("rounds-table"), {
    caption: "All rounds; errors in %",
    columns: [
      // A seed has more digits than a number.
      { title: "seed", text: ({ seed }) => seed, value: ({ seed }) => seed },
      error("test error %", "test_error"),
      error("train error %", "train_error"),
      { title: "last loss", text: ({ losses }) => formatFixed(losses.at(-1), 5), value: ({ losses }) => losses.at(-1) },
      {
        title: "epochs",
        text: ({ losses, test }) => `${losses.length}${test ? "" : ", then diverged"}`,
        value: ({ losses }) => losses.length,
      },
    ],
    rows: rounds,
    sorting: null,
    onSort: () => {},
  });
}

main(JSON.parse(byId("data").textContent));
