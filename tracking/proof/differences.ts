/**
 * Steps of the Python scenario whose answers differ from the real server's, each with the reason. The same list
 * stands, in words, in tracking/README.md.
 */
export const DIFFERENCES: ReadonlyMap<string, string> = new Map([
  [
    'refused: bad filter metrics.f1 > 0.5 AND',
    'MLflow overlooks an AND with nothing after it; here it is refused.',
  ],
  [
    'refused: a location that climbs',
    'MLflow stores an artifact location with .. in it; here it is refused.',
  ],
  ['ajax prefix', 'MLflow names the workspace of an experiment; there are no workspaces here.'],
  [
    'no such endpoint',
    'MLflow answers an unknown path with an HTML page; here it is an error body like all others.',
  ],
]);
