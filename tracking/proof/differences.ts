/**
 * Where the Python scenario's answers differ from the real server's, each with the reason. The same list stands, in
 * words, in tracking/README.md.
 */

/** Fields that only MLflow's answers have; the rest of those answers is compared. */
export const FIELDS: ReadonlyMap<string, string> = new Map([
  ['workspace', 'MLflow names the workspace of an experiment; there are no workspaces here.'],
]);

const NO_RETRY =
  "MLflow answers 500, which its clients try again; here it is a mistake of the request's, 400.";

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
    'refused: rename a deleted one',
    {
      reason: NO_RETRY,
      ours: {
        error: 'INVALID_STATE',
        message: 'INVALID_STATE: Cannot rename a non-active experiment.',
      },
    },
  ],
  [
    "refused: bad order ['metrics.f1', 'metrics.f1']",
    {
      reason: NO_RETRY,
      ours: {
        error: 'INVALID_PARAMETER_VALUE',
        message:
          "INVALID_PARAMETER_VALUE: `order_by` contains duplicate fields: ['metrics.f1', 'metrics.f1']",
      },
    },
  ],
  [
    'refused: archive on no active stage',
    {
      reason: NO_RETRY,
      ours: {
        error: 'INVALID_PARAMETER_VALUE',
        message:
          "INVALID_PARAMETER_VALUE: Model version transition cannot archive existing model versions because 'None' is not an Active stage. Valid stages are ['Staging', 'Production']",
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
