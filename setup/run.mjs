/** Running another program: with a time limit, killable together with its children, its last words in the error. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** This machine lacks something that only the user can provide; the message is all the user needs to see. */
export class SetupError extends Error {
  exitCode = 2;
}

const running = new Set();

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** Ends every program started here that still runs. */
export function killRunning() {
  for (const child of running) killGroup(child);
}

/**
 * Runs a program to its end and returns its standard output.
 * @param {object} [options]
 * @param {number} [options.seconds] time limit; default 60
 * @param {() => string | undefined} [options.giveUp] asked every second; a reason ends the program
 */
export function run(command, args, { cwd, env = process.env, argv0, seconds = 60, giveUp } = {}) {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that a time limit reaches the compilers and downloaders below it too.
    const child = spawn(command, args, {
      cwd,
      env,
      argv0,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let stdout = '';
    let tail = '';
    let stopped;
    const stop = (reason) => {
      stopped ??= reason;
      killGroup(child);
    };
    const limit = setTimeout(() => stop(`took longer than ${seconds} s`), seconds * 1000);
    const watch = giveUp
      ? setInterval(() => {
          const reason = giveUp();
          if (reason) stop(reason);
        }, 1000)
      : undefined;
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      tail = (tail + chunk).slice(-4000);
    });
    child.stderr.on('data', (chunk) => {
      tail = (tail + chunk).slice(-4000);
    });
    const finish = (problem) => {
      clearTimeout(limit);
      clearInterval(watch);
      running.delete(child);
      if (problem === undefined) resolve(stdout);
      else reject(Object.assign(new Error(`${command}: ${problem}`), { output: tail }));
    };
    child.on('error', (error) => finish(error.code === 'ENOENT' ? 'not found' : error.message));
    child.on('close', (code, signal) => {
      if (stopped) finish(stopped);
      else if (code === 0) finish(undefined);
      else finish(`${signal ? `ended by ${signal}` : `exit code ${code}`}${lastWords(tail)}`);
    });
  });
}

/** The line of a program's output that most likely says what went wrong. */
function lastWords(output) {
  const lines = output
    .split('\n')
    .map((text) => text.trim())
    .filter(Boolean);
  const telling =
    lines.findLast((text) => /^(\w*Error|ERROR|E|fatal error): /.test(text)) ??
    lines.findLast((text) => /\berror\b|cannot|could not|no space/i.test(text)) ??
    lines.at(-1);
  return telling ? `: ${telling.slice(0, 300)}` : '';
}

/** The full path of a program on PATH (then in `alsoIn`), or undefined. */
export function findProgram(name, env = process.env, alsoIn = []) {
  for (const folder of [...(env.PATH ?? '').split(delimiter), ...alsoIn]) {
    if (!folder) continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // not here
    }
  }
  return undefined;
}
