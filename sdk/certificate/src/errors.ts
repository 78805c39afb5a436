import { errorTable, row, Status } from '@batonkit/kernel';

const meaning = 'The file may be genuine, but nothing says that it is complete.';

/** Codes of this package. */
export const fail = errorTable({
  'BK-CERT-FORM': row<{ what: string }>({
    status: Status.DataLoss,
    title: ({ what }) => `The certificate is not one of this release: ${what}.`,
    meaning,
    remedy: 'Take file and certificate again from where they were made, with the same version of BatonKit.',
  }),
  'BK-CERT-CANONICAL': row({
    status: Status.DataLoss,
    title: 'The certificate is not in canonical form.',
    meaning: 'Somebody has edited or reformatted it since it was written.',
    remedy: 'Take it again from where it was made.',
  }),
  'BK-CERT-SYNC': row({
    status: Status.DataLoss,
    title: 'The certificate is of another sync.',
    meaning,
    remedy: 'Put the certificate that was written together with the file beside it.',
  }),
  'BK-CERT-FILE': row({
    status: Status.DataLoss,
    title: 'The file is not the one that the certificate names: its hash differs.',
    meaning: 'It was changed or exchanged after it was certified, or the certificate is an old one.',
    remedy: 'Put the certificate that was written together with the file beside it, or sync again.',
  }),
  'BK-CERT-CONTENT': row({
    status: Status.DataLoss,
    title: 'The rows in the file are not those that were certified.',
    meaning: 'File and certificate were not made from the same reading.',
    remedy: 'Sync again.',
  }),
  'BK-CERT-SIGNATURE': row({
    status: Status.DataLoss,
    title: 'The certificate was not written by the holder of the key that it names: its signature is wrong.',
    meaning: 'Somebody has changed it since it was signed, or made it up.',
    remedy: 'Take file and certificate again from where they were made. If it stays so, ask who could write there.',
  }),
  'BK-CERT-KEY': row<{ kind: 'private' | 'public' }>({
    status: Status.InvalidArgument,
    title: ({ kind }) => `The key for certificates is not an Ed25519 ${kind} key in PEM form.`,
    meaning: 'Nothing was signed or checked with it.',
    remedy: 'Make one with "openssl genpkey -algorithm ed25519"; its public half with "openssl pkey -pubout".',
  }),
});
