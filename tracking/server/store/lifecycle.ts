/** Which lifecycle stages a view shows. */
import type { Condition } from '../filter/compile.js';
import type { ViewType } from './contract.js';

export function stageCondition(table: string, viewType: ViewType): Condition[] {
  switch (viewType) {
    case 'ACTIVE_ONLY':
      return [{ sql: `${table}.lifecycle_stage = 'active'`, values: [] }];
    case 'DELETED_ONLY':
      return [{ sql: `${table}.lifecycle_stage = 'deleted'`, values: [] }];
    case 'ALL':
      return [];
    default:
      return viewType satisfies never;
  }
}
