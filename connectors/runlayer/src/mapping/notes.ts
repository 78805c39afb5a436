/** Counted warnings of one reading. None of them fails a sync: ordinary users control such texts. */
export class Notes {
  readonly counts: Record<string, number> = {};

  count(note: string): void {
    this.counts[note] = (this.counts[note] ?? 0) + 1;
  }

  /** Notes that count nowhere, for what is read only to be compared. */
  aside(): Notes {
    return new Notes();
  }

  /** A text of a row, cut where it is too long; undefined when there is none. */
  text(value: unknown): string | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') {
      this.count('textsIgnored');
      return undefined;
    }
    const whole = value.isWellFormed() ? value : value.toWellFormed();
    const cut = cutText(whole);
    if (cut !== whole) this.count('textsCut');
    return cut;
  }

  /** An instant as RFC 3339 in UTC, with the fraction it came with. */
  instant(value: unknown): string | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    const instant = typeof value === 'string' ? parseInstant(value) : undefined;
    if (instant === undefined) this.count('timesIgnored');
    return instant;
  }
}

const mostBytes = 1024;

/** At most 1,024 bytes of UTF-8, whole characters. */
export function cutText(text: string): string {
  // Three bytes for each unit of UTF-16 at most.
  if (3 * text.length <= mostBytes) return text;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= mostBytes) return text;
  let end = mostBytes;
  // Bytes 10xxxxxx continue a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

const usualInstant =
  /^([12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:(\.\d{0,9}?)0*)?Z$/;

/** ISO 8601 as APIs of this kind write it: without a zone it means UTC. */
export function parseInstant(text: string): string | undefined {
  // The usual form says what it means; days after the 28th are left to the calendar.
  const usual = usualInstant.exec(text);
  if (usual !== null) return `${usual[1]}${usual[2] === '.' || usual[2] === undefined ? '' : usual[2]}Z`;
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:?\d\d)?$/i.exec(text.trim());
  if (parts === null) return undefined;
  const [, date, time, fraction = '', zone = 'Z'] = parts;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^(...):?/, '$1:');
  const seconds = Date.parse(`${date}T${time}${offset}`);
  // Years outside of what a protobuf timestamp may hold.
  if (Number.isNaN(seconds) || seconds < Date.UTC(1, 0, 1) || seconds > Date.UTC(9999, 11, 31)) return undefined;
  const digits = fraction.replace(/0+$/, '');
  return `${new Date(seconds).toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`;
}
