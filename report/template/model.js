// What the page is about: the data that are embedded in it (report/page_data.proto), joined for tables and plots.
"use strict";

// Architectures are told apart by six colours, and where there are more, also by shapes and dashes.
const NUM_COLORS = 6;
const SHAPES = ["circle", "triangle-up", "square", "diamond", "triangle-down"];
const DASHES = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

function loadModel(text) {
  const data = JSON.parse(text);
  const statistics = data.statistics;
  // What is the same everywhere need not be said everywhere.
  const several = { studies: statistics.studies.length > 1, seeds: statistics.seeds.length > 1 };
  const architectures = statistics.architectures.map((architecture, index) => ({
    ...architecture,
    index,
    details: data.architectures[index],
    color: `var(--color-${index % NUM_COLORS})`,
    shape: SHAPES[Math.floor(index / NUM_COLORS) % SHAPES.length],
    dash: DASHES[Math.floor(index / NUM_COLORS) % DASHES.length],
  }));
  const rounds = architectures
    .flatMap((architecture) =>
      architecture.results.map((result, index) => ({
        ...result,
        architecture,
        details: architecture.details.rounds[index],
        key: roundKey(result.id),
        label: roundLabel(result.id, several),
      })),
    )
    .map((round, index) => ({ ...round, index }));
  const comparisons = [
    ...statistics.factorials.flatMap((factorial) =>
      factorial.contrasts.map((contrast) => ({
        effect: contrast.effect,
        label: CONTRASTS[contrast.kind],
        // All four, so that it is there whichever of them is looked at.
        architectures: [factorial.separate, factorial.shared, factorial.separate_auxiliary, factorial.shared_auxiliary],
        is_contrast: true,
      })),
    ),
    ...statistics.comparisons.map((comparison) => ({
      effect: comparison.effect,
      label: [comparison.architecture, `− ${comparison.reference}`],
      architectures: [comparison.architecture, comparison.reference],
      is_contrast: false,
    })),
  ];
  return {
    statistics,
    architectures,
    rounds,
    comparisons,
    several,
    run: data.run,
    confidence: `${formatCount(100 * statistics.confidence)} %`,
  };
}

const CONTRASTS = {
  SHARING: ["shared branches:", "shared − separate"],
  AUXILIARY: ["auxiliary losses:", "with − without"],
  INTERACTION: ["interaction:", "auxiliary losses on shared − on separate"],
};

// Equal for results on the same data.
function roundKey(id) {
  return JSON.stringify([id.study, id.seed, id.round]);
}

function roundLabel(id, several) {
  return [
    `round ${id.round}`,
    ...(several.seeds ? [`seed ${id.seed}`] : []),
    ...(several.studies ? [id.study] : []),
  ].join(", ");
}

// The sentence to begin with, and those that follow it.
function findings(model) {
  const { statistics, architectures, comparisons } = model;
  const contrasts = comparisons.filter((comparison) => comparison.is_contrast);
  const compared = comparisons.filter((comparison) => !comparison.is_contrast);
  if (contrasts.length > 0) return contrasts.map((contrast) => contrast.effect.sentence);
  if (statistics.baseline) return compared.map((comparison) => comparison.effect.sentence);
  const ranked = architectures
    .filter((architecture) => architecture.test_error?.mean !== undefined)
    .sort((a, b) => a.test_error.mean - b.test_error.mean);
  if (ranked.length === 0) return [];
  if (ranked.length === 1) {
    const [{ name, used, test_error }] = ranked;
    if (used === 1) return [`${name} has a test error of ${formatPercent(test_error.mean)} in its only round.`];
    const error = `${formatMeanAndDeviation(test_error)} %`;
    return [`${name} has a test error of ${error} (mean ± standard deviation of ${used} rounds).`];
  }
  const best = ranked.slice(0, 2).map((architecture) => architecture.name);
  return compared
    .filter((comparison) => comparison.architectures.every((name) => best.includes(name)))
    .map((comparison) => comparison.effect.sentence);
}
