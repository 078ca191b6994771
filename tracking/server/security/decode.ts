/** Percent-decoding until nothing changes: one round would leave `%252e` for the next reader to decode. */

/** Nobody nests encodings this deep by accident; such a text becomes a NUL, which every check refuses. */
const ROUNDS = 10;

export function fullyDecoded(value: string): string {
  let current = value;
  for (let round = 0; round < ROUNDS; round++) {
    const next = current.replace(/%([0-9a-fA-F]{2})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    if (next === current) return current;
    current = next;
  }
  return '\0';
}
