/** wink's embeddings: one JSON file of 300 MB, read as a stream, since parsing it whole would take a gigabyte. */
import { StringDecoder } from 'node:string_decoder';
import { VectorsError } from '../errors.js';
import { checkNumbers, type VectorRow } from '../row.js';

const START = '"vectors":{';
const ENTRY = /,?("(?:[^"\\]|\\.)*"):\[([^\]]*)\]/y;
/** An entry is a kilobyte; the list of words before the first is 5 MB, and is let go of as it passes. */
const LONGEST_ENTRY = 1 << 20;

/** @param dim - Numbers that count; each vector goes on with its norm and the word's index. */
export async function* winkVectors(
  file: string,
  chunks: AsyncIterable<Buffer>,
  dim: number,
): AsyncGenerator<VectorRow> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  let started = false;
  for await (const chunk of chunks) {
    text += decoder.write(chunk);
    if (!started) {
      const at = text.indexOf(START);
      if (at < 0) {
        text = text.slice(-START.length);
        continue;
      }
      started = true;
      text = text.slice(at + START.length);
    }
    let from = 0;
    ENTRY.lastIndex = 0;
    for (let entry = ENTRY.exec(text); entry; entry = ENTRY.exec(text)) {
      from = ENTRY.lastIndex;
      const word = JSON.parse(entry[1]!) as string;
      const numbers = entry[2]!.split(',');
      if (numbers.length !== dim + 2)
        throw new VectorsError(`${file}, word ${word}: ${numbers.length} numbers, not ${dim + 2}`);
      const values = Float32Array.from({ length: dim }, (_, d) => Number(numbers[d]));
      checkNumbers(file, `word ${word}`, values);
      yield { word, values };
    }
    text = text.slice(from);
    if (text.startsWith('}')) return;
    if (text.length > LONGEST_ENTRY)
      throw new VectorsError(`${file}: no word with its numbers where one should be`);
  }
  throw new VectorsError(`${file}: ends early`);
}
