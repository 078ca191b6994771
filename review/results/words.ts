/** Names and numbers as sentences have them. */

const METRICS: Readonly<Record<string, string>> = { f1_macro: 'macro F1', roc_auc: 'ROC AUC' };

/** `macro F1` */
export const metricWords = (metric: string): string => METRICS[metric] ?? metric.replaceAll('_', ' ');

/** A number with three significant digits, without an exponent where that is short. */
export function short(value: number): string {
  const size = Math.abs(value);
  return size >= 1000 && size < 1e9 ? String(Math.round(value)) : value.toPrecision(3);
}

/** `0.812 ± 0.006`: the deviation to the decimals of the mean. */
export function shortSpread(mean: number, std: number | null): string {
  const text = short(mean);
  if (std === null || text.includes('e')) return text;
  return `${text} ± ${std.toFixed(text.split('.')[1]?.length ?? 0)}`;
}

/** `1 other`, `2 others` */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** `6.2 s`, `4 min 38 s`, `2 h 5 min` */
export function time(seconds: number): string {
  if (seconds < 60) return `${seconds.toPrecision(2)} s`.replace(/^60 s$/, '1 min 0 s');
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
