/**
 * Where the Python scenario's answers differ from the real server's, each with the reason. The same list stands, in
 * words, in tracking/README.md.
 */

/** Fields that only MLflow's answers have; the rest of those answers is compared. */
export const FIELDS: ReadonlyMap<string, string> = new Map([
  ['workspace', 'MLflow names the workspace of an experiment; there are no workspaces here.'],
]);

interface OtherAnswer {
  readonly reason: string;
  /** What is answered here, beside the step's name. */
  readonly ours: Readonly<Record<string, unknown>>;
}

/** Steps that are answered otherwise here, and how. */
export const STEPS: ReadonlyMap<string, OtherAnswer> = new Map([
  [
    'refused: bad filter metrics.f1 > 0.5 AND',
    {
      reason: 'MLflow overlooks an AND with nothing after it; here it is refused.',
      ours: {
        error: 'INVALID_PARAMETER_VALUE',
        message: "INVALID_PARAMETER_VALUE: Invalid clause(s) in filter string: 'AND'",
      },
    },
  ],
  [
    'refused: a location that climbs',
    {
      reason: 'MLflow stores an artifact location with .. in it; here it is refused.',
      ours: {
        error: 'INVALID_PARAMETER_VALUE',
        message: "INVALID_PARAMETER_VALUE: Invalid artifact location: 'mlflow-artifacts:/../../x'",
      },
    },
  ],
  [
    'no such endpoint',
    {
      reason: 'MLflow answers an unknown path with an HTML page; here it is an error body like all others.',
      ours: { status: 404, answer: { error_code: 'ENDPOINT_NOT_FOUND', message: 'Not Found' } },
    },
  ],
  [
    'method that is not there',
    {
      reason: 'As with an unknown path.',
      ours: { status: 405, answer: { error_code: 'METHOD_NOT_ALLOWED', message: 'Method Not Allowed' } },
    },
  ],
  [
    "refused: a logged model's param again",
    {
      reason: "MLflow hands on the database's words; the code is the same.",
      ours: { error: 'BAD_REQUEST', message: "BAD_REQUEST: The logged model's param 'p' is already set." },
    },
  ],
]);
