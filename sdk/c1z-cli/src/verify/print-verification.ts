import { spanOfCertificate } from '@batonkit/certificate';
import type { CertificateScope, CertificateVerdict, SignatureState } from '@batonkit/certificate';
import { cellText, jsonText } from '../output/cell-text.ts';
import { csvLine } from '../output/csv-line.ts';
import type { Style } from '../output/style.ts';
import type { Format } from '../request.ts';
import type { Check, Verification } from './verify-file.ts';

type Certified = NonNullable<Verification['certified']>;

const SIGNATURES: Record<SignatureState, string> = {
  unsigned: 'unsigned: it shows damage and mix-ups, not who wrote it',
  'unknown-key': 'signed by a key that is not at hand; name its public half with --certificate-key to check it',
  valid: 'valid',
  invalid: 'not of this certificate',
};

/** What the checks come to, in a few words. */
export type Outcome = CertificateVerdict | 'uncertified' | 'failed';

export function outcomeOf({ checks, certified }: Verification): Outcome {
  if (checks.some(({ result }) => result !== 'ok')) return 'failed';
  return certified === undefined ? 'uncertified' : certified.certificate.verdict;
}

export function printVerification(path: string, verification: Verification, format: Format, style: Style): string {
  const { checks, certified } = verification;
  if (format === 'csv')
    return [
      'Check,Result,Detail\r\n',
      ...checks.map(({ name, result, detail }) => csvLine([name, result, cellText(detail)])),
    ].join('');
  if (format === 'json') {
    const { certificate = null, counts = null } = certified ?? {};
    const signature = certified?.signature ?? null;
    return `${jsonText({ file: path, verdict: outcomeOf(verification), signature, checks, counts, certificate })}\n`;
  }
  const lines = checks.map((check) => checkLine(check, style));
  const verdict: [string, string] = ['verdict', style.bold(outcomeOf(verification))];
  const facts = certified === undefined ? [] : factsOf(certified);
  lines.push('', ...[verdict, ...facts].map(([name, text]) => `${name.padEnd(11)}${text}`));
  return `${lines.join('\n')}\n`;
}

function checkLine({ name, result, detail }: Check, style: Style): string {
  const word = result === 'not checked' ? '-' : result;
  const colour = result === 'ok' ? style.good : result === 'FAIL' ? style.bad : (text: string) => text;
  const rest = detail === '' ? (result === 'not checked' ? ': not checked' : '') : `: ${cellText(detail)}`;
  return `${colour(word)}${' '.repeat(6 - word.length)}${name}${rest}`;
}

function factsOf({ certificate, counts, signature }: Certified): [string, string][] {
  const { moment, origin, connector, lists, notes, exceptions, scope } = certificate;
  const { from, to } = spanOfCertificate(certificate);
  return [
    [moment === undefined ? 'window' : 'moment', `${from} to ${to}`],
    ...exceptions.map(({ name, reason, by, at }): [string, string] => [
      'exception',
      cellText(`${name}: ${reason} (${by}, ${at})`),
    ]),
    ...(scope === 'full' ? [] : [['scope', cellText(scopeText(scope))] satisfies [string, string]]),
    ['origin', cellText(origin)],
    ['connector', cellText(`${connector.type} ${connector.version}`)],
    ['sync', certificate.sync_id],
    [
      'counts',
      [
        some(counts.resourceTypes, 'resource type'),
        some(counts.resources, 'resource'),
        some(counts.entitlements, 'entitlement'),
        some(counts.grants, 'grant'),
      ].join(', '),
    ],
    [
      'read',
      cellText(lists.map(({ name, distinct, passes }) => `${name} ${number(distinct)} (${times(passes)})`).join(', ')),
    ],
    ...Object.entries(notes).map(([name, count]): [string, string] => ['note', cellText(`${name} ${number(count)}`)]),
    ['signature', SIGNATURES[signature]],
  ];
}

function scopeText({ types, skip, resources = [] }: Exclude<CertificateScope, 'full'>): string {
  const parts = [
    ...(resources.length === 0 ? [] : [`only ${resources.join(', ')}`]),
    ...(types.length === 0 ? [] : [`only ${types.join(', ')}`]),
    ...skip.map((kind) => `without ${kind}`),
  ];
  return parts.join('; ');
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function some(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`;
}

function times(passes: number): string {
  return passes === 1 ? 'read once' : passes === 2 ? 'read twice' : `read ${passes} times`;
}
