// The plots, as Vega-Lite's specifications.
"use strict";

// Colours are the style sheet's, so that they follow the system's and the printer's without drawing anything anew.
const PLOT_CONFIG = {
  background: null,
  font: "system-ui, sans-serif",
  view: { stroke: null },
  axis: {
    labelColor: "var(--muted)",
    titleColor: "var(--muted)",
    domainColor: "var(--muted)",
    tickColor: "var(--muted)",
    gridColor: "var(--line)",
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    tickCount: { expr: "max(3, width / 90)" },
  },
};

// In pixels. A row has its title above its points.
const LINE = 17;
const ERROR_POINTS = 64;
const DIFFERENCE_POINTS = 46;
const CURVES_HEIGHT = 320;
const AXIS_HEIGHT = 48;

// Where titles of rows take a line for each of their parts. The style sheet has no such width.
const NARROW = matchMedia("(max-width: 40rem)");

// Draws `spec` in `container`, as wide as that is, also later on; then calls `use` with the Vega view, unless another
// has been drawn there by then.
async function draw(container, spec, height, use) {
  container.finalize?.();
  // As high as it will be, so that nothing moves when it is there.
  container.style.height = `${height + AXIS_HEIGHT}px`;
  const compiled = vegaLite.compile(
    {
      ...spec,
      width: "container",
      height,
      autosize: { type: "fit-x", contains: "padding" },
      padding: { left: 2, right: 10, top: 0, bottom: 4 },
    },
    { config: PLOT_CONFIG },
  ).spec;
  const view = new vega.View(vega.parse(compiled), { container, renderer: "svg", hover: false });
  const finalize = () => view.finalize();
  container.finalize = finalize;
  await view.runAsync();
  if (container.finalize === finalize) use(view);
}

// The elements of the marks of the layer `name`, in the order of its data.
function marks(container, name) {
  return [...container.querySelectorAll(`.${name}_marks > path`)];
}

// Spreads points of a row over its height, the same round always to the same place: multiples of the golden ratio keep
// neighbours apart.
function spread(index) {
  return ((index * 0.6180339887498949) % 1) * 2 - 1;
}

// A row's band, with a line above it.
const ROW = {
  field: "row",
  type: "ordinal",
  axis: { bandPosition: 0, domain: false, grid: true, labels: false, ticks: false, title: null },
  scale: { paddingInner: 0, paddingOuter: 0 },
};

// The scale of these values, as long as there are two different ones among them; and one around them otherwise.
function scaleOf(values) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (low < high) return { zero: false };
  return { zero: false, domain: values.length > 0 ? [low - 1, low + 1] : [0, 1] };
}

// How many lines the title of a row has whose label has `parts` parts.
function titleLines(parts) {
  return NARROW.matches ? parts + 1 : 1;
}

// Over each row its label, an array of parts, and at the right `figures`: on one line where there is room.
function rowTitles(data, top, parts) {
  const text = (properties, field, encoding) => ({
    data,
    mark: { type: "text", baseline: "top", fontSize: 13, lineHeight: LINE, aria: false, ...properties },
    encoding: { y: ROW, text: { field }, ...encoding },
  });
  const room = NARROW.matches ? "width" : "width - 180";
  return [
    text({ align: "left", fontWeight: 600, color: "var(--ink)", limit: { expr: room }, yOffset: top }, "label", {
      x: { value: 0 },
    }),
    text({ align: "right", color: "var(--muted)", yOffset: top + LINE * (titleLines(parts) - 1) }, "figures", {
      x: { value: "width" },
    }),
  ];
}

// The mean of each row with its interval.
function means(data, offset) {
  return [
    {
      data,
      transform: [{ filter: "isValid(datum.low)" }],
      mark: { type: "rule", strokeWidth: 2, yOffset: offset, aria: false },
      encoding: {
        y: ROW,
        x: { field: "low", type: "quantitative" },
        x2: { field: "high" },
        stroke: { field: "color", scale: null },
      },
    },
    {
      name: "means",
      data,
      transform: [{ filter: "isValid(datum.mean)" }],
      mark: { type: "point", shape: "diamond", size: 90, opacity: 1, strokeWidth: 2, yOffset: offset },
      encoding: {
        y: ROW,
        x: { field: "mean", type: "quantitative" },
        stroke: { field: "color", scale: null },
        fill: { field: "fill", scale: null },
        description: { field: "description" },
      },
    },
  ];
}

function drawErrors(container, model) {
  const summaries = {
    values: model.architectures.map((architecture) => {
      const { name, index, color, used, rounds } = architecture;
      const error = architecture.test_error ?? {};
      const unit = error.mean === undefined ? "" : " %";
      const counted = used === rounds ? "" : `, ${used} of ${rounds}`;
      const figures = formatMeanAndDeviation(error) + unit + counted;
      return {
        row: index,
        label: [name],
        figures,
        color,
        fill: color,
        mean: error.mean,
        low: error.mean_interval?.low,
        high: error.mean_interval?.high,
        description: `${name}: mean test error ${figures}`,
      };
    }),
  };
  const used = model.rounds.filter((round) => round.used && round.test_error !== undefined);
  const unused = model.rounds.filter((round) => !round.used || round.test_error === undefined);
  const point = (round) => ({
    row: round.architecture.index,
    error: round.test_error,
    color: round.architecture.color,
    shape: round.architecture.shape,
    round: round.index,
  });
  const title = LINE * titleLines(1);
  // Shifts from the row's middle.
  const middle = title / 2 - 5;
  draw(
    container,
    {
      description:
        `Test errors in percent, of ${used.length} rounds of ${model.architectures.length} architectures; ` +
        "also in the table of all rounds",
      layer: [
        ...rowTitles(summaries, -(ERROR_POINTS + title) / 2 + 4, 1),
        {
          data: { values: used.map(point) },
          mark: {
            type: "boxplot",
            extent: "min-max",
            size: 30,
            box: { fill: "var(--box)", stroke: "var(--muted)", yOffset: middle, aria: false },
            median: { color: "var(--ink)", strokeWidth: 2, yOffset: middle, aria: false },
            rule: { color: "var(--muted)", yOffset: middle, aria: false },
          },
          encoding: {
            y: ROW,
            x: {
              field: "error",
              type: "quantitative",
              title: "test error in %",
              scale: scaleOf(used.map((round) => round.test_error)),
            },
            tooltip: { value: null },
          },
        },
        {
          name: "rounds",
          data: {
            values: used.map((round) => ({
              ...point(round),
              shift: middle + 12 * spread(round.id.round),
              description: `${round.architecture.name}, ${round.label}: test error ${formatPercent(round.test_error)}`,
            })),
          },
          mark: {
            type: "point",
            filled: true,
            size: 60,
            fillOpacity: 0.7,
            stroke: "var(--paper)",
            strokeWidth: 0.5,
            yOffset: { expr: "datum.shift" },
          },
          encoding: {
            y: ROW,
            x: { field: "error", type: "quantitative" },
            fill: { field: "color", scale: null },
            shape: { field: "shape", scale: null },
            description: { field: "description" },
          },
        },
        ...means(summaries, middle + 25),
        {
          name: "unused",
          data: {
            values: unused.map((round) => ({
              ...point(round),
              // A round at chance has one, but its place is not there.
              error: undefined,
              // Side by side from the right.
              place: placeAmong(unused, round),
              description: `${round.architecture.name}, ${round.label}: ${round.reason}`,
            })),
          },
          mark: { type: "point", shape: CROSS, size: 90, opacity: 1, strokeWidth: 2, yOffset: middle + 25 },
          encoding: {
            y: ROW,
            x: { value: { expr: "width - 7 - datum.place.index * min(16, (width - 14) / datum.place.count)" } },
            stroke: { field: "color", scale: null },
            description: { field: "description" },
          },
        },
      ],
    },
    (ERROR_POINTS + title) * model.architectures.length,
    () => {
      const points = [...marks(container, "rounds"), ...marks(container, "unused")];
      makePointsAnswer(container, inReadingOrder(points, "error"), (element) => {
        const { row, round } = datumOf(element);
        return { row, key: model.rounds[round].key, ...describeRound(model.rounds[round]) };
      });
    },
  );
}

const CROSS = "M-0.5,-0.5L0.5,0.5M-0.5,0.5L0.5,-0.5";

// Which of the rounds of its architecture, and of how many.
function placeAmong(rounds, round) {
  const same = rounds.filter((other) => other.architecture === round.architecture);
  return { index: same.indexOf(round), count: same.length };
}

// Vega keeps a mark's item in its element.
function datumOf(element) {
  return element.__data__.datum;
}

// From row to row, and within a row by a field, which is from left to right.
function inReadingOrder(elements, field) {
  const value = (element) => datumOf(element)[field] ?? Number.MAX_VALUE;
  return [...elements].sort((a, b) => datumOf(a).row - datumOf(b).row || value(a) - value(b));
}

// "= 0.012", "<0.0001".
function withSign(probability) {
  return probability.startsWith("<") ? probability : `= ${probability}`;
}

function drawDifferences(container, model, comparisons) {
  const title = LINE * titleLines(2);
  const middle = title / 2 - 5;
  const summaries = {
    values: comparisons.map(({ label, effect }, row) => {
      const difference = effect.difference ?? {};
      const claimed = effect.verdict === "LOWER" || effect.verdict === "HIGHER";
      const figures = [
        formatSigned(difference.mean, 2),
        ...(effect.test ? [`p ${withSign(formatProbability(effect.test.adjusted_p))}`] : []),
      ].join(", ");
      return {
        row,
        label: NARROW.matches ? label : [label.join(" ")],
        figures,
        color: "var(--ink)",
        fill: claimed ? "var(--ink)" : "var(--paper)",
        mean: difference.mean,
        low: difference.mean_interval?.low,
        high: difference.mean_interval?.high,
        description: `${label.join(" ")}: ${figures}`,
      };
    }),
  };
  const points = comparisons.flatMap(({ label, effect }, row) =>
    effect.rounds.map(({ id, difference }) => ({
      row,
      difference,
      key: roundKey(id),
      round: roundLabel(id, model.several),
      comparison: label.join(" "),
      shift: middle + 7 * spread(id.round),
      description: `${label.join(" ")}, ${roundLabel(id, model.several)}: ${formatSigned(difference, 2)} points`,
    })),
  );
  draw(
    container,
    {
      description:
        `Differences of test errors in percentage points, of ${comparisons.length} comparisons; ` +
        "also in the table below",
      layer: [
        {
          data: { values: [{}] },
          mark: { type: "rule", color: "var(--ink)", aria: false },
          encoding: { x: { datum: 0, type: "quantitative" } },
        },
        ...rowTitles(summaries, -(DIFFERENCE_POINTS + title) / 2 + 4, 2),
        {
          name: "differences",
          data: { values: points },
          mark: {
            type: "point",
            filled: true,
            size: 40,
            fillOpacity: 0.6,
            fill: "var(--color-0)",
            yOffset: { expr: "datum.shift" },
          },
          encoding: {
            y: ROW,
            x: {
              field: "difference",
              type: "quantitative",
              title: "difference of test errors in points; left of 0 is lower",
              scale: scaleOf([0, ...points.map((point) => point.difference)]),
            },
            description: { field: "description" },
          },
        },
        ...means(summaries, middle + 18),
      ],
    },
    (DIFFERENCE_POINTS + title) * comparisons.length,
    () => {
      const elements = inReadingOrder(marks(container, "differences"), "difference");
      makePointsAnswer(container, elements, (element) => {
        const { row, key, round, comparison, difference } = datumOf(element);
        const errors = model.rounds
          .filter((other) => other.key === key && comparisons[row].architectures.includes(other.architecture.name))
          .map((other) => [other.architecture.name, formatPercent(other.test_error)]);
        return {
          row,
          key,
          title: `${comparison}: ${formatSigned(difference, 2)}`,
          entries: [["in", round], ...errors],
        };
      });
    },
  );
}

const METRICS = {
  TEST_ERROR: { name: "test error", unit: "%", decimals: 2 },
  TRAIN_ERROR: { name: "training error, as seen while training", unit: "%", decimals: 2 },
  COMPARISON_LOSS: { name: "loss of the comparison, as seen while training", unit: "", decimals: 4 },
  LOSS: { name: "loss, as seen while training", unit: "", decimals: 5 },
  AUXILIARY_LOSS: { name: "auxiliary loss, as seen while training", unit: "", decimals: 4 },
};

// The curves of one metric: {architecture, points}.
function curvesOf(model, metric) {
  return model.architectures.flatMap((architecture) =>
    architecture.details.curves
      .filter((curve) => curve.metric === metric)
      .map((curve) => ({ architecture, points: curve.points })),
  );
}

function drawCurves(container, metric, curves) {
  const { name, unit } = METRICS[metric];
  const values = curves.flatMap(({ architecture, points }) =>
    points.map(({ epoch, mean, deviation }) => ({
      architecture: architecture.index,
      epoch,
      mean,
      low: mean - (deviation ?? 0),
      high: mean + (deviation ?? 0),
    })),
  );
  const of = (property) => ({
    field: "architecture",
    type: "nominal",
    legend: null,
    scale: {
      domain: curves.map(({ architecture }) => architecture.index),
      range: curves.map(({ architecture }) => architecture[property]),
    },
  });
  const epoch = {
    field: "epoch",
    type: "quantitative",
    title: "epoch",
    scale: { nice: false, zero: false },
    axis: { grid: false, tickMinStep: 1, format: "d" },
  };
  const title = unit ? `${name} in ${unit}` : name;
  draw(
    container,
    {
      description: `${title} by epoch, of ${curves.length} architectures; also in the table below`,
      data: { name: "curves", values },
      layer: [
        {
          // Nothing is below 0 but, perhaps, a mean less a deviation.
          mark: { type: "area", opacity: 0.2, clip: true, aria: false },
          encoding: {
            x: epoch,
            y: { field: "low", type: "quantitative", title, scale: { domainMin: 0 } },
            y2: { field: "high" },
            fill: of("color"),
          },
        },
        {
          mark: { type: "line", strokeWidth: 2, aria: false },
          encoding: {
            x: epoch,
            y: { field: "mean", type: "quantitative" },
            stroke: of("color"),
            strokeDash: of("dash"),
          },
        },
        {
          // Where there is one epoch there is no line.
          mark: { type: "point", filled: true, size: 20, aria: false },
          encoding: { x: epoch, y: { field: "mean", type: "quantitative" }, fill: of("color") },
        },
        {
          data: { name: "cursor", values: [] },
          mark: { type: "rule", color: "var(--muted)", aria: false },
          encoding: { x: { field: "epoch", type: "quantitative" } },
        },
      ],
    },
    CURVES_HEIGHT,
    (view) => makeEpochsAnswer(container, view, metric, curves),
  );
}

// Shows the curves' values in the epoch under the mouse, or to which the arrow keys go.
function makeEpochsAnswer(container, view, metric, curves) {
  const { unit, decimals } = METRICS[metric];
  const epochs = epochsOf(curves);
  let shown = -1; // Index in `epochs`.

  function show(index) {
    shown = index;
    const epoch = epochs[index];
    view.data("cursor", epoch === undefined ? [] : [{ epoch }]).run();
    if (epoch === undefined) return hideTooltip();
    const entries = curves.flatMap(({ architecture, points }) =>
      points
        .filter((point) => point.epoch === epoch)
        .map((point) => {
          const values = formatMeanAndDeviation(point, decimals) + (unit && ` ${unit}`);
          return [architecture.name, `${values}, ${point.n} ${point.n === 1 ? "round" : "rounds"}`];
        }),
    );
    const box = container.getBoundingClientRect();
    const [left, top] = view.origin();
    const x = box.left + left + view.scale("x")(epoch);
    showTooltip({ left: x, width: 0, top: box.top + top, bottom: box.bottom }, `epoch ${epoch}`, entries);
  }

  container.tabIndex = 0;
  container.onpointermove = (event) => {
    const at = view.scale("x").invert(event.clientX - container.getBoundingClientRect().left - view.origin()[0]);
    const distance = (index) => Math.abs(epochs[index] - at);
    show(epochs.reduce((best, _, index) => (distance(index) < distance(best) ? index : best), 0));
  };
  container.onpointerleave = () => show(-1);
  container.onblur = () => show(-1);
  container.onkeydown = (event) => {
    const next = { ArrowRight: shown + 1, ArrowLeft: shown - 1, Home: 0, End: epochs.length - 1, Escape: -1 }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    show(event.key === "Escape" ? -1 : Math.min(Math.max(next, 0), epochs.length - 1));
  };
}

function epochsOf(curves) {
  return [...new Set(curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)))].sort((a, b) => a - b);
}
