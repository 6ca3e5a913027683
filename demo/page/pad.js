// A square to draw a digit in: by mouse, pen and finger, and by keyboard.
import { MNIST_SIDE } from "./preprocess.js";

// Places are parts of the pad's side, from the top left.
const PEN_WIDTH = 0.1;
const STEP = 0.05;
const SMALL_STEP = 0.0125;
// Of what the network gets to see, before it is scaled down: ten times MNIST's.
const INK_SIDE = 10 * MNIST_SIDE;
const UNDO_LIMIT = 200;

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// What a pad shows: strokes, lists of points [x, y], on top of an image of MNIST, if there is one. Never changed, so that
// earlier ones can be had back.
const EMPTY = { image: null, strokes: [] };

// Strokes as smooth lines, in the context's colours, on `side` × `side` pixels.
function drawStrokes(context, strokes, side) {
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = PEN_WIDTH * side;
  for (const points of strokes) {
    const [[x, y], ...others] = points.map(([x, y]) => [x * side, y * side]);
    context.beginPath();
    context.moveTo(x, y);
    let previous = [x, y];
    for (const point of others) {
      const middle = [(previous[0] + point[0]) / 2, (previous[1] + point[1]) / 2];
      context.quadraticCurveTo(...previous, ...middle);
      previous = point;
    }
    // A point is a dot.
    context.lineTo(...previous);
    context.stroke();
  }
}

// MNIST's pixels as a picture of ink in `color`, [red, green, blue].
function inkPicture(pixels, color) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = MNIST_SIDE;
  const context = canvas.getContext("2d");
  const data = context.createImageData(MNIST_SIDE, MNIST_SIDE);
  pixels.forEach((value, i) => data.data.set([...color, value], 4 * i));
  context.putImageData(data, 0, 0);
  return canvas;
}

export class Pad {
  // `onChange` is called with the pad when what it shows changes, `onPen` with whether the pen is down when the keyboard
  // has put it down or lifted it, `onDigit` with the digit when its key is pressed.
  constructor(canvas, { onChange, onPen, onDigit }) {
    this.canvas = canvas;
    this.onChange = onChange;
    this.onPen = onPen;
    this.onDigit = onDigit;
    this.state = EMPTY;
    this.history = [];
    this.pointer = null;
    this.pen = { x: 0.5, y: 0.25, down: false, visible: false };
    this.held = new Set();
    this.listenToPointers();
    this.listenToKeys();
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  get empty() {
    return !this.state.image && this.state.strokes.length === 0;
  }

  get drawing() {
    return this.pointer !== null || this.pen.down;
  }

  // The image of MNIST that the pad shows, if there is nothing else on it.
  get image() {
    return this.state.strokes.length === 0 ? this.state.image : null;
  }

  get canUndo() {
    return this.history.length > 0;
  }

  clear() {
    this.stop();
    if (!this.empty) this.change(EMPTY);
  }

  // Shows an image of MNIST in place of what is there.
  place(image) {
    this.stop();
    this.change({ image, strokes: [] });
  }

  undo() {
    this.stop();
    if (!this.canUndo) return;
    this.state = this.history.pop();
    this.changed();
  }

  // The ink on the pad: its values, 0 to 255, and the side of the square of them.
  ink() {
    this.inkContext ??= Object.assign(document.createElement("canvas"), { width: INK_SIDE, height: INK_SIDE }).getContext(
      "2d",
      { willReadFrequently: true },
    );
    const context = this.inkContext;
    context.clearRect(0, 0, INK_SIDE, INK_SIDE);
    if (this.state.image) {
      context.imageSmoothingEnabled = false;
      context.drawImage(inkPicture(this.state.image.pixels, [0, 0, 0]), 0, 0, INK_SIDE, INK_SIDE);
    }
    drawStrokes(context, this.state.strokes, INK_SIDE);
    const { data } = context.getImageData(0, 0, INK_SIDE, INK_SIDE);
    return { values: Uint8Array.from({ length: INK_SIDE * INK_SIDE }, (_, i) => data[4 * i + 3]), side: INK_SIDE };
  }

  // To be undone at once, however many points a stroke gets.
  change(state) {
    this.history.push(this.state);
    if (this.history.length > UNDO_LIMIT) this.history.shift();
    this.state = state;
    this.changed();
  }

  changed() {
    this.draw();
    this.onChange(this);
  }

  // Ends the stroke that is being drawn, if there is one: a finger may be drawing when another clears.
  stop() {
    this.pointer = null;
    this.liftPen();
  }

  startStroke(point) {
    this.change({ ...this.state, strokes: [...this.state.strokes, [point]] });
  }

  continueStroke(points) {
    const strokes = [...this.state.strokes];
    strokes.push([...strokes.pop(), ...points]);
    this.state = { ...this.state, strokes };
    this.changed();
  }

  listenToPointers() {
    const { canvas } = this;
    const place = ({ clientX, clientY }) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return [(clientX - left) / width, (clientY - top) / height];
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (this.pointer !== null || event.button !== 0) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      this.liftPen();
      this.pen.visible = false;
      this.pointer = event.pointerId;
      this.startStroke(place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.pointer) return;
      // Browsers report a movement once a frame, with all the places in between.
      const events = event.getCoalescedEvents?.() ?? [];
      this.continueStroke((events.length ? events : [event]).map(place));
    });
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(type, (event) => {
        if (event.pointerId !== this.pointer) return;
        this.pointer = null;
        this.onChange(this);
      });
    }
  }

  listenToKeys() {
    const { canvas } = this;
    canvas.addEventListener("keydown", (event) => {
      if (this.handleKey(event)) event.preventDefault();
    });
    canvas.addEventListener("keyup", ({ key }) => this.held.delete(key));
    canvas.addEventListener("blur", () => {
      this.held.clear();
      this.liftPen();
      this.pen.visible = false;
      this.draw();
    });
  }

  // Whether the key means something here.
  handleKey({ key, shiftKey, ctrlKey, metaKey, altKey, repeat }) {
    if (this.pointer !== null) return false;
    if (ctrlKey || metaKey) {
      if (altKey || shiftKey || key !== "z") return false;
      this.undo();
    } else if (altKey) {
      return false;
    } else if (key in DIRECTIONS) {
      this.held.add(key);
      this.movePen(shiftKey ? SMALL_STEP : STEP);
    } else if (key === " ") {
      if (!repeat) this.togglePen();
    } else if (["Backspace", "Delete", "Escape"].includes(key)) {
      this.clear();
    } else if (key === "u" || key === "U") {
      this.undo();
    } else if (/^[0-9]$/.test(key)) {
      if (!repeat) this.onDigit(Number(key));
    } else {
      return false;
    }
    return true;
  }

  // In the sum of the directions of all arrow keys that are held down.
  movePen(step) {
    const { pen } = this;
    pen.visible = true;
    const inside = (value) => Math.max(PEN_WIDTH / 2, Math.min(1 - PEN_WIDTH / 2, value));
    const sum = (axis) => [...this.held].reduce((total, key) => total + DIRECTIONS[key][axis], 0);
    pen.x = inside(pen.x + step * sum(0));
    pen.y = inside(pen.y + step * sum(1));
    if (pen.down) this.continueStroke([[pen.x, pen.y]]);
    else this.draw();
  }

  togglePen() {
    const { pen } = this;
    if (pen.down) {
      this.liftPen();
      return;
    }
    pen.visible = pen.down = true;
    this.startStroke([pen.x, pen.y]);
    this.onPen(true);
  }

  liftPen() {
    if (!this.pen.down) return;
    this.pen.down = false;
    this.draw();
    this.onPen(false);
    this.onChange(this);
  }

  // As sharp as the screen.
  draw() {
    const { canvas, state, pen } = this;
    const side = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    if (canvas.width !== side || canvas.height !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    const color = getComputedStyle(canvas).color;
    context.clearRect(0, 0, side, side);
    if (state.image) {
      context.imageSmoothingQuality = "high";
      const [red, green, blue] = color.match(/[\d.]+/g).map(Number);
      context.drawImage(inkPicture(state.image.pixels, [red, green, blue]), 0, 0, side, side);
    }
    context.strokeStyle = color;
    drawStrokes(context, state.strokes, side);
    if (pen.visible) {
      context.lineWidth = Math.max(2, 0.008 * side);
      context.strokeStyle = getComputedStyle(canvas).accentColor;
      context.fillStyle = context.strokeStyle;
      context.beginPath();
      context.arc(pen.x * side, pen.y * side, ((pen.down ? PEN_WIDTH : 1.4 * PEN_WIDTH) / 2) * side, 0, 2 * Math.PI);
      if (pen.down) context.fill();
      else context.stroke();
    }
  }
}
