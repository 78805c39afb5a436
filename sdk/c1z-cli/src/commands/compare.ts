import type { C1zReader } from '@batonkit/c1z';
import { cellText, jsonText } from '../output/cell-text.ts';
import { csvLine } from '../output/csv-line.ts';
import { displayWidth } from '../output/display-width.ts';
import { batches, printTable } from '../output/print-view.ts';
import type { Style } from '../output/style.ts';
import type { Format } from '../request.ts';
import type { Names } from '../views/names.ts';
import { RESOURCE_COLUMNS, resourceRow } from '../views/resources.ts';
import type { View, ViewRow } from '../views/view.ts';

/** One of the two sides: the holders of an entitlement in a file. */
export interface Side {
  reader: C1zReader;
  names: Names;
  entitlement: string;
}

/** Who holds the one and not the other. Nothing is gathered: each holder is looked up on the other side. */
export async function* printComparison(
  base: Side,
  other: Side,
  format: Format,
  style: Style,
  signal: AbortSignal,
): AsyncIterable<string> {
  const missing = view(base, other);
  const extra = view(other, base);
  if (format === 'json') {
    yield '{';
    let before = '';
    const lists: [string, View][] = [
      ['missing', missing],
      ['extra', extra],
      ['base', view(base)],
      ['compared', view(other)],
    ];
    for (const [name, list] of lists) {
      let isFirst = true;
      for await (const rows of batches(list.rows(), signal)) {
        yield isFirst ? `${before}"${name}":[` : ',';
        yield rows.map((row) => jsonText(row.record())).join(',');
        isFirst = false;
      }
      if (isFirst) continue;
      yield ']';
      before = ',\n';
    }
    yield '}\n';
    return;
  }
  if (format === 'csv') {
    yield csvLine(['Difference', ...RESOURCE_COLUMNS]);
    for (const [word, list] of [
      ['Missing', missing],
      ['Extra', extra],
    ] as const)
      for await (const rows of batches(list.rows(), signal))
        yield rows.map(({ cells }) => csvLine([word, ...cells.map(({ csv, text }) => cellText(csv ?? text))])).join('');
    return;
  }
  let differs = false;
  for (const [title, list] of [
    ['Missing Principals', missing],
    ['Extra Principals', extra],
  ] as const) {
    if (isEmpty(list)) continue;
    const margin = '     ';
    const blank = ' '.repeat(displayWidth(title) + 2 * margin.length);
    yield `\n${blank}\n${style.bold(`${margin}${title}${margin}`)}\n${blank}\n\n`;
    yield* printTable(list, style, signal);
    differs = true;
  }
  if (!differs) yield 'The holders of both are the same.\n';
}

function view({ reader, names, entitlement }: Side, without?: Side): View {
  return {
    columns: RESOURCE_COLUMNS,
    *rows(): Iterable<ViewRow> {
      for (const id of reader.principals({ entitlement })) {
        if (without?.reader.hasGrant({ entitlement: without.entitlement, principal: id })) continue;
        yield resourceRow(names, id, names.resource(id));
      }
    },
  };
}

function isEmpty(list: View): boolean {
  for (const _row of list.rows()) return false;
  return true;
}
