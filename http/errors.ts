/** Why a request is turned away. What it is answered with is for the protocol of each server to say, in its `onError`. */
export type RefusalReason =
  /** It names a host that this server is not. */
  | 'host'
  /** A page of another site made it. */
  | 'origin'
  /** It lacks the token or the password that the server asks for. */
  | 'credentials'
  /** Its body is longer than the server takes. */
  | 'too-large'
  /** The client went away in the middle: nobody reads the answer. */
  | 'broke-off';

/** Thrown by the gate and by whoever reads a body; `message` is a sentence without its full stop. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
  }
}
