/** The model package: a folder that anyone can predict from. Writes it as an MLflow model, and loads it again. */
export type { PackageContents, PackagedWeight } from './contents.js';
export { MLFLOW_VERSION, probabilityColumn } from './mlmodel.js';
export { loadPredictor, type Prediction, type Predictor } from './predictor.js';
export { writeModelPackage } from './write.js';
