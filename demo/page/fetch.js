// The bytes at a URL. An error says whether the server cannot be reached or has no such file. `onProgress` is called
// with the part that has come, 0 to 1, where the server has said how much there is.
export async function fetchBytes(url, onProgress = () => {}) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new Error(`${url}: the server cannot be reached`);
  }
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status} ${response.statusText}`.trim());
  const total = Number(response.headers.get("Content-Length"));
  const chunks = [];
  let length = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (total) onProgress(Math.min(1, length / total));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
