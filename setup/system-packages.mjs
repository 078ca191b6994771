/** The system's package manager: which one there is, whether we may use it, installing with it. */
import { findProgram, run } from './run.mjs';

const MANAGERS = {
  'apt-get': {
    update: ['update', '-q'],
    // Recommended packages are left out: python3-pip alone would recommend a whole build environment.
    install: [
      'install',
      '-y',
      '-q',
      '--no-install-recommends',
      '--no-remove',
      '-o',
      'DPkg::Lock::Timeout=300',
    ],
    root: true,
  },
  apk: { update: ['update', '-q'], install: ['add', '-q'], root: true },
  dnf: { install: ['install', '-y', '-q', '--setopt=install_weak_deps=False'], root: true },
  brew: { install: ['install', '--quiet'], root: false },
};

const INSTALL_SECONDS = 600;

/**
 * The package manager we may use, or the reason why none.
 * @returns {Promise<{name: string, command: string, prefix: string[]} | {reason: string}>}
 */
export async function systemPackages(env = process.env, { uid = process.getuid?.() } = {}) {
  if (env.GRIDSEARCH_NO_SYSTEM_INSTALL) return { reason: 'GRIDSEARCH_NO_SYSTEM_INSTALL is set' };
  const name = Object.keys(MANAGERS).find((candidate) => findProgram(candidate, env));
  if (!name)
    return { reason: `no package manager known here (looked for ${Object.keys(MANAGERS).join(', ')})` };
  const command = findProgram(name, env);
  if (!MANAGERS[name].root) {
    return uid === 0 ? { reason: `${name} refuses to run as root` } : { name, command, prefix: [] };
  }
  if (uid === 0) return { name, command, prefix: [] };
  const sudo = findProgram('sudo', env);
  if (!sudo) return { reason: `${name} needs root, you are not root and there is no sudo` };
  try {
    await run(sudo, ['-n', 'true'], { env, seconds: 10 });
  } catch {
    return { reason: `${name} needs root and sudo asks for a password` };
  }
  return { name, command, prefix: [sudo, '-n'] };
}

let updated = false;

/** Runs a command as root with whatever `systemPackages` found: directly, or through sudo. */
export function runAsRoot(packages, command, args, options) {
  const [program, ...rest] = [...packages.prefix, command, ...args];
  return run(program, rest, options);
}

export async function installPackages(packages, names, env = process.env) {
  const manager = MANAGERS[packages.name];
  // sudo drops the environment, so the variables that keep dpkg from asking are passed on its command line.
  const quiet =
    packages.name === 'apt-get' ? ['env', 'DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_MODE=l'] : [];
  const call = (args) => {
    const [program, ...rest] = [...quiet, packages.command, ...args];
    return runAsRoot(packages, program, rest, { env, seconds: INSTALL_SECONDS });
  };
  if (manager.update && !updated) {
    // A fresh container has no package lists. One broken third-party source must not stop us: install tells.
    await call(manager.update).catch(() => {});
    updated = true;
  }
  await call([...manager.install, ...names]);
}
