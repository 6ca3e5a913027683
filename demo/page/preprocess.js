// From a drawing to what the network sees: as MNIST was made from NIST's images, and then as the pair sets are made from
// MNIST (Average2x2 in data/pair_sets.cc). Ink is 255, paper is 0.

// Of MNIST's images.
export const MNIST_SIDE = 28;
// Of what the network sees.
export const NETWORK_SIDE = 14;

// Digits are scaled to fit into so many of MNIST's pixels, with their proportions.
const BOX_SIDE = 20;
// The centre of mass of MNIST's images is within half a pixel of this one, the middle of 0 to 27 rounded up.
const CENTRE = 14;
// What is smaller than this part of the drawing's side is not enlarged to fill the box: a dot stays a dot.
const LEAST_EXTENT = 0.3;

// Where there is ink: {left, top, width, height}, or null if there is none.
function boundingBox(ink, side) {
  let left = side;
  let right = -1;
  let top = side;
  let bottom = -1;
  for (let y = 0; y < side; ++y) {
    for (let x = 0; x < side; ++x) {
      if (ink[y * side + x] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

// How `count` pixels of length `step`, from `start` on, overlap the unit pixels 0 to `side` - 1: for each a list of
// [pixel, part of the new pixel that it covers].
function overlaps(start, step, count, side) {
  return Array.from({ length: count }, (_, i) => {
    const from = start + i * step;
    const to = from + step;
    const parts = [];
    for (let pixel = Math.floor(from); pixel < Math.min(to, side); ++pixel) {
      const length = Math.min(to, pixel + 1) - Math.max(from, pixel);
      if (length > 0) parts.push([pixel, length / step]);
    }
    return parts;
  });
}

// The ink in `box`, `scale` times as large, by the mean over the area of each new pixel: {values, width, height}.
function scaled(ink, side, box, scale) {
  // Not one pixel more because a product was rounded up.
  const size = (length) => Math.min(BOX_SIDE, Math.ceil(length * scale - 1e-9));
  const width = size(box.width);
  const height = size(box.height);
  const columns = overlaps(box.left, 1 / scale, width, side);
  const rows = overlaps(box.top, 1 / scale, height, side);
  const values = new Float64Array(width * height);
  for (let y = 0; y < height; ++y) {
    for (const [row, rowPart] of rows[y]) {
      for (let x = 0; x < width; ++x) {
        for (const [column, columnPart] of columns[x]) {
          values[y * width + x] += ink[row * side + column] * rowPart * columnPart;
        }
      }
    }
  }
  return { values, width, height };
}

// By how many pixels to move an image, so that its centre of mass along one axis is at the CENTRE; it stays inside.
// `mass` gives the mass at each of `size` places.
function offset(size, mass) {
  let sum = 0;
  let moment = 0;
  for (let i = 0; i < size; ++i) {
    sum += mass(i);
    moment += i * mass(i);
  }
  return Math.max(0, Math.min(MNIST_SIDE - size, Math.round(CENTRE - moment / sum)));
}

// The drawing `ink`, of `side` × `side` values from 0 to 255, as an image of MNIST: 28×28 bytes. null for an empty one.
export function likeMnist(ink, side) {
  const box = boundingBox(ink, side);
  if (!box) return null;
  const scale = BOX_SIDE / Math.max(box.width, box.height, LEAST_EXTENT * side);
  const { values, width, height } = scaled(ink, side, box, scale);
  const sum = (count, value) => Array.from({ length: count }, (_, i) => value(i)).reduce((a, b) => a + b, 0);
  const left = offset(width, (x) => sum(height, (y) => values[y * width + x]));
  const top = offset(height, (y) => sum(width, (x) => values[y * width + x]));
  const image = new Uint8Array(MNIST_SIDE * MNIST_SIDE);
  for (let y = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x) {
      image[(top + y) * MNIST_SIDE + left + x] = Math.round(values[y * width + x]);
    }
  }
  return image;
}

// The means of 2×2 pixels of an image of MNIST: 14×14 values from 0 to 255.
export function average2x2(image) {
  const averaged = new Float32Array(NETWORK_SIDE * NETWORK_SIDE);
  for (let y = 0; y < NETWORK_SIDE; ++y) {
    for (let x = 0; x < NETWORK_SIDE; ++x) {
      const top = 2 * y * MNIST_SIDE + 2 * x;
      const bottom = top + MNIST_SIDE;
      averaged[y * NETWORK_SIDE + x] = (image[top] + image[top + 1] + image[bottom] + image[bottom + 1]) / 4;
    }
  }
  return averaged;
}
