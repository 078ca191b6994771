import { embeddedServer } from '../support/tracking.js';
import { trackingContract } from './tracking-contract.js';

trackingContract('embedded server', embeddedServer);
