// Numbers as people read them.

export function formatCount(count) {
  return Number(count).toLocaleString("en-US");
}

// "98.3 %"; never 0 or 100, which networks say of what they are nearly sure of, because numbers of 32 bits end there.
export function formatProbability(probability) {
  const percent = 100 * probability;
  if (percent > 99.9) return "> 99.9 %";
  if (percent < 0.1) return "< 0.1 %";
  return `${percent.toFixed(1)} %`;
}

// "= 98.3 %", but "> 99.9 %".
export function withRelation(number) {
  return /^[<>]/.test(number) ? number : `= ${number}`;
}

// "33 (0.66 %)" of an ErrorCount of run_record.proto: what is 0 is left out there.
export function formatError({ wrong = 0, total }) {
  return `${formatCount(wrong)} (${((100 * wrong) / total).toFixed(2)} %)`;
}
