// Tables that a click on a column's header, or Enter on it, sorts.
"use strict";

// Fills `container` with a table. A column has a `title`, the `text` of a row's cell, and the `value` to sort by: a
// string, a number, or undefined where there is none. The first column names the row; `isText` columns are aligned to the
// left. `sorting` is {column, descending}, or null for the order of `rows`, and `onSort` is told of another.
function showTable(container, { caption, columns, rows, sorting, onSort }) {
  const headers = columns.map((column, index) => {
    const button = element("button", { type: "button" }, column.title);
    button.addEventListener("click", () => {
      const same = sorting?.column === index;
      sorting = { column: index, descending: same && !sorting.descending };
      onSort(sorting);
      sort();
    });
    return element("th", { scope: "col", class: column.isText ? "text" : undefined }, button);
  });
  const body = element("tbody");
  const lines = rows.map((row) => ({
    row,
    element: element(
      "tr",
      {},
      ...columns.map((column, index) =>
        index === 0
          ? element("th", { scope: "row", title: column.text(row) }, column.text(row))
          : element("td", { class: column.isText ? `text ${column.className ?? ""}` : undefined }, column.text(row)),
      ),
    ),
  }));

  function sort() {
    headers.forEach((header, index) => {
      const isSorted = index === sorting?.column;
      if (!isSorted) header.removeAttribute("aria-sort");
      else header.setAttribute("aria-sort", sorting.descending ? "descending" : "ascending");
    });
    const ordered = [...lines];
    if (sorting) {
      const value = columns[sorting.column].value;
      ordered.sort((a, b) => compareValues(value(a.row), value(b.row), sorting.descending));
    }
    body.append(...ordered.map((line) => line.element));
  }

  sort();
  container.replaceChildren(
    element("table", {}, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...headers)), body),
  );
  // What scrolls must be reachable by keyboard.
  container.tabIndex = 0;
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", caption);
}

// Rows without a value come last in both directions.
function compareValues(a, b, descending) {
  if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
  const order = typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
  return descending ? -order : order;
}

function architectureColumns() {
  const estimate = (title, field, format = formatMeanAndDeviation) => ({
    title,
    text: (row) => format(row[field] ?? {}),
    value: (row) => row[field]?.mean,
  });
  return [
    { title: "architecture", isText: true, text: (row) => row.name, value: (row) => row.name },
    { title: "rounds", text: (row) => `${row.used}/${row.rounds}`, value: (row) => row.used },
    { title: "params", text: (row) => formatCount(row.parameters), value: (row) => row.parameters },
    estimate("test error", "test_error"),
    {
      title: "interval",
      text: (row) => formatInterval(row.test_error?.mean_interval),
      value: (row) => row.test_error?.mean_interval?.low,
    },
    estimate("train error", "train_error"),
    estimate("digit error", "digit_error"),
    estimate("time s", "training_seconds", ({ mean }) => formatFixed(mean, 2)),
  ];
}

function comparisonColumns() {
  const label = (row) => row.label.join(" ");
  return [
    { title: "difference", isText: true, text: label, value: label },
    {
      title: "points",
      text: (row) => formatSigned(row.effect.difference?.mean, 2),
      value: (row) => row.effect.difference?.mean,
    },
    {
      title: "interval",
      text: (row) => formatSignedInterval(row.effect.difference?.mean_interval),
      value: (row) => row.effect.difference?.mean_interval?.low,
    },
    {
      title: "wins/ties/losses",
      text: (row) => `${row.effect.wins}/${row.effect.ties}/${row.effect.losses}`,
      value: (row) => row.effect.wins,
    },
    { title: "d_z", text: (row) => formatSigned(row.effect.d_z, 2), value: (row) => row.effect.d_z },
    {
      title: "p",
      text: (row) => formatProbability(row.effect.test?.p),
      value: (row) => row.effect.test?.p,
    },
    {
      title: "adjusted p",
      text: (row) => formatProbability(row.effect.test?.adjusted_p),
      value: (row) => row.effect.test?.adjusted_p,
    },
    {
      title: "in words",
      isText: true,
      className: "sentence",
      text: (row) => formatSentence(row.effect.sentence),
      value: (row) => row.effect.sentence,
    },
  ];
}

function roundColumns(model) {
  const number = (title, field) => ({ title, text: (row) => formatFixed(row[field], 2), value: (row) => row[field] });
  const id = (field) => ({ title: field, isText: true, text: (row) => row.id[field], value: (row) => row.id[field] });
  const detail = (title, field) => ({
    title,
    isText: true,
    text: (row) => row.details[field],
    value: (row) => row.details[field],
  });
  return [
    {
      title: "architecture",
      isText: true,
      text: (row) => row.architecture.name,
      value: (row) => row.architecture.name,
    },
    ...(model.several.studies ? [id("study")] : []),
    ...(model.several.seeds ? [id("seed")] : []),
    { title: "round", text: (row) => String(row.id.round), value: (row) => row.id.round },
    number("test error", "test_error"),
    number("train error", "train_error"),
    number("digit error", "digit_error"),
    number("time s", "training_seconds"),
    { title: "epochs", text: (row) => String(row.details.epochs), value: (row) => row.details.epochs },
    { title: "counts", isText: true, text: describeUse, value: describeUse },
    detail("started", "start_time"),
    detail("on", "host"),
  ];
}

function describeUse(row) {
  return row.used ? "yes" : `no: ${row.reason}`;
}
