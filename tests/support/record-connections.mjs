// Loaded into a program before its own code: writes down every connection that it opens and every name it looks up.
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { syncBuiltinESMExports } from 'node:module';

const note = (what) => appendFileSync(process.env.RECORD_CONNECTIONS, `${what}\n`);
const connect = Reflect.get(Socket.prototype, 'connect');
Socket.prototype.connect = function recorded(...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const { host = 'localhost', port, path } = typeof options === 'object' ? options : { port: options };
  note(path ?? `${host}:${port}`);
  return connect.apply(this, args);
};
const { lookup } = dns;
dns.lookup = (name, ...rest) => {
  note(`lookup ${name}`);
  return lookup(name, ...rest);
};
syncBuiltinESMExports();
