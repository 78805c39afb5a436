import { row, Status } from '@batonkit/kernel';
import { kept, report, type At } from './sentences.ts';

interface Host {
  host: string;
}

/** No good answer. */
export const requests = {
  'RL-NET-DNS': row<Host>({
    status: Status.Unavailable,
    field: 'base-url',
    title: ({ host }) => `The name ${host} is not known.`,
    meaning: kept,
    remedy: 'Check the Base URL, and that this machine can resolve names.',
  }),
  'RL-NET-REFUSED': row<Host>({
    status: Status.Unavailable,
    title: ({ host }) => `Nothing listens at ${host}.`,
    meaning: `The connection was refused at each of 5 tries. ${kept}`,
    remedy: 'Check the Base URL with its port, and that the instance runs.',
  }),
  'RL-NET-TIMEOUT': row<Host>({
    status: Status.Unavailable,
    title: ({ host }) => `${host} does not answer in time.`,
    meaning: `It was tried 5 times. ${kept}`,
    remedy:
      'Check that this machine may reach it (VPN, firewall). For a slow instance try a smaller --page-size, as it waits 30 seconds for the beginning of an answer.',
  }),
  'RL-NET-RESET': row<Host>({
    status: Status.Unavailable,
    title: ({ host }) => `${host} breaks the connection off.`,
    meaning: `It was tried 5 times. ${kept}`,
    remedy: 'Try again later. If it stays so, ask the operator of the instance what stands between.',
  }),
  'RL-NET-TLS': row<Host & { reason: string }>({
    status: Status.Unavailable,
    title: ({ host }) => `The certificate of ${host} is not trusted.`,
    meaning: ({ reason }) => `The reason is ${reason}. The key was not sent. Existing data is unchanged.`,
    remedy:
      'If the instance uses a certificate authority of your own, name its file in SSL_CERT_FILE. Else check the Base URL.',
  }),
  'RL-NET-PROXY': row<Host & { reason: string }>({
    status: Status.Unavailable,
    title: ({ host, reason }) => `The proxy ${host} does not let the request through (${reason}).`,
    meaning: 'Runlayer was not reached, and the key was not sent. Existing data is unchanged.',
    remedy: 'Check HTTPS_PROXY, its user name and password, or add the host of Runlayer to NO_PROXY.',
  }),
  'RL-NET-ADDRESS': row<Host>({
    status: Status.Unknown,
    field: 'base-url',
    title: ({ host }) => `${host} leads to an address that is not allowed here.`,
    meaning: 'The key was not sent. Existing data is unchanged.',
    remedy: 'Check the Base URL, or ask who runs this program to allow the address.',
  }),
  'RL-NET': row<Host & { reason: string }>({
    status: Status.Unavailable,
    title: ({ host }) => `No answer that can be read comes from ${host}.`,
    meaning: ({ reason }) => `The reason is ${reason}. ${kept}`,
    remedy: 'Check the Base URL and the network of this machine.',
  }),
  'RL-5XX': row<At & { status: number }>({
    status: Status.Unavailable,
    title: 'Runlayer is not answering properly.',
    meaning: ({ status, path }) =>
      `It answered ${status} at ${path}, 5 times. That is not about your settings. ${kept}`,
    remedy: 'Try again later. If it stays so, ask the operator of the instance.',
  }),
  'RL-RATE-429': row<At>({
    status: Status.Unavailable,
    title: 'Runlayer asks for more patience than this run has.',
    meaning: ({ path }) =>
      `It answered "too many requests" at ${path} after 5 tries, or wants a wait of over 15 minutes. ${kept}`,
    remedy: 'Try again later, when less else uses this key.',
  }),
  'RL-STALLED': row<{ minutes: number }>({
    status: Status.Unavailable,
    title: ({ minutes }) => `There was no progress for ${minutes} minutes.`,
    meaning: kept,
    remedy: 'Try again later. If it stays so, ask the operator of the instance.',
  }),
  'RL-HTTP': row<At & { status: number; detail: string }>({
    status: Status.DataLoss,
    title: ({ status, path }) => `Runlayer answered ${path} with status ${status}, which is not expected there.`,
    meaning: ({ detail }) => `${detail}${kept}`,
    remedy: `Check that the Base URL is the one of a Runlayer instance. ${report}`,
  }),
};
