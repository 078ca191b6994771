/** Trouble that a job has with its surroundings, and not by its own doing. */
import { isMachineTrouble } from '../queue/index.js';
import { isTrouble } from '../tracking/client/index.js';

/** Whether the same work may well succeed later, or elsewhere, with nothing changed in it. */
export const troubleOutside = (error: unknown): error is Error => isTrouble(error) || isMachineTrouble(error);
