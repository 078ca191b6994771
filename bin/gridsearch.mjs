#!/usr/bin/env node
/**
 * The entry of the command line, in plain JavaScript and committed: it is there before anything is built, so that npm and npx
 * can link to it from the first minute. What it starts is `dist/orchestrator/cli/main.js`, or its bundle, which loads faster.
 */
import { existsSync, readFileSync } from 'node:fs';
import { nodeVersionProblem } from '../setup/node.mjs';

const root = new URL('..', import.meta.url);
const main = ['dist/bundle/main.js', 'dist/orchestrator/cli/main.js']
  .map((path) => new URL(path, root))
  .find((url) => existsSync(url));
const argv = process.argv.slice(2);

function end(code, text) {
  process[code === 0 ? 'stdout' : 'stderr'].write(`${text}\n`);
  process.exitCode = code;
}

async function start() {
  const problem = nodeVersionProblem(process.version);
  if (problem) return end(2, `gridsearch: ${problem}`);
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    return end(0, JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version);
  }
  // Loaded only now, because these files use syntax that an old Node rejects.
  const { IS_CHECKOUT, ROOT } = await import('../setup/paths.mjs');
  if (argv[0] === 'setup') return (await import('../setup/steps.mjs')).main(argv.slice(1));
  // Built once, and its dependencies were removed since: a command would tell of the first that it misses.
  const isBare = IS_CHECKOUT && !existsSync(new URL('node_modules', root));
  if (!main || isBare) return notBuilt({ IS_CHECKOUT, ROOT });
  if (!IS_CHECKOUT) {
    try {
      await (await import('../setup/first-use.mjs')).firstUse(argv);
    } catch (error) {
      return end(error.exitCode ?? 1, error.exitCode ? error.message : error.stack);
    }
  }
  try {
    await import(main);
  } catch (error) {
    // Some of them were.
    if (!IS_CHECKOUT || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    notBuilt({ IS_CHECKOUT, ROOT });
  }
}

function notBuilt({ IS_CHECKOUT, ROOT }) {
  if (!IS_CHECKOUT) {
    return end(
      1,
      'this package holds no compiled code: it was packed without its prepack script (--ignore-scripts)',
    );
  }
  const install = existsSync(new URL('node_modules', root)) ? '' : 'npm ci && ';
  const place = process.cwd() === ROOT ? '' : ` in ${ROOT}`;
  const remedy = `not set up yet: run \`${install}npm run setup\`${place}`;
  if (argv.some((arg) => arg === '--help' || arg === '-h' || arg === 'help')) {
    return end(0, `Usage: gridsearch <command>\n\n${remedy}; then --help lists the commands.`);
  }
  end(1, remedy);
}

start();
