/** What a probe and its child process say to each other. Both ends read it through these schemas. */
import { z } from 'zod';
import { parameterValue } from '../../queue/index.js';

const labelled = z.object({ texts: z.array(z.string()), labels: z.array(z.number().int()) });
export type ProbeRows = z.infer<typeof labelled>;

/** One configuration to be trained, for its time alone, on as many of these rows and for as many epochs as are worth it. */
export const probeRequest = z.object({
  model: z.string(),
  parameters: z.record(z.string(), parameterValue),
  classes: z.array(z.string()),
  train: labelled,
  validation: labelled,
});
export type ProbeRequest = z.infer<typeof probeRequest>;

/** Times in s, of the last training alone. */
export const probeMeasure = z.object({
  /** Rows that it trained on. */
  rows: z.number(),
  /** Reading the texts. */
  features: z.number(),
  /** Building the network, and whatever else happens once. */
  once: z.number(),
  /** Each epoch, validation included. */
  epochs: z.array(z.number()),
  /** The most that the process has held so far, in bytes. */
  memory: z.number(),
});
export type ProbeMeasure = z.infer<typeof probeMeasure>;

export const fromProbe = z.discriminatedUnion('type', [
  z.object({ type: z.literal('loaded'), engine: z.string() }),
  z.object({ type: z.literal('load failed'), reason: z.string() }),
  /** In case that it is stopped before it is done. */
  z.object({ type: z.literal('so far'), measure: probeMeasure }),
  z.object({ type: z.literal('done'), measure: probeMeasure }),
  z.object({ type: z.literal('failed'), reason: z.string() }),
]);
export type FromProbe = z.infer<typeof fromProbe>;
