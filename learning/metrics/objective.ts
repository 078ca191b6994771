/** What a search ranks its trials by. */
import { z } from 'zod';

/** The metrics a search can be ranked by, measured on validation rows. Names are scikit-learn's, `loss` is log loss. */
export const METRICS = ['accuracy', 'f1_macro', 'roc_auc', 'loss'] as const;
export type MetricName = (typeof METRICS)[number];

export const objective = z.object({ metric: z.enum(METRICS), direction: z.enum(['maximize', 'minimize']) });
export type Objective = z.infer<typeof objective>;
