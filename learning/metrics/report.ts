/** The classification report: per class precision, recall, F1 and support, as data and as scikit-learn prints it. */

export interface ReportRow {
  readonly precision: number;
  readonly recall: number;
  readonly 'f1-score': number;
  readonly support: number;
}

export interface ReportData {
  /** One row per class name, in class order. */
  readonly classes: Readonly<Record<string, ReportRow>>;
  readonly accuracy: number;
  readonly 'macro avg': ReportRow;
  readonly 'weighted avg': ReportRow;
}

export interface ClassificationReport {
  readonly data: ReportData;
  /** The table that scikit-learn's `classification_report` prints (two digits, `zero_division=0`). */
  readonly text: string;
}

const SCORES = ['precision', 'recall', 'f1-score'] as const;

/**
 * Summarises a confusion matrix as scikit-learn's `classification_report(labels=all classes, zero_division=0)`.
 *
 * @param matrix rows by true class, columns by predicted class
 * @param classNames a name for each class
 */
export function classificationReport(
  matrix: readonly (readonly number[])[],
  classNames: readonly string[],
): ClassificationReport {
  const rows = matrix.map((_, index) => classRow(matrix, index));
  const total = rows.reduce((sum, row) => sum + row.support, 0);
  const right = matrix.reduce((sum, counts, index) => sum + counts[index]!, 0);
  const average = (weight: (row: ReportRow) => number): ReportRow => {
    const mean = (key: (typeof SCORES)[number]) =>
      rows.reduce((sum, row) => sum + row[key] * weight(row), 0) /
      rows.reduce((sum, row) => sum + weight(row), 0);
    return {
      precision: mean('precision'),
      recall: mean('recall'),
      'f1-score': mean('f1-score'),
      support: total,
    };
  };
  const data = {
    classes: Object.fromEntries(classNames.map((name, index) => [name, rows[index]!])),
    accuracy: right / total,
    'macro avg': average(() => 1),
    'weighted avg': average((row) => row.support),
  };
  return { data, text: print(data, classNames, rows) };
}

function classRow(matrix: readonly (readonly number[])[], index: number): ReportRow {
  const hits = matrix[index]![index]!;
  const support = matrix[index]!.reduce((sum, count) => sum + count, 0);
  const predicted = matrix.reduce((sum, counts) => sum + counts[index]!, 0);
  const ratio = (above: number, below: number) => (below === 0 ? 0 : above / below);
  return {
    precision: ratio(hits, predicted),
    recall: ratio(hits, support),
    'f1-score': ratio(2 * hits, support + predicted),
    support,
  };
}

function print(data: ReportData, classNames: readonly string[], rows: readonly ReportRow[]): string {
  const nameWidth = Math.max('weighted avg'.length, ...classNames.map((name) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    `${name.padStart(nameWidth)}  ${cells.map((cell) => cell.padStart(9)).join(' ')}\n`;
  const scoreLine = (name: string, row: ReportRow) =>
    line(name, [...SCORES.map((key) => twoDigits(row[key])), String(row.support)]);
  return [
    line('', [...SCORES, 'support']),
    '\n',
    ...classNames.map((name, index) => scoreLine(name, rows[index]!)),
    '\n',
    line('accuracy', ['', '', twoDigits(data.accuracy), String(data['macro avg'].support)]),
    scoreLine('macro avg', data['macro avg']),
    scoreLine('weighted avg', data['weighted avg']),
  ].join('');
}

/** Rounds an exact tie to the even digit, as Python formats it; `toFixed` rounds it up. Only eighths can tie. */
function twoDigits(value: number): string {
  const isTie = (value * 8) % 2 === 1;
  return (isTie ? (2 * Math.round(value * 50 - 0.25)) / 100 : value).toFixed(2);
}
