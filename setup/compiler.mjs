/** The C++ compiler that is here, if any. */
import { basename, dirname, isAbsolute } from 'node:path';
import { findProgram } from './run.mjs';

/** What `CXX` names, by name or by path, else the usual ones. */
export function findCompiler(env = process.env) {
  const name = env.CXX;
  const named =
    name && (isAbsolute(name) ? findProgram(basename(name), { PATH: dirname(name) }) : findProgram(name));
  return named || ['g++', 'c++', 'clang++'].map((one) => findProgram(one)).find(Boolean);
}
