/**
 * Where a child process of a worker starts. Before anything else is imported it watches its parent: one that is killed in the
 * moment of the fork would leave behind a process of hundreds of megabytes that waits for ever.
 */
const parent = Number(process.env.GRIDSEARCH_PARENT);

const leaveIfAlone = (): void => {
  if (process.ppid !== parent || !process.connected) process.exit(1);
};
process.on('disconnect', () => process.exit(1));
leaveIfAlone();
// Loading blocks the thread for seconds, and the channel tells of its end only afterwards.
setInterval(leaveIfAlone, 500).unref();

const { serveJobs } = await import('./child.js');
leaveIfAlone();
await serveJobs(process.argv[2]!);

export {};
