// Images of MNIST's test set, to show what the network has been made for.
import { MNIST_SIDE } from "./preprocess.js";
import { fetchBytes } from "./fetch.js";

const PIXELS = MNIST_SIDE * MNIST_SIDE;
const IMAGES_HEADER = 16; // Bytes: magic number, count, rows, columns.
const LABELS_HEADER = 8; // Magic number, count.

// The bytes of a gzipped file; some servers have unpacked it on the way.
async function fetchUnpacked(url) {
  const bytes = await fetchBytes(url);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function random(count) {
  return Math.floor(Math.random() * count);
}

export class Mnist {
  static async load(directory) {
    const [images, labels] = await Promise.all(
      ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"].map((file) => fetchUnpacked(`${directory}/${file}`)),
    );
    return new Mnist(images, labels);
  }

  constructor(images, labels) {
    this.images = images;
    this.labels = labels.subarray(LABELS_HEADER);
  }

  // Number, pixels (28×28 bytes) and label of an image.
  get(number) {
    const start = IMAGES_HEADER + number * PIXELS;
    return { number, pixels: this.images.slice(start, start + PIXELS), label: this.labels[number] };
  }

  any() {
    return this.get(random(this.labels.length));
  }

  // An image of the digit, another one than number `previous`.
  anyOf(digit, previous) {
    for (;;) {
      const number = random(this.labels.length);
      if (this.labels[number] === digit && number !== previous) return this.get(number);
    }
  }
}
