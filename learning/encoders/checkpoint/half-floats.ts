/** Half-precision numbers as 32-bit floats; both ways of writing them fit without loss. */

/** IEEE 754 binary16: 1 sign bit, 5 of exponent, 10 of fraction. */
export function widenFloat16(halves: Uint16Array, into: Float32Array): void {
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (1024 + fraction) * 2 ** (exponent - 25);
    into[i] = half & 0x8000 ? -magnitude : magnitude;
  }
}

/** bfloat16: the upper half of a 32-bit float. */
export function widenBfloat16(halves: Uint16Array, into: Float32Array): void {
  const bits = new Uint32Array(into.buffer, into.byteOffset, into.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
}
