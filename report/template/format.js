// Numbers and names as the tables of the command line have them.
"use strict";

const NOT_AVAILABLE = "n/a";

// A sentence with the minus that numbers have here: a hyphen before a digit, unless it stands between two.
function formatSentence(text) {
  return text.replace(/(?<![0-9A-Za-z])-(?=\d)/g, "−");
}

// "16.50" for (16.5, 2). Ties go to even, as C's printf has it and toFixed has not.
function formatFixed(value, decimals) {
  if (value === undefined) return NOT_AVAILABLE;
  let text = value.toFixed(decimals);
  // A double has no more than 1,074 decimals; a tie at one of the first few, not more than 60.
  if (/^50*$/.test(value.toFixed(decimals + 60).slice(-60)) && /[13579]$/.test(text)) {
    text = (value - Math.sign(value) * 0.5 * 10 ** -decimals).toFixed(decimals);
  }
  return text.replace("-", "−");
}

// "70,342".
function formatCount(value) {
  if (value === undefined) return NOT_AVAILABLE;
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

// "16.50 ± 0.71".
function formatMeanAndDeviation({ mean, deviation }, decimals = 2) {
  if (mean === undefined) return NOT_AVAILABLE;
  return `${formatFixed(mean, decimals)} ± ${formatFixed(deviation, decimals)}`;
}

// "16.01 to 16.99".
function formatInterval(interval) {
  if (!interval) return NOT_AVAILABLE;
  return `${formatFixed(interval.low, 2)} to ${formatFixed(interval.high, 2)}`;
}

function formatPercent(value) {
  return value === undefined ? NOT_AVAILABLE : `${formatFixed(value, 2)} %`;
}

// "+0.25", "−0.25", "0.00" for 0.
function formatSigned(value, decimals) {
  return (value > 0 ? "+" : "") + formatFixed(value, decimals);
}

// "−0.25 to +0.10".
function formatSignedInterval(interval) {
  if (!interval) return NOT_AVAILABLE;
  return `${formatSigned(interval.low, 2)} to ${formatSigned(interval.high, 2)}`;
}

// "0.00195", "0.0312", "1"; "<0.0001" for what is smaller than that.
function formatProbability(p) {
  if (p === undefined) return NOT_AVAILABLE;
  const smallest = 0.0001;
  return (p < smallest ? "<" : "") + Number(Math.max(p, smallest).toPrecision(3));
}
