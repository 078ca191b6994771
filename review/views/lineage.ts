/** Where a search or a run came from and what it led to. */
import { TAGS } from '../../tracking/client/index.js';
import type { LineageStep } from '../page/api.js';
import type { RunDetail } from '../results/index.js';
import { numberOrNull } from './numbers.js';
import type { Facts } from './verdict.js';

/** Ids are long; so much tells them apart at a glance. */
export const shortId = (runId: string): string => runId.slice(0, 8);
export const runPage = (runId: string): string => `/runs/${encodeURIComponent(runId)}`;
const searchPage = (searchId: string): string => `/searches/${encodeURIComponent(searchId)}`;
const versionPage = (name: string, version: string): string =>
  `/models/${encodeURIComponent(name)}/${encodeURIComponent(version)}`;

export const step = (
  what: string,
  name: string,
  href: string | null,
  score: number | null = null,
): LineageStep => ({
  what,
  name,
  href,
  score,
});

/** The way of a search: file, parent run, winner, refit, test rows, version, alias. */
export function lineageOf({ search, item, best, refit, registered }: Facts): LineageStep[] {
  const steps = [
    step('search space', item.name, null),
    step('parent run', shortId(search.runId), runPage(search.runId)),
  ];
  if (search.extends !== null) steps.push(step('goes beyond', search.extends, searchPage(search.extends)));
  if (search.retryOf !== null) steps.push(step('tries again', search.retryOf, searchPage(search.retryOf)));
  if (best !== null) {
    const { configuration, childRunId, mean } = best;
    const what = search.winnerRunId === null ? 'best so far' : 'winner';
    steps.push(step(what, `${configuration.model}-${configuration.index}`, runPage(childRunId), mean));
  }
  if (refit !== null) {
    const name = best === null ? 'refit' : `${best.configuration.model}-${best.configuration.index}-refit`;
    steps.push(step('refit', name, runPage(refit.runId)));
    const score = numberOrNull(refit.testMetrics[search.objective.metric]);
    const gap = score === null || best === null ? null : numberOrNull(score - best.mean);
    if (score !== null) steps.push({ ...step('held-out rows', '', null, score), gap });
  }
  if (registered !== null) {
    const { name, version, aliases } = registered;
    steps.push(step('version', `${name} v${version}`, versionPage(name, version)));
    steps.push(...aliases.map((alias) => step('alias', alias, null)));
  }
  return steps;
}

/** The way to a run of a search, and on to the version that came of it. */
export function lineageOfRun({
  runId,
  runName,
  role,
  searchId,
  parentRunId,
  tags,
  reusedFrom,
}: RunDetail): LineageStep[] {
  const [name, version] = tags[TAGS.registered]?.split('/') ?? [];
  const above = role === 'fold' || role === 'refit' ? parentRunId : null;
  return [
    ...(searchId === null ? [] : [step('search', searchId, searchPage(searchId))]),
    ...(above === null
      ? []
      : [
          step(
            role === 'refit' ? 'winner' : 'configuration',
            runName.replace(/-(fold-\d+|refit)$/, ''),
            runPage(above),
          ),
        ]),
    step('run', runId, null),
    ...(reusedFrom === undefined
      ? []
      : [
          step('taken over from search', reusedFrom.searchId, searchPage(reusedFrom.searchId)),
          step('trained as', shortId(reusedFrom.runId), runPage(reusedFrom.runId)),
        ]),
    ...(name === undefined || version === undefined
      ? []
      : [step('version', `${name} v${version}`, versionPage(name, version))]),
  ];
}
