/** Measures predictions against labels, as scikit-learn does: numbers, tables, curves and their pictures. */
export { type ClassificationMetrics, classificationMetrics } from './classification.js';
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
export { METRICS, type MetricName, type Objective, objective } from './objective.js';
export { confusionMatrixSvg } from './pictures/confusion-matrix.js';
export { precisionRecallSvg, rocCurveSvg } from './pictures/curves.js';
export {
  type ClassificationReport,
  classificationReport,
  type ReportData,
  type ReportRow,
} from './report.js';
