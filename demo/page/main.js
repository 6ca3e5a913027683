// The page: pads to draw on, and what the network says of what is on them.
import { average2x2, likeMnist, MNIST_SIDE, NETWORK_SIDE } from "./preprocess.js";
import { fetchBytes } from "./fetch.js";
import { formatCount, formatError, formatProbability, withRelation } from "./format.js";
import { Mnist } from "./mnist.js";
import { Pad } from "./pad.js";

const NAMES = ["first", "second"];
// Milliseconds without a change, after which the answer is read out to those who do not see it.
const ANNOUNCEMENT_DELAY = 700;
const EMPTY_INPUT = new Float32Array(NETWORK_SIDE * NETWORK_SIDE);

const byId = (id) => document.getElementById(id);

byId("demo").hidden = false;

let network = null;
let loaded = 0;
let mnist = null;

// What the network is to see of a pad: its 28×28 and 14×14 pixels; null where nothing is drawn.
function seenOn(pad) {
  const { values, side } = pad.ink();
  // MNIST's own images are what they are.
  const image = pad.image?.pixels ?? likeMnist(values, side);
  return image && { image, averaged: average2x2(image) };
}

// The likeliest class and its probability.
function best(probabilities) {
  const probability = Math.max(...probabilities);
  return { digit: probabilities.indexOf(probability), probability };
}

// One digit's part of the page.
class DigitView {
  constructor(name) {
    this.name = name;
    const section = byId(name);
    this.pad = new Pad(section.querySelector("canvas"), {
      onChange: () => this.changed(),
      onPen: (down) => announce(down ? "Pen down." : "Pen up."),
      onDigit: (digit) => this.placeDigit(digit),
    });
    this.placeholder = section.querySelector(".placeholder");
    this.source = section.querySelector(".source");
    this.undoButton = section.querySelector(".undo");
    this.clearButton = section.querySelector(".clear");
    this.undoButton.addEventListener("click", () => this.pad.undo());
    this.clearButton.addEventListener("click", () => this.pad.clear());

    const part = (className) => document.querySelector(`.${className}[data-digit="${name}"]`);
    const seen = part("seen");
    seen.append(byId("seen-template").content.cloneNode(true));
    this.pictures = [...seen.querySelectorAll("canvas")];
    this.pictures.forEach((picture, i) => {
      picture.setAttribute("aria-label", `What is on the ${name} pad, in ${["28×28", "14×14"][i]} pixels`);
    });
    this.bars = Array.from({ length: 10 }, (_, digit) => {
      const bar = document.createElement("li");
      bar.innerHTML = `<span class="label">${digit}</span> <data></data><span class="bar"><span></span></span>`;
      return bar;
    });
    part("classes").append(...this.bars);
    this.look();
    this.showClasses(null);
  }

  changed() {
    this.look();
    update();
  }

  // Sees what is on the pad, and shows that.
  look() {
    const { pad } = this;
    this.seen = seenOn(pad);
    this.placeholder.hidden = !pad.empty;
    this.undoButton.disabled = !pad.canUndo;
    this.clearButton.disabled = pad.empty;
    this.source.textContent = pad.image ? `MNIST test image ${formatCount(pad.image.number)}, label ${pad.image.label}` : "";
    showPixels(this.pictures[0], this.seen?.image, MNIST_SIDE);
    showPixels(this.pictures[1], this.seen?.averaged, NETWORK_SIDE);
  }

  // The probabilities of the ten classes; null for none.
  showClasses(probabilities) {
    const likeliest = probabilities && best(probabilities).digit;
    this.bars.forEach((bar, digit) => {
      const data = bar.querySelector("data");
      const probability = probabilities?.[digit];
      bar.classList.toggle("likeliest", digit === likeliest);
      if (probabilities) data.value = probability;
      else data.removeAttribute("value");
      data.textContent = probabilities ? formatProbability(probability) : "";
      bar.querySelector(".bar > span").style.height = `${100 * (probability ?? 0)}%`;
    });
  }

  async placeDigit(digit) {
    await mnistLoaded;
    if (mnist) this.pad.place(mnist.anyOf(digit, this.pad.image?.number));
  }
}

// White on black, as MNIST's images are: `pixels` from 0 to 255, or none.
function showPixels(canvas, pixels, side) {
  // Pixels that are put there one by one have no use for a graphics card.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const picture = context.createImageData(side, side);
  pixels?.forEach((value, i) => picture.data.set([value, value, value, 255], 4 * i));
  context.putImageData(picture, 0, 0);
}

function announce(text) {
  byId("announcement").textContent = text;
}

let announcementTimer;

// Not while somebody draws, nor at every point of a line.
function announceLater(text) {
  clearTimeout(announcementTimer);
  announcementTimer = setTimeout(() => {
    if (!views.some(({ pad }) => pad.drawing)) announce(text);
  }, ANNOUNCEMENT_DELAY);
}

// Shows what the network says of the pair, or what is missing for that. `answer` has the classes of what is drawn, and
// the probability if both are.
function showAnswer({ probability, classes }) {
  views.forEach((view, i) => view.showClasses(classes[i]));
  const digits = classes.map((probabilities) => probabilities && best(probabilities));
  const known = probability !== undefined;
  const holds = known && probability >= 0.5;
  const data = byId("probability");
  if (known) data.value = probability;
  else data.removeAttribute("value");
  data.textContent = known ? withRelation(formatProbability(probability)) : "";
  byId("comparison").classList.toggle("known", known);
  byId("comparison").classList.toggle("holds", holds);
  byId("sign").textContent = known ? (holds ? "≤" : ">") : "?";
  byId("sign").classList.toggle("known", known);
  document.querySelector(".share").style.width = `${100 * (known ? probability : 0.5)}%`;

  const likely = ({ digit, probability: p }) => `${digit} (${formatProbability(p)})`;
  let text;
  if (known) {
    const [first, second] = digits;
    const relation = holds ? "less than or equal to" : "greater than";
    text = `The first is ${relation} the second.`;
    const certainty = formatProbability(holds ? probability : 1 - probability);
    announceLater(`First digit: ${likely(first)}. Second digit: ${likely(second)}. ${text} Probability ${certainty}.`);
  } else if (!network) {
    text = loaded < 1 ? `The network is loading: ${Math.floor(100 * loaded)} %` : "The network is starting";
  } else {
    const missing = NAMES.filter((_, i) => !classes[i]);
    text = missing.length === 2 ? "Draw two digits." : `Now draw the ${missing[0]} digit.`;
    const drawn = digits.findIndex(Boolean);
    announceLater(drawn < 0 ? text : `${drawn ? "Second" : "First"} digit: ${likely(digits[drawn])}. ${text}`);
  }
  byId("answer").textContent = text;
}

let updating = false;
let outdated = false;

// Asks the network what it says of the pads, once at a time, and again if they have changed meanwhile.
async function update() {
  outdated = true;
  if (updating) return;
  updating = true;
  byId("comparison").ariaBusy = "true";
  while (outdated) {
    outdated = false;
    const inputs = views.map(({ seen }) => seen?.averaged);
    if (!network || inputs.every((input) => !input)) {
      showAnswer({ classes: [null, null] });
      continue;
    }
    // What the network says of one digit does not depend on the other.
    const answer = await network.compare(...inputs.map((input) => input ?? EMPTY_INPUT));
    showAnswer({
      probability: inputs.every(Boolean) ? answer.probability : undefined,
      classes: answer.classes.map((probabilities, i) => (inputs[i] ? probabilities : null)),
    });
  }
  updating = false;
  byId("comparison").ariaBusy = "false";
}

const views = NAMES.map((name) => new DigitView(name));

byId("clear-all").addEventListener("click", () => views.forEach(({ pad }) => pad.clear()));
byId("example").addEventListener("click", () => views.forEach(({ pad }) => pad.place(mnist.any())));

update();

// What the network is, in the words of its record (proto/run_record.proto).
async function showProvenance() {
  const bytes = await fetchBytes("network/network.json");
  const record = JSON.parse(new TextDecoder().decode(bytes));
  const { test, test_digits: digits } = record.errors;
  byId("provenance").textContent =
    `The network has ${formatCount(record.parameter_count)} parameters and was trained on ` +
    `${formatCount(record.train_pairs)} pairs of MNIST’s training images. Of ${formatCount(test.total)} pairs of test ` +
    `images, by other writers, it compares ${formatError(test)} wrongly, and of their ${formatCount(digits.total)} digits ` +
    `it takes ${formatError(digits)} for another.`;
}

const mnistLoaded = Mnist.load("mnist").then(
  (images) => {
    mnist = images;
    byId("example").disabled = false;
  },
  // The page does without.
  (error) => (byId("example").title = `There are no images of MNIST here. ${error.message}`),
);
showProvenance().catch((error) => (byId("provenance").textContent = `Its record cannot be read. ${error.message}`));

// Not an import like the others, because without it one can draw, at least.
async function loadNetwork() {
  const { Network } = await import("./network.js");
  network = await Network.load((part) => {
    loaded = part;
    update();
  });
  update();
}

// problem.js has said what is wrong already.
if (typeof WebAssembly === "object") {
  loadNetwork().catch(({ title = "ONNX Runtime is missing", message }) =>
    window.showProblem(
      title,
      "Without it this page shows what a network would see, and gives no answers. If reloading does not help, start the " +
        "page’s server anew with ./bazelw run //demo.",
      message,
    ),
  );
}
