/** Rows that stand for a fold: every class in proportion, in the order of the data. */
import type { ProbeRows } from './messages.js';

/** So many rows evenly from each class, one of each at least, as some kinds want them all. */
export function sampled({ texts, labels }: ProbeRows, count: number): ProbeRows {
  if (count >= labels.length) return { texts, labels };
  const byClass = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const own = byClass.get(label);
    if (own) own.push(row);
    else byClass.set(label, [row]);
  }
  const rows = [...byClass.values()].flatMap((own) => {
    const wanted = Math.min(own.length, Math.max(1, Math.round((own.length * count) / labels.length)));
    return Array.from({ length: wanted }, (_, i) => own[Math.floor((i * own.length) / wanted)]!);
  });
  rows.sort((a, b) => a - b);
  return { texts: rows.map((row) => texts[row]!), labels: rows.map((row) => labels[row]!) };
}
