/** `serve MODEL[@alias]`: MLflow's scoring protocol over HTTP; a new champion takes over without a dropped request. */
import { loadEngine } from '../../learning/engine/index.js';
import { startScoringServer } from '../../serving/index.js';
import { homeDir } from '../app/home.js';
import { modelFolder } from '../app/model-files.js';
import { closers, openTracking } from '../app/services.js';
import { EXIT } from './errors.js';
import { interruption } from './interrupt.js';
import { findVersion, modelReference } from './models.js';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** Seconds between two looks at the alias. */
  readonly poll: number;
  readonly json: boolean;
}

export async function serve(model: string, options: ServeOptions): Promise<number> {
  const { name, which } = modelReference(model);
  const home = homeDir();
  const stop = interruption();
  const opened = closers();
  try {
    const tracking = await openTracking(home);
    opened.add(() => tracking.close());
    const resolve = async (): Promise<{ version: string; dir: string }> => {
      const version = await findVersion(tracking.client, name, which);
      return { version: version.version, dir: await modelFolder(tracking.client, home, version) };
    };
    const server = await startScoringServer({
      host: options.host,
      port: options.port,
      resolve,
      pollSeconds: options.poll,
      engine: await loadEngine(),
    });
    opened.add(() => server.close());
    const { version } = await resolve();
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ uri: server.uri, model: name, which, version })}\n`
        : `Serving ${name} version ${version} at ${server.uri}; Ctrl-C stops. Try:\n` +
            `  curl ${server.uri}/invocations -H 'content-type: application/json' -d '{"inputs": ["worth every penny"]}'\n`,
    );
    await stop.stopped;
    return EXIT.done;
  } finally {
    await opened.close();
    stop.dispose();
  }
}
