/** A cell of a table; in CSV another text may stand for it, such as none for a dash. */
export interface Cell {
  text: string;
  csv?: string;
}

export interface ViewRow {
  cells: Cell[];
  /** The row in JSON: of genuine views the protobuf JSON of the genuine program. */
  record(): unknown;
}

/** Rows can be read several times; nothing gathers them. */
export interface View {
  columns: readonly string[];
  rows(): Iterable<ViewRow>;
  /** In JSON, the member that holds the rows, as in the genuine program, where none stands for no rows; else an array. */
  member?: string;
  /** A sentence below a table, known when its rows were read. */
  endLine?(): string;
}

/** A place with nothing in it. */
export const NOTHING: Cell = { text: '-', csv: '' };

export function cells(...texts: (string | Cell)[]): Cell[] {
  return texts.map((text) => (typeof text === 'string' ? { text } : text));
}
