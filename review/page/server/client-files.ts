/** Where the build puts the client: beside this room's compiled code. */
import { fileURLToPath } from 'node:url';

export const CLIENT_FILES = fileURLToPath(new URL('../client', import.meta.url));
