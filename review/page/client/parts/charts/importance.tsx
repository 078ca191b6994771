/** Which parameters mattered: a bar each, the method named. */

import type { Importance as Found } from '../../../api.js';
import { counted } from '../../format.js';
import { pairsSentence } from '../../pairs.js';
import type { Drawn } from '../../shared.js';
import { xmlText } from '../../xml.js';
import { Figure } from '../figure.js';

const SOURCES: Readonly<Record<string, string>> = {
  'functional ANOVA':
    'Functional ANOVA (Hutter, Hoos and Leyton-Brown, ICML 2014), exact by averaging, as the grid is full: shares of the variance of the means.',
  'PED-ANOVA':
    'PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023), as the grid is not full: how much the best tenth differs from all.',
};

const named = (parameters: readonly string[]): string => parameters.join(' × ');

export function Importance({ drawn }: { drawn: Drawn }) {
  const { evidence } = drawn.view;
  const told = evidence.importances.filter(({ effects }) => effects.length > 0);
  const first = told[0]?.effects[0];
  const says =
    first === undefined
      ? 'Nothing varies yet that a score is known of.'
      : `${named(first.parameters)} explains ${percent(first.share)} of what differs${told[0]!.model === null || told.length === 1 ? '' : ` within ${told[0]!.model}`}. ${pairsSentence(drawn.view, told[0]!)}`;
  return (
    <Figure
      id="importance"
      title="What mattered"
      says={says}
      numbers={() => ({
        head: ['within', 'parameters', 'share', 'method'],
        rows: told.flatMap(({ model, method, effects }) =>
          effects.map(({ parameters, share }) => [model ?? 'all', named(parameters), share, method]),
        ),
      })}
      drawing={() => barsSvg(told)}
    >
      {() => told.map((one) => <Bars key={one.model} found={one} alone={told.length === 1} />)}
    </Figure>
  );
}

function Bars({ found, alone }: { found: Found; alone: boolean }) {
  const { model, method, effects, configurations } = found;
  return (
    <>
      <p class="note">
        {!alone && <strong>{model === null ? 'Across model kinds. ' : `Within ${model}. `}</strong>}
        {counted(configurations, 'configuration')}. {SOURCES[method]}
      </p>
      <ol class="bars">
        {effects.map(({ parameters, share }) => (
          <li key={named(parameters)} class={parameters.length > 1 ? 'pair' : undefined}>
            <span>{named(parameters)}</span>
            <svg width="100%" height="12" aria-hidden="true">
              <rect width={`${Math.max(0.3, share * 100)}%`} height="12" />
            </svg>
            <span class="number">{percent(share)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;

function barsSvg(all: readonly Found[]): string {
  const bars = all.flatMap(({ model, effects }) =>
    effects.map(({ parameters, share }) => ({
      name: `${all.length > 1 && model !== null ? `${model}: ` : ''}${named(parameters)}`,
      share,
    })),
  );
  const rows = bars.map(
    ({ name, share }, i) =>
      `<text x="290" y="${i * 20 + 16}" text-anchor="end">${xmlText(name)}</text><rect x="300" y="${i * 20 + 5}" width="${(share * 360).toFixed(1)}" height="13" fill="#0b5cad"/><text x="${(306 + share * 360).toFixed(1)}" y="${i * 20 + 16}">${xmlText(percent(share))}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="720" height="${bars.length * 20 + 10}" font-family="system-ui, sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>${rows.join('')}</svg>`;
}
