export interface HelpFlag {
  name: string;
  short?: string;
  type?: string;
  required?: boolean;
  variable?: string;
  default?: string;
}

/** What of a help text is not its words. */
export interface HelpShape {
  sections: string[];
  usage: string[];
  /** Name, and the column at which its text begins. */
  commands: [string, number][];
  flags: HelpFlag[];
  global: HelpFlag[];
}

/** Flags that only this runtime has. */
export const ourFlags: readonly string[] = [
  'certificate-key',
  'dry-run',
  'file-mode',
  'grace-period',
  'max-in-flight',
  'passes',
  'progress',
  'resume-max-age',
];
/** Commands that only this runtime has. */
export const ourCommands: readonly string[] = ['doctor', 'serve'];

/** Reads a help text; what only we have is left out, after its place was checked. */
export function helpShape(text: string): HelpShape {
  const shape: HelpShape = { sections: [], usage: [], commands: [], flags: [], global: [] };
  const columns = new Set<string>();
  let section = '';
  for (const line of text.split('\n')) {
    const heading = /^(Usage|Available Commands|Flags|Global Flags):$/.exec(line)?.[1];
    if (heading !== undefined) {
      section = heading;
      shape.sections.push(section);
    } else if (line.startsWith('Use "')) shape.sections.push('hint');
    else if (line.trim() === '') continue;
    else if (section === 'Usage') shape.usage.push(line.trim());
    else if (section === 'Available Commands') {
      const [start = '', name = ''] = /^ {2}(\S+) +/.exec(line) ?? [];
      if (!ourCommands.includes(name)) shape.commands.push([name, start.length]);
    } else if (section !== '') {
      const match = /^( {2}(?:-(\w), | {4})--([\w-]+)(?: (string|strings|int|stringToString))? +)(.*)$/.exec(line);
      if (match === null) throw new Error(`no flag: ${line}`);
      const [, head = '', short, name = '', type, words = ''] = match;
      columns.add(`${section} ${head.length}`);
      if (ourFlags.includes(name)) continue;
      const variable = /\(\$(BATON_\w+)/.exec(words)?.[1];
      const value = /\(default (.*)\)$/.exec(words)?.[1];
      (section === 'Flags' ? shape.flags : shape.global).push({
        name,
        ...(short === undefined ? {} : { short }),
        ...(type === undefined ? {} : { type }),
        ...(words.startsWith('required:') ? { required: true } : {}),
        ...(variable === undefined ? {} : { variable }),
        ...(value === undefined ? {} : { default: value }),
      });
    }
  }
  // One column of texts in each section.
  if (columns.size > new Set([...columns].map((column) => column.split(' ')[0])).size + 1) throw new Error('crooked');
  return shape;
}
