import type { Column } from './columns.ts';

/** A column that says the same as that of the row before is sent as `true`: most do, and texts cost their copies. */
export type PackedColumn = Column | true;

export function packValues(values: readonly Column[], width: number): PackedColumn[] {
  return values.map((value, index) => (index >= width && value === values[index - width] ? true : value));
}

export function unpackValues(packed: readonly PackedColumn[], width: number): Column[] {
  const values: Column[] = [];
  for (const [index, value] of packed.entries()) values.push(value === true ? (values[index - width] ?? null) : value);
  return values;
}
