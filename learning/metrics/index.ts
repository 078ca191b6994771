/** Measures predictions against labels, as scikit-learn does: numbers, tables, curves and their pictures. */
export { confusionMatrix, mostProbable } from './confusion.js';
export {
  type NamedCurve,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  precisionRecallCurves,
  type RocCurve,
  rocCurve,
  rocCurves,
} from './curves.js';
export { majorityMetrics } from './majority.js';
export type { Metric, Predictions } from './metric.js';
export { confusionMatrixSvg } from './pictures/confusion-matrix.js';
export { precisionRecallSvg, rocCurveSvg } from './pictures/curves.js';
export {
  type ClassificationReport,
  classificationReport,
  type ReportData,
  type ReportRow,
} from './report.js';
export {
  type ClassificationMetrics,
  classificationMetrics,
  METRIC_NAMES,
  METRICS,
  type MetricName,
  metricOf,
  type Objective,
  objective,
} from './table.js';
