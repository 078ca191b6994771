/**
 * The language of constraints: the Common Expression Language (https://cel.dev), without what could keep an orchestrator busy.
 * A text may come from anybody who may submit, and is evaluated for every configuration.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';

/** What a parameter's values are. */
export type ValueType = 'double' | 'string' | 'bool';

/** Model kind → parameter → what its values are. */
export type Variables = Readonly<Record<string, Readonly<Record<string, ValueType>>>>;

/** Functions that cost no more than the text they read: no regular expressions, and nothing that repeats an expression. */
const FUNCTIONS: readonly string[] = [
  'size',
  'startsWith',
  'endsWith',
  'contains',
  'int',
  'double',
  'string',
  'has',
];

const MIXED: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/**
 * An environment in which each kind is a map of its parameters. All their numbers are real ones, and go with whole ones, which
 * CEL by itself keeps apart: `lstm.dropout * 2` would be refused, and `lstm.units / 3` cut.
 */
export function environmentOf(variables: Variables): Environment {
  const environment = new Environment({ limits: { maxAstNodes: 500, maxDepth: 30, maxListElements: 100 } });
  for (const [sign, calculate] of Object.entries(MIXED)) {
    const mixed = (a: number | bigint, b: number | bigint): number => calculate(Number(a), Number(b));
    for (const types of [`double ${sign} int`, `int ${sign} double`])
      environment.registerOperator(types, mixed);
  }
  environment.registerOperator('double % double', MIXED['%']!);
  environment.registerOperator('double == int', (a: number, b: bigint) => a === Number(b));
  environment.registerOperator('double in list<int>', (a: number, list: Iterable<bigint>) =>
    [...list].some((one) => Number(one) === a),
  );
  for (const [kind, schema] of Object.entries(variables))
    environment.registerVariable(kind, { schema: { ...schema } });
  return environment;
}

/** What a text names. */
export interface Names {
  /** Variable → the fields of it that are read. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  /** A variable that is read as a whole. */
  readonly whole: ASTNode | undefined;
  /** A call that constraints have no use for. */
  readonly refused: ASTNode | undefined;
}

export function namesIn(root: ASTNode): Names {
  const fields = new Map<string, Set<string>>();
  let whole: ASTNode | undefined;
  let refused: ASTNode | undefined;
  const visit = (node: ASTNode): void => {
    if (node.op === '.' && node.args[0].op === 'id') {
      const [{ args: variable }, field] = node.args;
      fields.set(variable, (fields.get(variable) ?? new Set()).add(field));
      return;
    }
    if (node.op === 'id') whole ??= node;
    if ((node.op === 'call' || node.op === 'rcall') && !FUNCTIONS.includes(node.args[0])) refused ??= node;
    for (const inside of [node.args].flat(3)) if (isNode(inside)) visit(inside);
  };
  visit(root);
  return { fields, whole, refused };
}

const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
