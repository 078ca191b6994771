/** Every error a client can see, as MLflow words them: HTTP status, code, message. */
import type { RefusalReason } from '../http/index.js';

const STATUS = {
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
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

/** The code of a request that is turned away before it is understood. */
export const REFUSED: Readonly<Record<RefusalReason, keyof typeof STATUS>> = {
  host: 'PERMISSION_DENIED',
  origin: 'PERMISSION_DENIED',
  credentials: 'UNAUTHENTICATED',
  'too-large': 'REQUEST_LIMIT_EXCEEDED',
  'broke-off': 'BAD_REQUEST',
};

export const badRequest = (message: string): ScoringError => new ScoringError('BAD_REQUEST', message);
