import { setImmediate as turn } from 'node:timers/promises';
import type { Format } from '../request.ts';
import type { View } from '../views/view.ts';
import { cellText, jsonText } from './cell-text.ts';
import { csvLine } from './csv-line.ts';
import { displayWidth } from './display-width.ts';
import type { Style } from './style.ts';

// Rows between two turns of the event loop, in which a signal is seen.
const ROWS = 500;

/** The text of a view, in pieces. A table needs its widths first, so its rows are read twice and never gathered. */
export async function* printView(view: View, format: Format, style: Style, signal: AbortSignal): AsyncIterable<string> {
  if (format === 'json') yield* printJson(view, signal);
  else if (format === 'csv') {
    yield csvLine(view.columns);
    for await (const rows of batches(view.rows(), signal))
      yield rows.map(({ cells }) => csvLine(cells.map(({ csv, text }) => cellText(csv ?? text)))).join('');
  } else yield* printTable(view, style, signal);
}

/** A table, as the genuine program lays it out. */
export async function* printTable(view: View, style: Style, signal: AbortSignal): AsyncIterable<string> {
  const widths = view.columns.map(displayWidth);
  for await (const rows of batches(view.rows(), signal)) {
    for (const { cells } of rows) {
      for (const [index, { text }] of cells.entries())
        widths[index] = Math.max(widths[index] ?? 0, displayWidth(cellText(text)));
    }
  }
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell) => cellText(cell))
      .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cell))))
      .join(' | ');
  yield `${style.bold(line(view.columns))}\n`;
  for await (const rows of batches(view.rows(), signal))
    yield rows.map(({ cells }) => `${line(cells.map(({ text }) => text))}\n`).join('');
  yield '\n';
  const end = view.endLine?.();
  if (end !== undefined) yield `${end}\n`;
}

async function* printJson(view: View, signal: AbortSignal): AsyncIterable<string> {
  const { member } = view;
  let before = member === undefined ? '[\n' : `{"${member}":[\n`;
  let isEmpty = true;
  for await (const rows of batches(view.rows(), signal)) {
    yield before + rows.map((row) => jsonText(row.record())).join(',\n');
    before = ',\n';
    isEmpty = false;
  }
  if (isEmpty) yield member === undefined ? '[\n]\n' : '{}\n';
  else yield member === undefined ? '\n]\n' : '\n]}\n';
}

/** In batches, between which others can run. */
export async function* batches<T>(items: Iterable<T>, signal: AbortSignal): AsyncIterable<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < ROWS) continue;
    yield batch;
    batch = [];
    await turn();
    signal.throwIfAborted();
  }
  if (batch.length > 0) yield batch;
}
