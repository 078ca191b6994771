/** A fold for each group, whose rows validate: how a model does on a group that it has never seen. */
import { z } from 'zod';
import { namedGroups } from './named-groups.js';
import type { CrossValidationStrategy } from './strategy.js';

const fields = z.object({});

/** More models than this for one configuration are taken for a slip. */
const MOST_FOLDS = 1000;

export const leaveOneGroupOut: CrossValidationStrategy<typeof fields> = {
  fields,
  needs: 'group',
  // Outer folds may leave unlike numbers of groups.
  ofAllRows: true,
  folds: (_, { groups }) => groups,
  split: (dataset, rows) => namedGroups(dataset, rows).map((group) => Int32Array.from(group)),
  complaints(_, { groups }) {
    const told = { field: 'strategy', value: 'leave_one_group_out' };
    if (groups < 2)
      return [
        {
          ...told,
          what: `needs two groups among the development rows, which have ${groups}`,
          remedy: 'give rows of more groups, or use another strategy',
        },
      ];
    if (groups <= MOST_FOLDS) return [];
    return [
      {
        ...told,
        what: `makes a fold of each of the ${groups} groups, over the limit of ${MOST_FOLDS}`,
        remedy: 'use strategy: group_k_fold',
      },
    ];
  },
};
