/** What may stand at a place of a search space, as its JSON Schema says. Knows the block and flow style of YAML, one line of the latter. */

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

export interface Candidate {
  readonly label: string;
  readonly kind: 'key' | 'value';
  readonly info: string;
  /** What is written in its place. */
  readonly text: string;
}

export interface Completion {
  /** Where what has been typed of it begins. */
  readonly from: number;
  readonly candidates: readonly Candidate[];
}

/** @param at - Place in the text, from 0. */
export function completionAt(text: string, at: number, schema: Schema): Completion | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const before = text.slice(start, at);
  if (/(^|\s)#/.test(before)) return undefined;
  const lines = text.slice(0, start).split('\n').slice(0, -1);
  const { path, key, typed, flow } = placeIn(before);
  const above = parents(lines, indentOf(before));
  const from = at - typed.length;
  const owner = [...above, ...path];
  if (key !== undefined) {
    const found = variants(schemaAt(schema, [...owner, key]));
    const values = [...new Set(found.flatMap(valuesOf))];
    return candidatesOrNone(
      from,
      values.map((label) => ({ label, kind: 'value', info: '', text: label })),
    );
  }
  const present = new Set(
    flow ? keysInFlow(before) : siblings(text.split('\n'), lines.length, indentOf(before)),
  );
  const properties = Object.assign(
    {},
    ...variants(schemaAt(schema, owner)).map((one) => one.properties ?? {}),
  ) as Record<string, Schema>;
  return candidatesOrNone(
    from,
    Object.entries(properties)
      .filter(([name]) => !present.has(name))
      .map(([name, one]) => ({ label: name, kind: 'key', info: infoOf(one), text: `${name}: ` })),
  );
}

const candidatesOrNone = (from: number, candidates: Candidate[]): Completion | undefined =>
  candidates.length === 0 ? undefined : { from, candidates };

function infoOf({ description = '', default: usual }: Schema): string {
  const simple = usual !== undefined && typeof usual !== 'object';
  return [description, ...(simple ? [`Default: ${String(usual)}.`] : [])].join(' ');
}

const indentOf = (line: string): number => /^ */.exec(line)![0].length;
const KEY = /^ *([\w-]+) *:/;

/** What the line says of the place at its end: the flow mappings that are open, the key whose value it is, what has been typed. */
function placeIn(before: string): { path: string[]; key: string | undefined; typed: string; flow: boolean } {
  const path: string[] = [];
  let flow = false;
  let rest = before;
  for (;;) {
    // A key with a value behind it, and perhaps a mapping or a list that opens there.
    const found = /^[\s{]*([\w-]+)\s*:(?=\s|$)\s*/.exec(rest);
    if (found === null) return { path, key: undefined, typed: /[\w-]*$/.exec(rest)![0], flow };
    const value = rest.slice(found[0].length);
    if (value.startsWith('{')) {
      const end = closing(value);
      if (end === undefined) {
        path.push(found[1]!);
        flow = true;
        rest = value.slice(1);
        continue;
      }
      rest = value.slice(end + 1).replace(/^\s*,/, '');
      continue;
    }
    const end = flow ? endOfValue(value) : undefined;
    if (end === undefined) return { path, key: found[1], typed: /[^\s,[]*$/.exec(value)![0], flow };
    rest = value.slice(end + 1);
  }
}

/** Where the mapping that opens the text is closed. */
function closing(text: string): number | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return undefined;
}

/** Where a value of a flow mapping ends: at a comma that is in no list. */
function endOfValue(text: string): number | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']') depth--;
    else if (text[i] === ',' && depth === 0) return i;
  }
  return undefined;
}

/** Keys of the mapping that is open: of what it holds, those that are closed already count for nothing. */
function keysInFlow(before: string): string[] {
  let open = before;
  for (let before = ''; before !== open; ) {
    before = open;
    open = open.replace(/\{[^{}]*\}/g, '');
  }
  return [...open.slice(open.lastIndexOf('{') + 1).matchAll(/([\w-]+)\s*:/g)].map(([, key]) => key!);
}

/** Keys of the blocks that a line of such an indent is in, the outermost first. */
function parents(lines: readonly string[], indent: number): string[] {
  const found: string[] = [];
  let least = indent;
  for (let i = lines.length - 1; i >= 0 && least > 0; i--) {
    const line = lines[i]!;
    const key = KEY.exec(line)?.[1];
    if (key === undefined || indentOf(line) >= least) continue;
    least = indentOf(line);
    found.unshift(key);
  }
  return found;
}

/** Keys of the block that a line is in, above it and below. */
function siblings(lines: readonly string[], row: number, indent: number): string[] {
  const found: string[] = [];
  for (const step of [-1, 1]) {
    for (let i = row + step; i >= 0 && i < lines.length; i += step) {
      const line = lines[i]!;
      if (line.trim() === '' || indentOf(line) > indent) continue;
      if (indentOf(line) < indent) break;
      const key = KEY.exec(line)?.[1];
      if (key !== undefined) found.push(key);
    }
  }
  return found;
}

const variants = (schema: Schema | undefined): Schema[] =>
  schema === undefined ? [] : [schema, ...(schema.anyOf ?? []).flatMap(variants)];

function schemaAt(schema: Schema, path: readonly string[]): Schema | undefined {
  let now: Schema | undefined = schema;
  for (const key of path)
    now = variants(now)
      .map(({ properties }) => properties?.[key])
      .find((one) => one !== undefined);
  return now;
}

function valuesOf({ enum: choices, type, items, default: usual }: Schema): string[] {
  if (choices !== undefined) return choices.map(String);
  if (type === 'boolean') return ['true', 'false'];
  if (items !== undefined) return variants(items).flatMap(valuesOf);
  return ['string', 'number', 'boolean'].includes(typeof usual) ? [String(usual)] : [];
}
