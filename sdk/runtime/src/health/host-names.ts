import { isIPv6 } from 'node:net';

/** As the system takes it: an address of version 6 may be given in brackets, as in a URL. */
export const bareHost = (address: string): string => address.replace(/^\[(.+)\]$/, '$1');

/** As people read it, with its port. */
export const hostAndPort = (host: string, port: number): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;
