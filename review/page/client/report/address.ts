/** In place of the browser's address: a report may be inside a frame that has none to change. */
import { told } from './told.js';

let now = told.start;

export const address = {
  read: (): string => now,
  write(href: string): void {
    now = href;
  },
  /** There is no way back but by links. */
  onReturn(): void {},
};
