/** The peers in their private Python environment. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { answering, timed } from '../processes.mjs';

const here = import.meta.dirname;

/** Set on some machines for the sake of another program's OpenBLAS; NumPy's would slow down with it. */
const AS_INSTALLED = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };

/** Installs the peers of requirements-NAME.txt (at once when they are there); what it returns runs scripts beside this file. */
export function pythonPeers(...names) {
  const files = names.map((name) => join(here, `requirements-${name}.txt`));
  const { status, stdout } = spawnSync('sh', [join(here, 'install.sh'), ...files], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the peers could not be installed; see above');
  const python = stdout.trim().split('\n').at(-1);
  return {
    timed: (script, ...args) => timed(python, [join(here, script), ...args], AS_INSTALLED),
    answering: (script, args = [], env = {}) =>
      answering(python, [join(here, script), ...args], { ...AS_INSTALLED, ...env }),
    /** Path of a program that a package brought. */
    program: (name) => join(dirname(python), name),
  };
}
