/** Which code trains: two checkouts of one version may differ, so the build digests what training loads. */
import { readFileSync } from 'node:fs';

/** Written by the build (`setup/code-digest.mjs`), of what was compiled from `learning/` and of the packages that it imports. */
const FILE = new URL('../../code.json', import.meta.url);

/**
 * A name for the code and the runtime that numbers come from: equal names, equal numbers. Undefined where nothing was built, as in
 * what runs from TypeScript sources.
 */
export function codeVersion(): string | undefined {
  try {
    const { digest } = JSON.parse(readFileSync(FILE, 'utf8')) as { digest?: unknown };
    // Mathematical functions are the runtime's own.
    const runtime = `node ${process.versions.node.split('.')[0]} ${process.arch}`;
    return typeof digest === 'string' ? `${digest}, ${runtime}` : undefined;
  } catch {
    return undefined;
  }
}
