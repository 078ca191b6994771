/**
 * Every error a client of the tracking server can see: a stable code, its HTTP status, and constructors
 * for the messages that several routes share. Codes and wording are MLflow's, since clients branch on them.
 */
export const ERROR_STATUS = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  /** 500 in MLflow, whose clients then try again what cannot change. */
  INVALID_STATE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  ENDPOINT_NOT_FOUND: 404,
  RESOURCE_DOES_NOT_EXIST: 404,
  METHOD_NOT_ALLOWED: 405,
  REQUEST_TOO_LARGE: 413,
  RANGE_NOT_SATISFIABLE: 416,
  INTERNAL_ERROR: 500,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** An error that travels to the client as `{error_code, message}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  /** Headers that belong to such an answer. */
  readonly headers: Record<string, string>;

  constructor(code: ErrorCode, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }

  get status(): (typeof ERROR_STATUS)[ErrorCode] {
    return ERROR_STATUS[this.code];
  }
}

/** The request asks for something that a rule of the API forbids. */
export const invalid = (message: string): ApiError => new ApiError('INVALID_PARAMETER_VALUE', message);

/** The thing asked for is not there. */
export const notFound = (message: string): ApiError => new ApiError('RESOURCE_DOES_NOT_EXIST', message);

/** The name is taken. */
export const alreadyExists = (message: string): ApiError => new ApiError('RESOURCE_ALREADY_EXISTS', message);

/**
 * A value of a request as JSON.
 *
 * @throws ApiError BAD_REQUEST for one with so many levels that writing it runs out of stack; reading it does not.
 */
export function asJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new ApiError('BAD_REQUEST', 'The request is nested too deeply');
  }
}

/** MLflow's sentence for a value that breaks a rule: the value as JSON, where it stood, and the rule. */
export const invalidValue = (path: string, value: unknown, rule?: string): ApiError =>
  invalid(
    `Invalid value ${JSON.stringify(value)} for parameter '${path}' supplied${rule ? `: ${rule}` : '.'}`,
  );

/** MLflow's sentence for a required parameter that is absent or empty. */
export const missingParameter = (path: string): ApiError =>
  invalid(
    `Missing value for required parameter '${path}'. See the API docs for more information about request parameters.`,
  );
