/** What a JSON endpoint is: a method, a path beneath the API's prefix, and a function from fields to an answer. */
import type { z } from 'zod';
import { readRequest } from '../requests.js';
import type { Store } from '../store/contract.js';

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface Route {
  methods: readonly Method[];
  path: string;
  handle: (store: Store, fields: unknown, bodyBytes: number) => unknown;
}

/** Fields from the query, the path and the body are read through `schema` before `answer` sees them. */
export function route<T extends z.ZodType>(
  methods: Method | readonly Method[],
  path: string,
  schema: T,
  answer: (store: Store, request: z.output<T>, bodyBytes: number) => unknown,
): Route {
  return {
    methods: typeof methods === 'string' ? [methods] : methods,
    path,
    handle: (store, fields, bodyBytes) => answer(store, readRequest(schema, fields), bodyBytes),
  };
}
