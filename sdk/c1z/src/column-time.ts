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
