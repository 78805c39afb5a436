import type { ClientHttp2Stream } from 'node:http2';

const heardElsewhere = (): void => {};

/**
 * Hears what ends the connection of a stream; its calls are told. Its manager listens as well, but no longer when it is
 * told to give the connection up before that has said why it ends, and an error that nobody hears would end the process.
 */
export function hearSession({ session }: ClientHttp2Stream): void {
  if (session?.listeners('error').includes(heardElsewhere) === false) session.on('error', heardElsewhere);
}
