/**
 * A moment as the genuine files hold it: `YYYY-MM-DD HH:MM:SS[.fff]`, no zone, trailing zeros of the fraction cut
 * (protocol: c1z.md 2.3). Always UTC, although the genuine SDK writes local wall clock.
 */
export function toColumnTime(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', '');
  return text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/** Milliseconds since the epoch, reading the text as UTC; undefined for texts of another form. */
export function fromColumnTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?$/.test(text)) return undefined;
  const iso = text.replace(' ', 'T').replace(/(\.\d{3})\d+/, '$1');
  const time = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** The same moment as RFC 3339 in UTC with the whole fraction, in 0, 3, 6 or 9 digits, as protobuf JSON has it. */
export function exactTime(text: string, milliseconds: number): string {
  const seconds = new Date(Math.floor(milliseconds / 1000) * 1000).toISOString().slice(0, 19);
  const digits = (/\.(\d+)/.exec(text)?.[1] ?? '').replace(/0+$/, '');
  const fraction = digits.padEnd(Math.ceil(digits.length / 3) * 3, '0');
  return `${seconds}${fraction === '' ? '' : `.${fraction}`}Z`;
}
