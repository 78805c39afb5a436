import type { Clock, Random } from '@batonkit/kernel';

// 32 bits of seconds since this instant, then 128 random bits; 27 characters of base 62, in which the order
// of the text is the order of time.
const EPOCH_SECONDS = Date.UTC(2014, 4, 13, 16, 53, 20) / 1000;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LENGTH = 27;
const LIMIT = 1n << 160n;

/** A new KSUID: the id of a sync, a run, and of everything the console names in public. */
export function ksuid(clock: Pick<Clock, 'now'>, random: Random): string {
  const seconds = BigInt(Math.floor(clock.now() / 1000) - EPOCH_SECONDS);
  let value = seconds;
  for (const byte of random.bytes(16)) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let index = 0; index < LENGTH; index += 1) {
    text = (ALPHABET[Number(value % 62n)] ?? '') + text;
    value /= 62n;
  }
  return text;
}

/** Whether a text is a KSUID, range included. */
export function isKsuid(text: string): boolean {
  return /^[0-9A-Za-z]{27}$/.test(text) && decode(text) < LIMIT;
}

/** When it was made, in milliseconds since the Unix epoch, exact to the second. Throws RangeError on other texts. */
export function ksuidTime(text: string): number {
  if (!isKsuid(text)) throw new RangeError('not a KSUID');
  return (Number(decode(text) >> 128n) + EPOCH_SECONDS) * 1000;
}

function decode(text: string): bigint {
  let value = 0n;
  for (const character of text) value = value * 62n + BigInt(ALPHABET.indexOf(character));
  return value;
}
