/** MLflow's system tags, and those that say who started a run from which code. */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** Names of the tags that MLflow itself writes and reads. */
export const TAG = {
  parentRunId: 'mlflow.parentRunId',
  runName: 'mlflow.runName',
  note: 'mlflow.note.content',
  user: 'mlflow.user',
  sourceName: 'mlflow.source.name',
  sourceType: 'mlflow.source.type',
  gitCommit: 'mlflow.source.git.commit',
  gitBranch: 'mlflow.source.git.branch',
  gitDirty: 'mlflow.source.git.dirty',
  gitRepoUrl: 'mlflow.source.git.repoURL',
  loggedModels: 'mlflow.log-model.history',
  autologging: 'mlflow.autologging',
  runSourceType: 'mlflow.runSourceType',
  datasetContext: 'mlflow.data.context',
} as const;

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
    [TAG.user]: userName(),
    [TAG.sourceName]: basename(process.argv[1] ?? process.argv0),
    [TAG.sourceType]: 'LOCAL',
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
    [TAG.gitCommit]: commit,
    ...(branch ? { [TAG.gitBranch]: branch } : {}),
    ...(status === undefined ? {} : { [TAG.gitDirty]: status === '' ? 'false' : 'true' }),
    ...(url ? { [TAG.gitRepoUrl]: withoutCredentials(url) } : {}),
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
