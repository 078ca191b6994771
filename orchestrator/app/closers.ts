/** Undoes, in reverse order, what was opened; every step runs even when one before it fails. */
export function closers() {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    add(step: () => Promise<unknown>): void {
      steps.push(step);
    },
    async close(): Promise<void> {
      let failure: unknown;
      for (const step of steps.splice(0).reverse()) {
        await step().catch((error: unknown) => {
          failure ??= error;
        });
      }
      if (failure !== undefined) throw failure;
    },
  };
}
