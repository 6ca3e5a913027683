// run_onnx.mjs NODE_MODULES PAIRS N MODEL...: runs each ONNX model with ONNX Runtime on N pairs of 14×14 pixels, raw
// floats in the file PAIRS, and writes every output OUTPUT to MODEL.OUTPUT, as raw floats.
import fs from "node:fs";
import {createRequire} from "node:module";

const [modules, pairsFile, count, ...models] = process.argv.slice(2);
const ort = createRequire(`${modules}/`)("onnxruntime-web");
// One thread: no workers to start.
ort.env.wasm.numThreads = 1;

const bytes = fs.readFileSync(pairsFile);
const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const pairs = new ort.Tensor("float32", values, [Number(count), 2, 14, 14]);
try {
  for (const model of models) {
    const session = await ort.InferenceSession.create(fs.readFileSync(model), {executionProviders: ["wasm"]});
    for (const [name, {data}] of Object.entries(await session.run({pairs}))) {
      fs.writeFileSync(`${model}.${name}`, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    }
  }
} catch (error) {
  // Not with the whole line of minified source that it comes from.
  console.error(error.message);
  process.exit(1);
}
