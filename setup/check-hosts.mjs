/** For CI: `node --import` this with `?to=FILE`, and each host that the process connects to is written to that file. */
import { appendFileSync } from 'node:fs';
import net from 'node:net';

const file = new URL(import.meta.url).searchParams.get('to');
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  // (options), (port, host) or, from within Node, ([options, callback]); a Unix socket has a path and no host.
  const [first, second] = args.flat();
  const host = first !== null && typeof first === 'object' ? first.host : second;
  if (typeof host === 'string') appendFileSync(file, `${host}\n`);
  return connect.apply(this, args);
};
