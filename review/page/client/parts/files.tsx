/** The files of a run: a look at those that can be read, and all to download. */
import { useEffect, useState } from 'preact/hooks';
import type { RunView } from '../../api.js';
import { parseCsv } from '../csv.js';
import { bytes } from '../format.js';
import { API } from '../load.js';

/** Larger ones are for a program. */
const MOST_BYTES = 1_000_000;
const MOST_LINES = 200;

const extension = (path: string): string => /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
const PICTURES = new Set(['svg', 'png', 'jpg']);
const TEXTS = new Set(['csv', 'tsv', 'json', 'jsonl', 'txt', 'yaml', 'yml', 'md', 'py', 'mjs', 'js']);

const hasPreview = (path: string, size: number | null): boolean =>
  (size ?? 0) <= MOST_BYTES &&
  (PICTURES.has(extension(path)) || TEXTS.has(extension(path)) || path.endsWith('MLmodel'));

export function Files({ run }: { run: RunView }) {
  const { runId, files, filesTrouble } = run;
  const [shown, setShown] = useState<string>();
  const address = (path: string): string =>
    `${API}/runs/${encodeURIComponent(runId)}/file?path=${encodeURIComponent(path)}`;
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      {filesTrouble !== null && <p class="warning">They can't be listed: {filesTrouble}</p>}
      {files.length === 0 && filesTrouble === null && <p class="note">This run has none.</p>}
      <ul class="files">
        {files.map(({ path, bytes: size }) => (
          <li key={path}>
            {hasPreview(path, size) ? (
              <button
                type="button"
                class="link"
                aria-expanded={shown === path}
                onClick={() => setShown(shown === path ? undefined : path)}
              >
                {path}
              </button>
            ) : (
              <span>{path}</span>
            )}
            <span class="soft">{bytes(size)}</span>
            <a href={address(path)} download>
              Download<span class="hidden"> {path}</span>
            </a>
            {shown === path && <Preview path={path} href={address(path)} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Preview({ path, href }: { path: string; href: string }) {
  const [text, setText] = useState<string>();
  const kind = extension(path);
  const isPicture = PICTURES.has(kind);
  useEffect(() => {
    if (isPicture) return;
    const leaving = new AbortController();
    fetch(href, { signal: leaving.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`The server answered ${response.status}.`);
        setText(await response.text());
      })
      .catch((error: Error) => !leaving.signal.aborted && setText(`It can't be shown: ${error.message}`));
    return () => leaving.abort();
  }, [href, isPicture]);
  if (isPicture) return <img class="preview" src={href} alt={path} />;
  if (text === undefined) return <p class="note">Loading…</p>;
  if (kind === 'csv' || kind === 'tsv')
    return <Sheet rows={parseCsv(text, kind === 'tsv' ? '\t' : ',', MOST_LINES)} />;
  return <pre class="preview">{kind === 'json' ? indented(text) : text}</pre>;
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Sheet({ rows: [head = [], ...rows] }: { rows: readonly (readonly string[])[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section class="preview" tabIndex={0} aria-label="Table">
      <table class="plain">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, i) => (
            <tr key={i}>
              {cells.map((cell, j) => (
                <td key={j}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length >= MOST_LINES - 1 && (
        <p class="note">The first {MOST_LINES} lines; download it for all.</p>
      )}
    </section>
  );
}
