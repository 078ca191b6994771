/** What the learning library uses of `lock.mjs`. */
export function withLock<Result>(
  file: string,
  work: () => Promise<Result>,
  options?: {
    readonly onWait?: () => void;
    readonly staleMs?: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Result>;
