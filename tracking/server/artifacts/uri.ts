/** `mlflow-artifacts:` URIs of this server, and where they point in the artifact folder. */
import { invalid } from '../errors.js';

/** Experiments get their artifact folders beneath this. */
export const ARTIFACT_ROOT = 'mlflow-artifacts:';

/** The path in the artifact folder; only this server's own artifacts have one. */
export function pathOfUri(uri: string): string {
  const match = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(uri);
  if (!match) throw invalid(`Artifacts at '${uri}' are not stored by this server`);
  return (match[1] as string).replace(/\/$/, '');
}

export const joinPath = (...parts: string[]): string => parts.filter((part) => part !== '').join('/');
