/** How parts of the text are set off; without colour they are left as they are. */
export interface Style {
  bold: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
}

export function createStyle(colour: boolean): Style {
  const code = (on: number, off: number) => (text: string) => (colour ? `\u001B[${on}m${text}\u001B[${off}m` : text);
  return { bold: code(1, 22), good: code(32, 39), bad: code(31, 39) };
}
