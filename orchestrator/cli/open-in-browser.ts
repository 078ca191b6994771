/** Shows an address in the user's browser. */
import open from 'open';
import { say } from './output.js';

/** Goes on without one: the address stands on the screen. */
export async function openInBrowser(address: string): Promise<void> {
  try {
    const opener = await open(address);
    opener.on('error', (error) => say(`no browser could be opened: ${error.message}`));
    opener.unref();
  } catch (error) {
    say(`no browser could be opened: ${(error as Error).message}`);
  }
}
