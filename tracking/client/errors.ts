/** What goes wrong between a client and its tracking server. */

/** The server answered with an error, or could not be reached (then `status` is 0). */
export class TrackingError extends Error {
  override readonly name = 'TrackingError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** MLflow's code, such as RESOURCE_DOES_NOT_EXIST; UNREACHABLE when there was no answer. */
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.errorCode = errorCode;
  }
}

/**
 * Whether the fault lies with the server, the way to it, or its credentials, and not with what was asked: the same call may
 * well succeed later. 501 says that it never will.
 */
export const isTrouble = (error: unknown): error is TrackingError =>
  error instanceof TrackingError &&
  (error.errorCode === 'UNREACHABLE' ||
    error.errorCode === 'BAD_ANSWER' ||
    [401, 403, 408, 429].includes(error.status) ||
    (error.status >= 500 && error.status !== 501));

/** Whether the server says that the thing asked for is not there. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof TrackingError && error.errorCode === 'RESOURCE_DOES_NOT_EXIST';

/** Whether the server is one without this request: it answers with a page of its own, or says so. */
export const isUnknownEndpoint = (error: unknown): boolean =>
  error instanceof TrackingError && error.status === 404 && error.errorCode !== 'RESOURCE_DOES_NOT_EXIST';

/** Whether the server says that the name is taken. */
export const isAlreadyThere = (error: unknown): boolean =>
  error instanceof TrackingError && error.errorCode === 'RESOURCE_ALREADY_EXISTS';
