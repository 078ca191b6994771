import { expect, test } from 'vitest';
import { withoutSecrets } from '../../addresses/index.js';

test.for([
  ['redis://u:se@cret@queue.internal:6379/0', 'redis://***@queue.internal:6379/0'],
  ['redis://:s/e@cret@queue:6379', 'redis://***@queue:6379'],
  ['https://ada:pw@mlflow.internal/x', 'https://***@mlflow.internal/x'],
  ['ftp://user:pw@host', 'ftp://***@host'],
  ['can’t reach "http://a:b@c:1/", nor http://d:e@f', 'can’t reach "http://***@c:1/", nor http://***@f'],
  ['https://x/y?token=abc&z=1', 'https://x/y?token=***&z=1'],
  ['https://x/y?a=1;password=p#q', 'https://x/y?a=1;password=***#q'],
  ['unix:///run/redis.sock', 'unix:///run/redis.sock'],
  ['models:/sentiment@champion', 'models:/sentiment@champion'],
  ['http://127.0.0.1:5000', 'http://127.0.0.1:5000'],
])('%s is shown as %s', ([address, shown]) => {
  expect(withoutSecrets(address!)).toBe(shown);
});
