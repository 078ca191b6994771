/** The model folder that leaves the house: writes it as an MLflow model, and predicts from it. */
export type { PackageContents, PackagedWeight } from './contents.js';
export { MLFLOW_VERSION, probabilityColumn } from './mlmodel.js';
export { loadPredictor, type Prediction, type Predictor } from './predictor.js';
export { writeModelPackage } from './write.js';
