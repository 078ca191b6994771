/** An editor for search spaces: completion from the schema, and what is wrong at its line. Loaded when it is needed. */
import { autocompletion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'preact/hooks';
import type { CheckedSpace } from '../../api.js';
import { completionAt, type Schema } from '../completion.js';

export interface EditorProps {
  /** What it begins with, and what it is given anew whenever `turn` changes: while somebody types, the text here is behind. */
  readonly text: string;
  readonly turn: number;
  readonly issues: CheckedSpace['issues'];
  readonly schema: Schema;
  readonly onText: (text: string) => void;
}

const LOOK = EditorView.theme({
  '&': {
    color: 'var(--ink)',
    backgroundColor: 'var(--paper)',
    border: '1px solid var(--soft)',
    borderRadius: '4px',
    fontSize: '13px',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-content': { caretColor: 'var(--ink)', minHeight: '280px', padding: '8px 0' },
  '.cm-scroller': {
    fontFamily: 'ui-monospace, monospace',
    lineHeight: '1.5',
    maxHeight: '60vh',
    overflow: 'auto',
  },
  '.cm-gutters': { backgroundColor: 'var(--tint)', color: 'var(--soft)', border: '0' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-tint) 50%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-tint)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--paper)', color: 'var(--ink)', border: '1px solid var(--soft)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--paper)',
  },
  '.cm-completionInfo': { maxWidth: '320px' },
  '.cm-diagnostic': { fontFamily: 'system-ui, sans-serif' },
});

/** Those of the page, which change with its theme. */
const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--soft)', fontStyle: 'italic' },
]);

export default function Editor({ text, turn, issues, schema, onText }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | undefined>(undefined);
  const told = useRef(onText);
  told.current = onText;
  useEffect(() => {
    // Inside a shadow root its style sheets are objects: the page's Content-Security-Policy allows no style elements.
    const root = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: 'open' });
    const complete = ({ state, pos, explicit }: CompletionContext) => {
      const found = completionAt(state.doc.toString(), pos, schema);
      if (found === undefined || (!explicit && found.from === pos)) return null;
      const options = found.candidates.map(({ label, kind, info, text: apply }) => ({
        label,
        apply,
        type: kind === 'key' ? 'property' : 'enum',
        ...(info !== '' && { info }),
      }));
      return { from: found.from, options, validFor: /^[\w-]*$/ };
    };
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          highlightActiveLine(),
          lintGutter(),
          yaml(),
          syntaxHighlighting(COLOURS),
          autocompletion({ override: [complete], icons: false }),
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
          LOOK,
          EditorView.contentAttributes.of({ 'aria-label': 'Search space (YAML)', tabindex: '0' }),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) told.current(state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
  }, [schema]);
  useEffect(() => {
    const view = editor.current;
    if (view === undefined || view.state.doc.toString() === text) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
  }, [turn]);
  useEffect(() => {
    const view = editor.current;
    if (view === undefined) return;
    view.dispatch(
      setDiagnostics(
        view.state,
        issues.flatMap((issue) => diagnosticOf(view, issue)),
      ),
    );
  }, [issues]);
  return <div ref={host} data-editor class="editor" />;
}

function diagnosticOf(
  { state: { doc } }: EditorView,
  { line, column, path, message }: CheckedSpace['issues'][number],
): Diagnostic[] {
  if (line < 1 || line > doc.lines) return [];
  const { from, to } = doc.line(line);
  const start = Math.min(from + column - 1, to);
  return [{ from: start, to, severity: 'error', message: path === '' ? message : `${path}: ${message}` }];
}
