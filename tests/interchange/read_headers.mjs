// read_headers.mjs NODE_MODULES FILE...: prints a JSON array of what Hugging Face's own library reads of the headers of
// safetensors files. It reads files of models on its hub, ranges of bytes at a time; here they are local ones.
import fs from "node:fs";
import {createRequire} from "node:module";

const [modules, ...files] = process.argv.slice(2);
const {parseSafetensorsMetadata} = createRequire(`${modules}/`)("@huggingface/hub");

function serve(bytes) {
  return async (url, options) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(options.headers).get("Range"));
    const part = bytes.subarray(Number(first), Number(last) + 1);
    const headers = {"Content-Range": `bytes ${first}-${last}/${bytes.length}`, ETag: '"file"'};
    return new Response(part, {status: 206, headers});
  };
}

const results = [];
for (const file of files) {
  results.push(await parseSafetensorsMetadata({
    repo: "local/file",
    path: "model.safetensors",
    computeParametersCount: true,
    fetch: serve(fs.readFileSync(file)),
  }));
}
console.log(JSON.stringify(results));
