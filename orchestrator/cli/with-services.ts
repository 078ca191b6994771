/** Opens what a command needs, and closes it whatever happens. */
import { homeDir, openServices, openTracking, type Services, type Tracking } from '../app/index.js';
import { EXIT } from './exit.js';

/** For commands that talk to the queue. */
export async function withServices(action: (services: Services) => Promise<void>): Promise<number> {
  const services = await openServices();
  try {
    await action(services);
    return EXIT.done;
  } finally {
    await services.close();
  }
}

/** For commands that only read tracking, or write its registry without the queue's help. */
export async function withTracking(
  action: (tracking: Tracking, home: string) => Promise<void>,
): Promise<number> {
  const home = homeDir();
  const tracking = await openTracking(home);
  try {
    await action(tracking, home);
    return EXIT.done;
  } finally {
    await tracking.close();
  }
}
