import type { Blobs } from './blob-list.ts';
import type { Column } from './columns.ts';
import type { TableRows } from './table-insert.ts';

/** Rows on their way to another thread: one text, one piece of numbers, one of messages, instead of many small values. */
export interface PackedRows {
  text: string;
  /** For each column the length of its text, or a code. */
  columns: Int32Array;
  messages: Blobs;
}

// Codes of columns without a text of their own; numbers lie below, and below those the lengths of bytes.
const NULL = -1;
const SAME_AS_ABOVE = -2;
const NUMBERS = -3;
const BYTES = -(2 ** 30);

export function packRows({ values, messages }: TableRows, width: number): PackedRows {
  const columns = new Int32Array(values.length);
  const texts: string[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (typeof value === 'string') {
      if (index >= width && value === values[index - width]) columns[index] = SAME_AS_ABOVE;
      else {
        columns[index] = value.length;
        texts.push(value);
      }
    } else if (value instanceof Uint8Array) {
      // One character for each byte.
      columns[index] = BYTES - value.length;
      texts.push(Buffer.from(value).toString('latin1'));
    } else if (typeof value === 'number') columns[index] = NUMBERS - value;
    else if (value === null) columns[index] = NULL;
    else throw new TypeError('a column beside the message is a text, bytes, a small number or null');
  }
  return { text: texts.join(''), columns, messages };
}

export function unpackRows({ text, columns, messages }: PackedRows, width: number): TableRows {
  const values: Column[] = [];
  let at = 0;
  for (const [index, code] of columns.entries()) {
    if (code >= 0) {
      values.push(text.slice(at, at + code));
      at += code;
    } else if (code <= BYTES) {
      values.push(Buffer.from(text.slice(at, at + BYTES - code), 'latin1'));
      at += BYTES - code;
    } else if (code === SAME_AS_ABOVE) values.push(values[index - width] ?? null);
    else values.push(code === NULL ? null : NUMBERS - code);
  }
  return { values, messages };
}
