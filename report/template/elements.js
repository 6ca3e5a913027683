// Finding, making and filling the page's elements.
"use strict";

function byId(id) {
  return document.getElementById(id);
}

// A new element with these properties and children, which are elements or plain text.
function element(name, properties = {}, ...children) {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) created.setAttribute(key, value);
  }
  created.append(...children);
  return created;
}

// Fills a <select> with [value, text] pairs and calls `show` with the chosen value, now and whenever it changes.
function offer(id, options, chosen, show) {
  const select = byId(id);
  select.append(...options.map(([value, text]) => element("option", { value }, text)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
  select.addEventListener("change", () => show(select.value));
  show(select.value);
}
