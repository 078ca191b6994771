/** The tags that say who started a run, from which code. */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { TAGS } from './tags.js';

const run = promisify(execFile);
const known = new Map<string, Promise<Record<string, string>>>();

/**
 * User, program and, within a git checkout, commit, branch, dirtiness and repository. Git is asked once per folder
 * and process; without git, or outside a checkout, its tags are left out.
 *
 * @param cwd Folder whose checkout counts. @defaultValue the working directory
 */
export async function sourceTags(cwd: string = process.cwd()): Promise<Record<string, string>> {
  const git = known.get(cwd) ?? gitTags(cwd);
  known.set(cwd, git);
  return {
    [TAGS.user]: userName(),
    [TAGS.sourceName]: basename(process.argv[1] ?? process.argv0),
    [TAGS.sourceType]: 'LOCAL',
    ...(await git),
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no user has.
    return process.env.USER ?? 'unknown';
  }
}

async function gitTags(cwd: string): Promise<Record<string, string>> {
  const git = async (...args: string[]): Promise<string | undefined> => {
    try {
      const { stdout } = await run('git', args, { cwd, timeout: 5000, windowsHide: true });
      return stdout.trim();
    } catch {
      return undefined;
    }
  };
  const [commit, branch, status, url] = await Promise.all([
    git('rev-parse', 'HEAD'),
    git('symbolic-ref', '--short', '-q', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=no'),
    git('remote', 'get-url', 'origin'),
  ]);
  if (!commit) return {};
  return {
    [TAGS.gitCommit]: commit,
    ...(branch ? { [TAGS.gitBranch]: branch } : {}),
    ...(status === undefined ? {} : { [TAGS.gitDirty]: status === '' ? 'false' : 'true' }),
    ...(url ? { [TAGS.gitRepoUrl]: withoutCredentials(url) } : {}),
  };
}

/** A repository's address without the user and the token that may stand in it. */
export function withoutCredentials(url: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return url;
  try {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    parsed.search = '';
    return parsed.href;
  } catch {
    return '';
  }
}
