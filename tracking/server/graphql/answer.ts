/** Answers a GraphQL query out of the REST endpoints' own answers. */
import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  getNullableType,
  isListType,
  isScalarType,
  parse,
  validate,
} from 'graphql';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { optional, readRequest, required, text } from '../requests.js';
import { checkBounds, MOST_TOKENS } from './bounds.js';
import { schema } from './schema.js';

/** A REST endpoint, by its path beneath the API's prefix. */
export type Ask = (path: string, fields: Json) => unknown;
type Json = Record<string, unknown>;

const request = z.object({
  query: required,
  variables: optional(z.record(z.string(), z.unknown())),
  operationName: optional(text),
});

const ENDPOINTS: Readonly<Record<string, string>> = {
  mlflowGetExperiment: 'mlflow/experiments/get',
  mlflowGetMetricHistoryBulkInterval: 'mlflow/metrics/get-history-bulk-interval',
  mlflowGetRun: 'mlflow/runs/get',
  mlflowListArtifacts: 'mlflow/artifacts/list',
  mlflowSearchDatasets: 'mlflow/experiments/search-datasets',
  mlflowSearchModelVersions: 'mlflow/model-versions/search',
  mlflowSearchRuns: 'mlflow/runs/search',
};

/** As MLflow answers: 200 and `errors` as plain texts, whatever is wrong with the query. */
export async function answerGraphql(
  fields: unknown,
  ask: Ask,
): Promise<{ data: unknown; errors: string[] | null }> {
  const { query, variables, operationName } = readRequest(request, fields);
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: MOST_TOKENS, noLocation: true });
    checkBounds(document);
  } catch (error) {
    if (error instanceof GraphQLError) return failed([error]);
    // The parser goes one level of the stack down with each brace.
    if (error instanceof RangeError) return failed([{ message: 'The query is nested too deeply' }]);
    throw error;
  }
  const mistakes = validate(schema, document, undefined, { maxErrors: 10 });
  if (mistakes.length > 0) return failed(mistakes);

  const result = await execute({
    schema,
    document,
    fieldResolver: fieldResolver(ask),
    ...(variables ? { variableValues: variables } : {}),
    ...(operationName ? { operationName } : {}),
  });
  for (const { originalError } of result.errors ?? []) {
    if (originalError && !(originalError instanceof ApiError || originalError instanceof GraphQLError)) {
      throw originalError;
    }
  }
  return { data: result.data ?? null, errors: result.errors?.map(({ message }) => message) ?? null };
}

const failed = (errors: readonly { message: string }[]) => ({
  data: null,
  errors: errors.map(({ message }) => message),
});

/** Fields of the REST answer under their camelCase name; the few that it has not are asked for. */
const fieldResolver =
  (ask: Ask): GraphQLFieldResolver<Json | undefined, undefined> =>
  (source = {}, args, _context, { fieldName, parentType, returnType }) => {
    if (parentType.name === 'Query' || parentType.name === 'Mutation') {
      const endpoint = ENDPOINTS[fieldName];
      if (endpoint === undefined) return { output: args.inputString };
      return ask(endpoint, snakeKeys((args.input ?? {}) as Json));
    }
    if (parentType.name === 'MlflowRunExtension') {
      const info = source.info as Json;
      if (fieldName === 'experiment') {
        return (ask(ENDPOINTS.mlflowGetExperiment as string, { experiment_id: info.experiment_id }) as Json)
          .experiment;
      }
      if (fieldName === 'modelVersions') {
        const filter = `run_id = '${info.run_id}'`;
        return (ask(ENDPOINTS.mlflowSearchModelVersions as string, { filter }) as Json).model_versions ?? [];
      }
    }
    const value = source[snake(fieldName)];
    // GraphQL's numbers know no NaN.
    if (value === 'NaN' && fieldName === 'value' && 'timestamp' in source) return null;
    return value ?? absent(getNullableType(returnType), fieldName);
  };

/** REST leaves out what is empty. A protocol buffer has a value for it, and so have MLflow's answers. */
function absent(type: ReturnType<typeof getNullableType>, fieldName: string): unknown {
  if (isListType(type)) return [];
  if (isScalarType(type)) return EMPTY[type.name];
  return fieldName === 'apiError' ? null : {};
}
const EMPTY: Readonly<Record<string, unknown>> = {
  String: '',
  LongString: '0',
  Boolean: false,
  Float: 0,
  Int: 0,
};

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const snakeKeys = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [snake(key), value]));
