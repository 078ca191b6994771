/** For CI: is this the document of a quickstart that went well? `node setup/check-quickstart.mjs FILE` */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const isPositive = (value) => Number.isFinite(value) && value > 0;
const isText = (value) => typeof value === 'string' && value.length > 0;

const EXPECTED = {
  'searchId, experimentId and parentRunId are there': (doc) =>
    [doc.searchId, doc.experimentId, doc.parentRunId].every(isText),
  'every trial finished': ({ trials }) =>
    isPositive(trials?.total) && trials.finished === trials.total && trials.failed === 0,
  'every fold finished': ({ folds }) =>
    isPositive(folds?.total) && folds.finished === folds.total && folds.failed === 0,
  'the best trial has a run and a score': ({ best }) =>
    isText(best?.childRunId) && Number.isFinite(best.mean) && Number.isFinite(best.std),
  'the refit winner was measured on the test rows': ({ refit }) =>
    isText(refit?.runId) &&
    Object.keys(refit.testMetrics ?? {}).length > 0 &&
    Object.values(refit.testMetrics).every(Number.isFinite),
  'a model version is registered': ({ registered }) =>
    isText(registered?.name) && isPositive(Number(registered.version)),
  'it took under 3 minutes': ({ seconds }) => isPositive(seconds) && seconds < 180,
};

/** What is wrong with the document, in words; empty when all is well. */
export const quickstartProblems = (doc) =>
  Object.entries(EXPECTED)
    .filter(([, holds]) => !holds(doc))
    .map(([expectation]) => `not true: ${expectation}`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(process.argv[2], 'utf8');
  const problems = quickstartProblems(JSON.parse(text));
  process.stderr.write(`quickstart: ${text.trim()}\n`);
  if (problems.length > 0) {
    process.stderr.write(`${problems.map((problem) => `quickstart: ${problem}`).join('\n')}\n`);
    process.exitCode = 1;
  }
}
