// Spreadsheets calculate cells that begin like this, also after blanks and with the wide forms of the signs.
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;

/** One line of RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvLine(cells: readonly string[]): string {
  const line = cells.map((cell) => {
    const safe = FORMULA.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${line.join(',')}\r\n`;
}
