// The trained network: docs/MODELS.md has the names and meanings of its inputs and outputs.
import * as ort from "./onnxruntime/ort.wasm.bundle.min.mjs";
import { fetchBytes } from "./fetch.js";
import { NETWORK_SIDE } from "./preprocess.js";

const RUNTIME = "onnxruntime/ort-wasm-simd-threaded.wasm";
const MODEL = "network/network.onnx";
const CLASSES = 10;
const PIXELS = NETWORK_SIDE * NETWORK_SIDE;

// The network is small: other threads would cost more than they bring, and need headers that not every server sends.
ort.env.wasm.numThreads = 1;

export class Network {
  // Errors have a `title`, for people, beside the message. `onProgress` as of fetchBytes.
  static async load(onProgress) {
    const failed = (title, prefix = "") => {
      return (error) => {
        throw Object.assign(new Error(prefix + error.message, { cause: error }), { title });
      };
    };
    const [runtime, model] = await Promise.all([
      fetchBytes(RUNTIME, onProgress).catch(failed("ONNX Runtime is missing")),
      fetchBytes(MODEL).catch(failed("The network is missing")),
    ]);
    ort.env.wasm.wasmBinary = runtime;
    const unusable = failed("The network cannot be used", `${MODEL}: `);
    const session = await ort.InferenceSession.create(model, { executionProviders: ["wasm"] }).catch(unusable);
    const network = new Network(session);
    // The first run takes longer; and a file that is another network is found now.
    const empty = new Float32Array(PIXELS);
    await network.compare(empty, empty).catch(unusable);
    return network;
  }

  constructor(session) {
    this.session = session;
  }

  // What the network says of two images of 14×14 pixels, 0 to 255: the probability that first <= second, and those of
  // the classes of both.
  async compare(first, second) {
    const values = new Float32Array(2 * PIXELS);
    values.set(first);
    values.set(second, PIXELS);
    const pairs = new ort.Tensor(
      "float32",
      values.map((value) => value / 255),
      [1, 2, NETWORK_SIDE, NETWORK_SIDE],
    );
    const outputs = await this.session.run({ pairs }, ["comparison_probabilities", "class_probabilities"]);
    const classes = outputs.class_probabilities.data;
    return {
      probability: outputs.comparison_probabilities.data[1],
      classes: [classes.slice(0, CLASSES), classes.slice(CLASSES)],
    };
  }
}
