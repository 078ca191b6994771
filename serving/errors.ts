/** Every error a client can see, as MLflow words them: HTTP status, code, message. */

const STATUS = {
  BAD_REQUEST: 400,
  PERMISSION_DENIED: 403,
  ENDPOINT_NOT_FOUND: 404,
  REQUEST_LIMIT_EXCEEDED: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INTERNAL_ERROR: 500,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

/** A request that is answered with `{error_code, message}`. */
export class ScoringError extends Error {
  override readonly name = 'ScoringError';
  readonly status: (typeof STATUS)[keyof typeof STATUS];

  constructor(
    readonly code: keyof typeof STATUS,
    message: string,
  ) {
    super(message);
    this.status = STATUS[code];
  }
}

export const badRequest = (message: string): ScoringError => new ScoringError('BAD_REQUEST', message);
