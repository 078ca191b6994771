/**
 * Signed envelopes. With `GRIDSEARCH_SECRET` set, what jobs carry and return travels as a text with its HMAC, bound to the job (whose
 * id begins with its search's), so that whoever can only write to Redis can neither have workers train what they like nor
 * forge a winner. The signature is checked before the text is parsed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** Environment variable with the secret that orchestrators, workers and commands of one installation share. */
export const SECRET = 'GRIDSEARCH_SECRET';

const envelope = z.strictObject({ sealed: z.string(), hmac: z.string() });

/** What lies in the queue is not signed with this process's secret. */
export class SealError extends Error {
  override readonly name = 'SealError';
  /** Whether it is signed at all, if with another secret: then somebody else may be able to read it. */
  readonly signed: boolean;

  constructor(signed: boolean, message: string) {
    super(message);
    this.signed = signed;
  }
}

type Part = 'data' | 'result';

const secretOf = (): string | undefined => process.env[SECRET] || undefined;

const signature = (secret: string, part: Part, jobId: string, text: string): Buffer =>
  createHmac('sha256', secret).update(`${part}\n${jobId}\n${text}`).digest();

function seal(part: Part, jobId: string, value: unknown): unknown {
  const secret = secretOf();
  if (secret === undefined) return value;
  const sealed = JSON.stringify(value);
  return { sealed, hmac: signature(secret, part, jobId, sealed).toString('base64') };
}

/** @throws SealError */
function unseal(part: Part, jobId: string, raw: unknown): unknown {
  const secret = secretOf();
  const { data: signed } = envelope.safeParse(raw);
  if (secret === undefined) {
    if (signed === undefined) return raw;
    throw new SealError(
      true,
      `job ${jobId} is signed: set ${SECRET} to the secret that the other processes have`,
    );
  }
  if (signed === undefined)
    throw new SealError(false, `job ${jobId} is not signed, and ${SECRET} is set: refused`);
  const expected = signature(secret, part, jobId, signed.sealed);
  const given = Buffer.from(signed.hmac, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new SealError(true, `job ${jobId} is signed with another ${SECRET}, or was changed: refused`);
  return JSON.parse(signed.sealed);
}

/** A job's data as it goes into Redis. */
export const sealData = (jobId: string, data: unknown): unknown => seal('data', jobId, data);

/** A job's return value as it goes into Redis. */
export const sealResult = (jobId: string, result: unknown): unknown => seal('result', jobId, result);

/**
 * A job's data out of Redis.
 *
 * @throws SealError, ZodError
 */
export const readData = <T extends z.ZodType>(
  job: { id?: string | undefined; data: unknown },
  schema: T,
): z.output<T> => schema.parse(unseal('data', job.id ?? '', job.data));

/**
 * A job's return value out of Redis.
 *
 * @throws SealError, ZodError
 */
export const readResult = <T extends z.ZodType>(jobId: string, raw: unknown, schema: T): z.output<T> =>
  schema.parse(unseal('result', jobId, raw));
