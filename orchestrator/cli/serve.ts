/** `serve MODEL[@alias]`: MLflow's scoring protocol over HTTP; a new champion takes over without a dropped request. */
import { closers, homeDir, modelReference, openTracking, serveModel } from '../app/index.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { print, printLine } from './output.js';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedHost?: readonly string[];
  /** Seconds between two looks at the alias. */
  readonly poll: number;
  readonly json: boolean;
}

export async function serveCommand(model: string, options: ServeOptions): Promise<number> {
  const reference = modelReference(model);
  const home = homeDir();
  const stop = interruption();
  const opened = closers();
  try {
    const tracking = await openTracking(home);
    opened.add(() => tracking.close());
    const server = await serveModel(tracking.client, home, reference, {
      host: options.host,
      port: options.port,
      allowedHosts: options.allowedHost ?? [],
      pollSeconds: options.poll,
    });
    opened.add(() => server.close());
    const { uri, version } = server;
    const { name, which } = reference;
    if (options.json) printLine('serve', { uri, model: name, which, version });
    else {
      print(
        `Serving ${name} version ${version} at ${uri}; Ctrl-C stops. Try:`,
        `  curl ${uri}/invocations -H 'content-type: application/json' -d '{"inputs": ["worth every penny"]}'`,
      );
    }
    await stop.stopped;
    return EXIT.done;
  } finally {
    await opened.close();
    stop.dispose();
  }
}
