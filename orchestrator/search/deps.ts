/** What the steps of a search work with. */
import type { FlowProducer, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { TrackingClient } from '../../tracking/client/index.js';
import type { Histories } from './history.js';
import type { Strategies } from './strategies/index.js';

export interface Deps {
  readonly redis: Redis;
  readonly tracking: TrackingClient;
  readonly flow: FlowProducer;
  readonly folds: Queue;
  readonly searches: Queue;
  readonly strategies: Strategies;
  /** What was read of complete generations. */
  readonly histories: Histories;
  /** Makes the report of a search that is about to end, by its parent run. */
  readonly report: ((parentRunId: string) => Promise<string>) | undefined;
  /** Upper bound of fold jobs that one search has in Redis at a time, in two windows; of one in generations these decide. */
  readonly windowFolds: number;
}
