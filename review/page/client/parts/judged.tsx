/** How the rows that a model judged fell: its confusions, and its mistakes, the surest first. */
import '../styles/judged.css';
import type { JudgedRow, Judgement } from '../../api.js';
import { toCsv } from '../csv.js';
import { download } from '../download.js';
import { counted } from '../format.js';
import { Confusion } from './confusion.js';

/** Shown before somebody asks for all. */
const FEW = 10;

export function Judged({ judged, of, id }: { judged: Judgement; of: string; id: string }) {
  const { classes, confusion, mistakes, mistakesInAll } = judged;
  return (
    <section aria-labelledby="judged">
      <h2 id="judged">{of}</h2>
      <Confusion classes={classes} counts={confusion} />
      {mistakes.length > 0 && (
        <>
          <h3>What it gets wrong, the surest first</h3>
          <Rows rows={mistakes.slice(0, FEW)} />
          {mistakes.length > FEW && (
            <details>
              <summary>{counted(mistakes.length - FEW, 'further mistake')}</summary>
              <Rows rows={mistakes.slice(FEW)} />
            </details>
          )}
          <p class="fields">
            <button type="button" onClick={() => download(`${id}-mistakes.csv`, 'text/csv', csvOf(mistakes))}>
              CSV<span class="hidden"> of the mistakes</span>
            </button>
          </p>
          {mistakesInAll > mistakes.length && (
            <p class="note">
              {mistakes.length} of {mistakesInAll}; the run’s files have all.
            </p>
          )}
        </>
      )}
    </section>
  );
}

const csvOf = (rows: readonly JudgedRow[]): string =>
  toCsv(
    ['row', 'text', 'label', 'predicted', 'probability'],
    rows.map(({ row, text, label, predicted, probability }) => [row, text, label, predicted, probability]),
  );

interface RowsProps {
  readonly rows: readonly (JudgedRow & { readonly other?: string })[];
  /** Names of two models, where there are two. */
  readonly others?: readonly [string, string];
}

/** Rows with what they are and what was said of them; of two models, what each said. */
export function Rows({ rows, others }: RowsProps) {
  const hasText = rows.some(({ text }) => text !== null);
  return (
    <table class="rows judged">
      <thead>
        <tr>
          <th scope="col" class="number">
            Row
          </th>
          {hasText && <th scope="col">Text</th>}
          <th scope="col">Is</th>
          <th scope="col">{others?.[0] ?? 'Said'}</th>
          {others !== undefined && <th scope="col">{others[1]}</th>}
          {others === undefined && (
            <th scope="col" class="number">
              Probability
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ row, text, label, predicted, probability, other }) => (
          <tr key={row}>
            <td data-label="Row" class="number">
              {row}
            </td>
            {hasText && (
              <td data-label="Text" class="text">
                {text}
              </td>
            )}
            <td data-label="Is">{label}</td>
            <td data-label={others?.[0] ?? 'Said'}>
              <Said word={predicted} isRight={predicted === label} />
            </td>
            {others !== undefined && (
              <td data-label={others[1]}>
                <Said word={other ?? ''} isRight={other === label} />
              </td>
            )}
            {others === undefined && (
              <td data-label="Probability" class="number">
                {probability?.toFixed(3) ?? '–'}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const Said = ({ word, isRight }: { word: string; isRight: boolean }) => (
  <>
    <span aria-hidden="true">{isRight ? '✓ ' : '✗ '}</span>
    {word}
    <span class="hidden">{isRight ? ', right' : ', wrong'}</span>
  </>
);
