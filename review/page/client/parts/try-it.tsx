/** Sentences typed in, and what versions of a model say of them. */
import { useState } from 'preact/hooks';
import '../styles/submit.css';
import type { Predicted } from '../../api.js';
import { change } from '../load.js';

const MOST = 20;

export interface Tried {
  readonly version: string;
  readonly title: string;
}

interface Answer {
  readonly texts: readonly string[];
  readonly predicted: Predicted;
}

export function TryIt({ name, versions }: { name: string; versions: readonly Tried[] }) {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<Answer>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const texts = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .slice(0, MOST);
  const ask = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const asked = { texts, versions: versions.map(({ version }) => version) };
      const predicted = await change<Predicted>(`/models/${encodeURIComponent(name)}/predict`, asked);
      setAnswer({ texts, predicted });
    } catch (trouble) {
      setError((trouble as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="try">
      <h2 id="try">Try it</h2>
      <p class="says">
        A text a line, {MOST} at most. The first answer takes a few seconds: TensorFlow is loaded for it.
      </p>
      <textarea
        class="editor"
        rows={3}
        aria-label="Texts to try"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <p class="fields">
        <button type="button" disabled={busy || texts.length === 0} onClick={ask}>
          {busy ? 'Predicting…' : 'Predict'}
        </button>
      </p>
      <div role="status" aria-live="polite">
        {error !== undefined && <p class="bad">{error}</p>}
        {answer !== undefined && <Answers answer={answer} versions={versions} />}
      </div>
    </section>
  );
}

function Answers({ answer: { texts, predicted }, versions }: { answer: Answer; versions: readonly Tried[] }) {
  const titles = predicted.versions.map(
    ({ version }) => versions.find((one) => one.version === version)?.title ?? `v${version}`,
  );
  return (
    <table class="rows judged">
      <thead>
        <tr>
          <th scope="col">Text</th>
          {titles.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {texts.map((text, i) => (
          <tr key={i}>
            <th scope="row" class="text">
              {text}
            </th>
            {predicted.versions.map(({ version, predictions }, j) => {
              const { label = '–', probabilities = {}, known = true } = predictions[i] ?? {};
              return (
                <td key={version} data-label={titles[j]}>
                  {label} <span class="soft">{probabilities[label]?.toFixed(3)}</span>
                  {!known && <span class="warning"> knows no word of it</span>}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
