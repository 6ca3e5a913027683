// Puts everything where it belongs.
"use strict";

// With more comparisons than this, those of one architecture are shown.
const MANY_COMPARISONS = 15;
// What there is more of than these is not at the top: sentences are in the table of comparisons.
const MANY_FINDINGS = 5;
const MANY_LINTS = 5;

function main(model) {
  // What the reader has chosen, and where, survives the reloads of a page whose study is running.
  const choices = history.state ?? {};
  const choose = (name, value) => {
    choices[name] = value;
    history.replaceState(choices, "");
  };
  showHeader(model);
  showProgress(model);
  if (model.rounds.length > 0) {
    showErrors(model);
    showArchitectures(model, choices, choose);
    showRounds(model, choices, choose);
  }
  if (model.comparisons.length > 0) showDifferences(model, choices, choose);
  showCurves(model, choices, choose);
  showMistakes(model, choices, choose);
  byId("footer").hidden = false;
  for (const details of document.querySelectorAll("details")) {
    const name = `open ${details.closest("[id]:not(details)").id}`;
    details.open = choices[name] ?? false;
    details.addEventListener("toggle", () => choose(name, details.open));
  }
  keepPlace(choices, choose);
}

function fill(className, text) {
  for (const place of document.getElementsByClassName(className)) place.textContent = text;
}

function showHeader(model) {
  const { statistics, architectures, rounds } = model;
  const name = statistics.studies.join(", ") || model.run?.study || "Study";
  document.title = `${name}: results`;
  byId("title").textContent = name;
  byId("subtitle").textContent = [
    `${architectures.length} ${architectures.length === 1 ? "architecture" : "architectures"}`,
    `${rounds.length} ${rounds.length === 1 ? "round" : "rounds"}`,
    ...(statistics.seeds.length > 0 ? [`seed ${statistics.seeds.join(", ")}`] : []),
  ].join(" · ");
  fill("confidence", model.confidence);
  fill("level", formatFixed(1 - statistics.confidence, 2));
  const [headline, ...others] = findings(model);
  byId("headline").append(
    ...claimAndEvidence(
      headline ??
        (rounds.length === 0 ? "No round has ended yet." : "No round counts: every one diverged or was interrupted."),
    ),
  );
  byId("findings").append(
    ...others.slice(0, MANY_FINDINGS).map((sentence) => element("li", {}, ...claimAndEvidence(sentence))),
  );
  byId("lints").hidden = statistics.lints.length === 0;
  byId("lints").classList.toggle("warning", statistics.lints.some(isWarning));
  const lints = [...statistics.lints]
    .sort((a, b) => isWarning(b) - isWarning(a))
    .map((lint) =>
      element(
        "li",
        {},
        element("b", {}, isWarning(lint) ? "Warning: " : "Note: "),
        formatSentence(`${lint.message}.`),
        lint.advice && ` What to do: ${lint.advice}.`,
      ),
    );
  const more = lints.splice(MANY_LINTS);
  byId("first-lints").append(...lints);
  byId("more-lints").hidden = more.length === 0;
  byId("more-lints").querySelector("summary").textContent = `${more.length} more`;
  byId("more-lints")
    .querySelector("ul")
    .append(...more);
}

function isWarning(lint) {
  return lint.severity === "WARNING";
}

// What a sentence claims stands before the first colon, and on what grounds after it.
function claimAndEvidence(sentence) {
  const [claim, ...evidence] = formatSentence(sentence).split(/(?<=: )/);
  return [element("span", { class: "claim" }, claim), evidence.join("")];
}

function showErrors(model) {
  byId("errors").hidden = false;
  byId("crosses").hidden = model.rounds.every((round) => round.used);
  const show = () => drawErrors(byId("errors-plot"), model);
  show();
  NARROW.addEventListener("change", show);
}

function showSortedTable(id, caption, columns, rows, choices, choose) {
  const name = `sorting ${id}`;
  const sorting = choices[name];
  showTable(byId(id), {
    caption,
    columns,
    rows,
    sorting: sorting?.column < columns.length ? sorting : null,
    onSort: (changed) => choose(name, changed),
  });
}

function showArchitectures(model, choices, choose) {
  byId("architectures").hidden = false;
  showSortedTable("architectures-table", "Architectures", architectureColumns(), model.architectures, choices, choose);
}

function showRounds(model, choices, choose) {
  byId("rounds").hidden = false;
  showSortedTable("rounds-table", "All rounds", roundColumns(model), model.rounds, choices, choose);
}

function showDifferences(model, choices, choose) {
  const { architectures, comparisons } = model;
  const isMany = comparisons.length > MANY_COMPARISONS;
  const all = ["", "all architectures"];
  const options = architectures.map(({ name }) => [name, name]);
  byId("differences").hidden = false;
  byId("differences-controls").hidden = architectures.length <= 2;
  const best = architectures.reduce((a, b) => (b.test_error?.mean < (a.test_error?.mean ?? Infinity) ? b : a));
  let shown;
  const show = () => drawDifferences(byId("differences-plot"), model, shown);
  offer("differences-with", [all, ...options], choices.with ?? (isMany ? best.name : ""), (chosen) => {
    choose("with", chosen);
    shown = comparisons.filter((comparison) => chosen === "" || comparison.architectures.includes(chosen));
    show();
    showSortedTable("differences-table", "Comparisons", comparisonColumns(), shown, choices, choose);
  });
  NARROW.addEventListener("change", show);
}

function showCurves(model, choices, choose) {
  const metrics = Object.keys(METRICS).filter((metric) => curvesOf(model, metric).length > 0);
  if (metrics.length === 0) return;
  byId("curves").hidden = false;
  const hidden = new Set(choices.hidden ?? []);
  let metric;

  const show = () => {
    const curves = curvesOf(model, metric).filter(({ architecture }) => !hidden.has(architecture.name));
    const hasBand = curves.some(({ points }) => points.some(({ deviation }) => deviation !== undefined));
    byId("curves-note").textContent = hasBand
      ? "Lines: mean of the rounds used. Bands: mean ± standard deviation (n−1) over these rounds."
      : "Lines: the only round used. One round has no standard deviation, and no band.";
    drawCurves(byId("curves-plot"), metric, curves);
    const { name, decimals } = METRICS[metric];
    const at = (curve, epoch) => curve.points.find((point) => point.epoch === epoch) ?? {};
    showSortedTable(
      "curves-table",
      `Mean ± standard deviation of the ${name}`,
      [
        { title: "epoch", text: (epoch) => String(epoch), value: (epoch) => epoch },
        ...curves.map((curve) => ({
          title: curve.architecture.name,
          text: (epoch) => formatMeanAndDeviation(at(curve, epoch), decimals),
          value: (epoch) => at(curve, epoch).mean,
        })),
      ],
      epochsOf(curves),
      choices,
      choose,
    );
  };

  byId("curves-shown").append(
    ...model.architectures.map(({ name, color, dash }) => {
      const box = element("input", { type: "checkbox" });
      box.checked = !hidden.has(name);
      box.addEventListener("change", () => {
        if (box.checked) hidden.delete(name);
        else hidden.add(name);
        choose("hidden", [...hidden]);
        show();
      });
      return element("label", {}, box, " ", lineSample(color, dash), " ", name);
    }),
  );
  offer(
    "curves-metric",
    metrics.map((value) => [value, METRICS[value].name]),
    choices.metric,
    (chosen) => {
      metric = chosen;
      choose("metric", chosen);
      show();
    },
  );
}

function lineSample(color, dash) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
  svg.setAttribute("aria-hidden", "true");
  for (const [key, value] of Object.entries({ x1: 0, x2: "100%", y1: "50%", y2: "50%", "stroke-width": 3 })) {
    line.setAttribute(key, value);
  }
  line.style.stroke = color;
  line.style.strokeDasharray = dash.join(" ");
  svg.append(line);
  return svg;
}

const DIGIT_SIZE = 14;

function showMistakes(model, choices, choose) {
  const architectures = model.architectures.filter((architecture) => architecture.details.mistakes.length > 0);
  if (architectures.length === 0) return;
  byId("mistakes").hidden = false;
  offer(
    "mistakes-of",
    architectures.map(({ name }) => [name, name]),
    choices.mistakes,
    (chosen) => {
      choose("mistakes", chosen);
      const { details } = architectures.find(({ name }) => name === chosen);
      byId("mistakes-note").textContent =
        details.mistakes.length < details.recorded_mistakes
          ? `Of the ${formatCount(details.recorded_mistakes)} that its records hold, the ${details.mistakes.length} of whose ` +
            "answers the networks were surest."
          : "All that its records hold; first those of whose answers the networks were surest.";
      byId("mistakes-pairs").replaceChildren(...details.mistakes.map((mistake) => showPair(mistake, model)));
    },
  );
}

function showPair(mistake, model) {
  const { first_digit, second_digit, answer, probability } = mistake;
  const said = `${first_digit} ${answer ? "≤" : ">"} ${second_digit}`;
  const canvas = element("canvas", {
    width: 2 * DIGIT_SIZE,
    height: DIGIT_SIZE,
    role: "img",
    "aria-label": `Handwritten ${first_digit} and ${second_digit}`,
  });
  const pixels = Uint8Array.from(atob(mistake.pixels), (character) => character.charCodeAt(0));
  const context = canvas.getContext("2d");
  for (let image = 0; image < 2; ++image) {
    const data = context.createImageData(DIGIT_SIZE, DIGIT_SIZE);
    for (let i = 0; i < DIGIT_SIZE * DIGIT_SIZE; ++i) {
      data.data.set([...Array(3).fill(pixels[image * DIGIT_SIZE * DIGIT_SIZE + i]), 255], 4 * i);
    }
    context.putImageData(data, image * DIGIT_SIZE, 0);
  }
  const sure = `, ${formatFixed(100 * probability, 1)} % sure; `;
  const where = `${roundLabel(mistake.id, model.several)}, pair ${mistake.pair}`;
  return element("figure", {}, canvas, element("figcaption", {}, "said ", element("b", {}, said), sure, where));
}

main(loadModel(document.getElementById("data").textContent));
