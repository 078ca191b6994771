/** A search space written, checked while it is written, and queued. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import '../styles/submit.css';
import type { CheckedSpace, SearchSpaces, SubmittedSpace } from '../../api.js';
import type { Schema } from '../completion.js';
import { counted, duration } from '../format.js';
import { API, ask, change, useLoaded } from '../load.js';
import type { EditorProps } from '../parts/editor.js';
import { tell } from '../parts/notice.js';
import { Plan } from '../parts/plan.js';
import { Trouble, Waiting } from '../parts/states.js';
import { go, place } from '../router.js';

/** A pause in typing after which what was written is checked, ms. */
const PAUSE_MS = 500;
const DRAFT = 'gridsearch.draft';
const MOST_SHOWN = 20;

export function Submit() {
  document.title = 'Submit · gridsearch';
  const { value, error, again } = useLoaded<SearchSpaces>('/search-spaces');
  if (value === undefined)
    return error === undefined ? <Waiting /> : <Trouble message={error} again={again} />;
  return <Form spaces={value} />;
}

interface Draft {
  readonly name: string;
  readonly text: string;
}

/** What was being written before the page was loaded anew, or the first example. */
function firstDraft({ examples }: SearchSpaces): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(DRAFT) ?? '') as Draft;
    if (typeof kept.name === 'string' && typeof kept.text === 'string') return kept;
  } catch {
    // None was kept.
  }
  return examples.find(({ name }) => name === 'quickstart.yaml') ?? { name: 'search-space.yaml', text: '' };
}

function Form({ spaces }: { spaces: SearchSpaces }) {
  const from = place.value.query.get('from');
  const [draft, setDraft] = useState(() => firstDraft(spaces));
  const [turn, setTurn] = useState(0);
  const [checked, check] = useChecked(draft);
  const [fresh, setFresh] = useState(false);
  const [busy, setBusy] = useState(false);
  const key = useRef(newKey());
  const take = (next: Draft): void => {
    setDraft(next);
    key.current = newKey();
    sessionStorage.setItem(DRAFT, JSON.stringify(next));
  };
  /** What does not come out of the editor. */
  const bring = (next: Draft): void => {
    take(next);
    setTurn((before) => before + 1);
  };
  useEffect(() => {
    if (from === null) return;
    spaceOf(from).then(bring, (error: Error) => tell(error.message, true));
  }, [from]);
  const open = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) bring({ name: file.name, text: await file.text() });
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      const answer = await change<SubmittedSpace>('/searches', { ...draft, fresh, key: key.current });
      if (answer.searchId === null) {
        check(answer.checked);
        tell(answer.message, true);
        return;
      }
      sessionStorage.removeItem(DRAFT);
      go(`/searches/${encodeURIComponent(answer.searchId)}`);
      tell(answer.message);
    } catch (error) {
      tell((error as Error).message, true);
    } finally {
      setBusy(false);
    }
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file may be dropped anywhere; the button beside does the same
    <div
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        if (!event.dataTransfer?.files.length) return;
        event.preventDefault();
        void open(event.dataTransfer.files[0]);
      }}
    >
      <h1>Submit a search</h1>
      <p class="note">
        Write, paste or drop a search space. It is checked, with its data, as{' '}
        <code>npx gridsearch submit</code> checks it; data files are found from the folder that gridsearch
        runs in.
      </p>
      <p class="fields">
        <label>
          <span>Start from</span>{' '}
          <select
            value=""
            onChange={({ currentTarget }) => {
              const found = spaces.examples.find(({ name }) => name === currentTarget.value);
              if (found !== undefined) bring(found);
              currentTarget.value = '';
            }}
          >
            <option value="">an example…</option>
            {spaces.examples.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>or a file</span>{' '}
          <input
            type="file"
            accept=".yaml,.yml"
            onChange={({ currentTarget }) => void open(currentTarget.files?.[0])}
          />
        </label>
      </p>
      <LazyEditor
        text={draft.text}
        turn={turn}
        issues={checked?.issues ?? []}
        schema={spaces.schema as Schema}
        onText={(text) => take({ ...draft, text })}
      />
      <Verdict checked={checked} />
      <div class="fields">
        <button
          type="button"
          disabled={busy || checked === undefined || checked.issues.length > 0}
          onClick={submit}
        >
          {busy ? 'Submitting…' : 'Submit'}
        </button>
        <label title="What earlier searches have finished is taken over otherwise, with the same numbers.">
          <input
            type="checkbox"
            checked={fresh}
            onChange={({ currentTarget }) => {
              setFresh(currentTarget.checked);
              key.current = newKey();
            }}
          />{' '}
          Train everything afresh
        </label>
        <Plan
          draft={draft}
          disabled={checked === undefined || checked.issues.length > 0}
          onIssues={(issues) => check({ issues, size: null, warnings: [] })}
        />
      </div>
    </div>
  );
}

/** A submission that is sent twice is carried out once. */
const newKey = (): string => crypto.randomUUID();

/** What the server says of the draft; undefined while it is asked. */
function useChecked(draft: Draft): [CheckedSpace | undefined, (answer: CheckedSpace) => void] {
  const [known, setKnown] = useState<{ of: Draft; answer: CheckedSpace }>();
  useEffect(() => {
    const leaving = new AbortController();
    const timer = setTimeout(() => {
      ask<CheckedSpace>('/searches/check', leaving.signal, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(draft),
      }).then(
        (answer) => setKnown({ of: draft, answer }),
        ({ message }: Error) => {
          if (leaving.signal.aborted) return;
          const issue = { line: 0, column: 0, path: '', message };
          setKnown({ of: draft, answer: { issues: [issue], size: null, warnings: [] } });
        },
      );
    }, PAUSE_MS);
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [draft.text, draft.name]);
  const isOf = known?.of.text === draft.text && known.of.name === draft.name;
  return [isOf ? known.answer : undefined, (answer) => setKnown({ of: draft, answer })];
}

/** The search space of an earlier search, to be changed and submitted again. */
async function spaceOf(parentRunId: string): Promise<Draft> {
  const path = `/runs/${encodeURIComponent(parentRunId)}/file?path=search-space.yaml`;
  const response = await fetch(API + path);
  if (!response.ok) throw new Error('The search space of that search can’t be read.');
  return { name: 'search-space.yaml', text: await response.text() };
}

function Verdict({ checked }: { checked: CheckedSpace | undefined }) {
  return (
    <div class="checked" role="status" aria-live="polite">
      {checked === undefined && <p class="note">Checking…</p>}
      {checked?.size && (
        <p>
          {counted(checked.size.configurations, 'configuration')} × {counted(checked.size.folds, 'fold')}, and
          a refit of the winner: about {duration(checked.size.seconds * 1000)} of training on one core.
          {checked.size.removed !== null &&
            ` Constraints removed ${counted(checked.size.removed, 'configuration')}.`}
          {checked.size.held !== null &&
            checked.size.held > 0 &&
            ` Earlier searches hold ${checked.size.held} of ${counted(checked.size.configurations * checked.size.folds, 'fold')}, which are not trained again.`}
        </p>
      )}
      {checked?.warnings.map((warning) => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
      {checked !== undefined && checked.issues.length > 0 && (
        <ul class="issues">
          {checked.issues.slice(0, MOST_SHOWN).map(({ line, column, path, message }) => (
            <li key={`${line}:${column}:${path}`} class="bad">
              {line > 0 && `Line ${line}, column ${column}: `}
              {path !== '' && <code>{path}</code>} {message}
            </li>
          ))}
          {checked.issues.length > MOST_SHOWN && <li>and {checked.issues.length - MOST_SHOWN} more</li>}
        </ul>
      )}
    </div>
  );
}

/** The editor is large: it is fetched here and nowhere else. Where it can't be, plain text does. */
function LazyEditor(props: EditorProps) {
  const [Editor, setEditor] = useState<(props: EditorProps) => preact.JSX.Element>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    import('../parts/editor.js').then(
      ({ default: loaded }) => setEditor(() => loaded),
      () => setFailed(true),
    );
  }, []);
  const lines = useMemo(() => props.text.split('\n').length, [props.text]);
  if (Editor !== undefined) return <Editor {...props} />;
  if (!failed) return <Waiting rows={10} />;
  return (
    <textarea
      class="editor"
      aria-label="Search space (YAML)"
      rows={Math.max(12, lines)}
      spellcheck={false}
      value={props.text}
      onInput={({ currentTarget }) => props.onText(currentTarget.value)}
    />
  );
}
