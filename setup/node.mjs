/** Which Node this project runs on. Plain syntax only: an old Node must get far enough to print the message. */

export const MINIMUM_NODE = [20, 19];

/** Null when the version will do, else the one line a user needs. */
export function nodeVersionProblem(version) {
  const [major, minor] = version
    .replace(/^v/, '')
    .split('.')
    .map((part) => Number(part));
  const [wantMajor, wantMinor] = MINIMUM_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return null;
  return (
    `Node ${MINIMUM_NODE.join('.')} or newer is needed; this is ${version}. ` +
    'Install Node 20 LTS or newer (nodejs.org, nvm, fnm or your package manager) and run this again.'
  );
}
