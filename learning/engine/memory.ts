/** Memory that a call after the other uses: a new array of some megabytes costs more to be handed out than to be filled. */
export function reusedFloats(): (length: number) => Float32Array {
  let memory = new Float32Array(0);
  return (length) => {
    // What grows by a little would otherwise grow at every second batch.
    if (memory.length < length) memory = new Float32Array(Math.max(length, Math.ceil(memory.length * 1.25)));
    return memory.subarray(0, length);
  };
}
