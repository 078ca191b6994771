/** Training: from examples to a classifier. */
export {
  type EpochMetrics,
  type LabelledExamples,
  type TrainedClassifier,
  type TrainingOptions,
  trainClassifier,
} from './train.js';
