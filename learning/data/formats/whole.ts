/** What formats of columns share: they are read whole, and may carry the names of classes that they keep as numbers. */
import { z } from 'zod';

/** All bytes in one array of their own, which starts at a multiple of 8 as Arrow wants it. */
export async function wholeOf(bytes: AsyncIterable<Buffer>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

const featuresInFile = z.object({
  info: z.object({ features: z.record(z.string(), z.unknown()) }),
});
const classLabel = z.object({ _type: z.literal('ClassLabel'), names: z.array(z.string()) });

/** Names of the classes of each column that Hugging Face's `datasets` wrote as a ClassLabel. */
export type ClassNames = ReadonlyMap<string, readonly string[]>;

/** @param metadata - Content of the key `huggingface` of the file's own metadata. Whatever else stands there names nothing. */
export function classNamesIn(metadata: string | null | undefined): ClassNames {
  const features = featuresInFile.safeParse(parsed(metadata)).data?.info.features ?? {};
  return new Map(
    Object.entries(features).flatMap(([column, feature]) => {
      const { data } = classLabel.safeParse(feature);
      return data === undefined ? [] : [[column, data.names] as const];
    }),
  );
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}

/** A cell as the other formats would have it. Class -1 is a label that its makers keep to themselves: `null`. */
export function cellOf(value: unknown, column: string, names: ClassNames): unknown {
  const plain =
    typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : (value ?? null);
  const classes = names.get(column);
  if (classes === undefined || typeof plain !== 'number') return plain;
  return plain === -1 ? null : (classes[plain] ?? plain);
}
