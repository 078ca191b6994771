/** YAML text to a plain value, with the place of every field; refuses what a search space never needs. */

import type { Document, Node, Pair, YAMLError } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Finding, Path, Position } from './issues.js';
import { formatPath } from './issues.js';

/** Sequences and mappings inside one another; a search space needs five. */
const MAX_DEPTH = 16;
/** Values after aliases are followed. Ten aliases of ten aliases, nine levels deep, would be a billion. */
const MAX_VALUES = 50_000;

export interface Outline {
  /** The document as plain data; mappings have no prototype, so `__proto__` is a key like any other. */
  readonly value: unknown;
  /** Where each value stands, by formatted path. */
  readonly values: ReadonlyMap<string, Position>;
  /** Where each key stands. */
  readonly keys: ReadonlyMap<string, Position>;
  /** Troubles of YAML itself; when there are some, the value is not worth looking at. */
  readonly findings: readonly LocatedFinding[];
}

/** A finding that knows its place already: syntax errors belong to no field. */
export interface LocatedFinding extends Finding {
  readonly position: Position;
}

/** Reads YAML 1.2 text. Never throws: what is wrong is in the findings. */
export function readDocument(text: string): Outline {
  const lines = new LineCounter();
  const findings: LocatedFinding[] = [];
  const values = new Map<string, Position>();
  const keys = new Map<string, Position>();
  const positionAt = (offset: number | undefined): Position => {
    const { line, col } = lines.linePos(Math.max(0, offset ?? 0));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (offset: number | undefined, path: Path, what: string, remedy: string): undefined => {
    findings.push({ path, what, remedy, position: positionAt(offset) });
  };
  const outline = (value: unknown): Outline => ({ value, values, keys, findings });

  const document = compose(text, lines, refuse);
  if (document === undefined) return outline(undefined);

  let remaining = MAX_VALUES;
  const open = new Set<Node>();

  const visit = (node: Node | null | undefined, path: Path, at: Position): unknown => {
    if (remaining-- === 0)
      refuse(
        node?.range?.[0],
        path,
        `more than ${MAX_VALUES} values once aliases are followed`,
        'shorten it',
      );
    if (remaining < 0 || !node) return null;
    if (!values.has(formatPath(path))) values.set(formatPath(path), at);
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined)
        return refuse(node.range?.[0], path, `alias *${node.source} has no anchor`, 'define it above with &');
      return visit(target, path, at);
    }
    if (open.has(node))
      return refuse(node.range?.[0], path, 'an alias contains itself', 'write the value out');
    if (path.length > MAX_DEPTH)
      return refuse(node.range?.[0], path, `nested more than ${MAX_DEPTH} levels deep`, 'flatten it');
    if (hasForeignTag(node))
      return refuse(
        node.range?.[0],
        path,
        `unsupported tag ${node.tag}`,
        'remove the tag and write a plain value',
      );
    open.add(node);
    const value = visitInside(node, path);
    open.delete(node);
    return value;
  };

  const visitInside = (node: Node, path: Path): unknown => {
    if (isMap(node)) return visitMapping(node.items as Pair<Node, Node | null>[], path);
    if (isSeq(node))
      return node.items.map((item, index) => {
        const entry = item as Node;
        return visit(entry, [...path, index], positionAt(entry.range?.[0]));
      });
    if (!isScalar(node)) return null;
    // -0 and 0 are one point of a grid.
    return node.value === 0 ? 0 : node.value;
  };

  const visitMapping = (pairs: readonly Pair<Node, Node | null>[], path: Path): unknown => {
    const mapping: Record<string, unknown> = Object.create(null);
    for (const { key, value } of pairs) {
      if (remaining < 0) break;
      const offset = key?.range?.[0];
      if (!isScalar(key) || key.value === null || key.value === undefined) {
        refuse(offset, path, 'a key that is not a plain word', 'write `name: value`');
        continue;
      }
      const name = String(key.source ?? key.value);
      const inside = [...path, name];
      const place = positionAt(offset);
      if (name === '<<') {
        refuse(offset, path, 'merge key <<, which YAML 1.2 does not have', 'write the fields out');
      } else if (Object.hasOwn(mapping, name)) {
        const first = keys.get(formatPath(inside))?.line;
        refuse(
          offset,
          inside,
          `duplicate key ${JSON.stringify(name)}`,
          `it stands on line ${first} already: keep one`,
        );
      } else {
        keys.set(formatPath(inside), place);
        const missing = !value || (isScalar(value) && value.value === null && !value.source);
        mapping[name] = visit(value, inside, missing ? place : positionAt(value.range?.[0]));
      }
    }
    return mapping;
  };

  const contents = document.contents as Node | null;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return outline(refuse(0, [], 'the file is empty', 'start from search-spaces/quickstart.yaml'));
  if (!isMap(contents) && !isAlias(contents) && !hasForeignTag(contents))
    return outline(
      refuse(
        contents.range?.[0],
        [],
        `the file is ${isSeq(contents) ? 'a list' : 'a single value'}, not a mapping`,
        'start with `name: …` as search-spaces/quickstart.yaml does',
      ),
    );
  return outline(visit(contents, [], positionAt(contents.range?.[0])));
}

type Refuse = (offset: number | undefined, path: Path, what: string, remedy: string) => undefined;

/** The one document of the text, or `undefined` after its syntax errors were refused. */
function compose(text: string, lineCounter: LineCounter, refuse: Refuse): Document | undefined {
  let documents: Document[];
  try {
    // Unique keys are checked while walking: the parser's own check takes time squared in the number of keys.
    documents = [...parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false })];
  } catch (error) {
    // The composer is recursive, so a megabyte of `[` ends here.
    const deep = error instanceof RangeError;
    return refuse(
      0,
      [],
      deep ? 'nested too deeply to be read' : `not valid YAML: ${String(error)}`,
      'flatten it',
    );
  }
  const [document, second] = documents;
  if (document === undefined)
    return refuse(0, [], 'the file is empty', 'start from search-spaces/quickstart.yaml');
  // Only the first: what the parser says after it lost its way is noise.
  const error = documents.flatMap((one) => one.errors)[0];
  if (error !== undefined) return refuse(error.pos[0], [], ...explain(error, text));
  if (second !== undefined) {
    const offset = second.range?.[0] ?? document.range?.[2] ?? 0;
    return refuse(
      offset,
      [],
      `the file holds ${documents.length} YAML documents`,
      'keep one and remove the --- lines',
    );
  }
  const { version, explicit } = document.directives?.yaml ?? {};
  if (explicit && version !== '1.2')
    return refuse(0, [], `%YAML ${version}`, 'search spaces are YAML 1.2: remove the %YAML line');
  return document;
}

function explain(error: YAMLError, text: string): [what: string, remedy: string] {
  if (error.code === 'TAB_AS_INDENT' || /^[ ]*\t/.test(lineAround(text, error.pos[0])))
    return ['a tab is used for indentation', 'YAML allows spaces only: replace the tab'];
  // The composer is recursive, and some of its overflows come back as errors of the document.
  if (/call stack/.test(error.message)) return ['nested too deeply to be read', 'flatten it'];
  if (error.code === 'TAG_RESOLVE_FAILED')
    return [`unsupported tag: ${error.message}`, 'remove the tag and write a plain value'];
  return [`not valid YAML: ${error.message}`, 'correct the syntax here or just before'];
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? undefined : end);
}

const PLAIN_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Tags of other languages (`!!python/object`) would be silently read as text. */
function hasForeignTag(node: Node): node is Node & { tag: string } {
  return 'tag' in node && typeof node.tag === 'string' && !PLAIN_TAGS.has(node.tag);
}
