/** The refit's one measurement on the test rows, as the files that its run keeps. */
import type { Dataset } from '../learning/data/index.js';
import {
  classificationReport,
  confusionMatrix,
  confusionMatrixSvg,
  precisionRecallCurves,
  precisionRecallSvg,
  rocCurveSvg,
  rocCurves,
} from '../learning/metrics/index.js';

/**
 * Confusion matrix, curves and report, as data and as pictures, by path.
 *
 * @param probabilities - `[rows × classes]`
 */
export function evaluationFiles(
  { classes, name, digest, source, texts }: Dataset,
  labels: Int32Array,
  probabilities: Float32Array,
): Record<string, string> {
  const matrix = confusionMatrix(labels, probabilities, classes.length);
  const roc = rocCurves(labels, probabilities, classes);
  const precisionRecall = precisionRecallCurves(labels, probabilities, classes);
  const report = classificationReport(matrix, classes);
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'dataset.json': json({ name, digest, source: JSON.parse(source), rows: texts.length, classes }),
    'evaluation/confusion_matrix.json': json({ classes, matrix }),
    'evaluation/confusion_matrix.svg': confusionMatrixSvg(matrix, classes),
    'evaluation/roc_curve.json': json(roc),
    'evaluation/roc_curve.svg': rocCurveSvg(roc),
    'evaluation/precision_recall_curve.json': json(precisionRecall),
    'evaluation/precision_recall_curve.svg': precisionRecallSvg(precisionRecall),
    'evaluation/classification_report.json': json(report),
    'evaluation/classification_report.txt': report.text,
  };
}
