import type { ConnectorDefinition } from '@batonkit/connector';
import { toConfiguration } from '@batonkit/connector';
import { defaultFlags } from './cli/default-flags.ts';
import type { Flag } from './cli/flag.ts';
import { variableOf } from './cli/flag.ts';
import { helpText } from './cli/help.ts';
import { capabilitiesJson } from './cli/print-capabilities.ts';
import { configJson } from './cli/print-config.ts';
import { ownFlags } from './configuration/own-flags.ts';

/**
 * What lies beside a connector in the ecosystem, made of its declaration: the texts that `capabilities`, `config` and
 * `--help` print, and its flag reference. By path in the connector's folder.
 */
export function connectorFiles(definition: ConnectorDefinition): Record<string, string> {
  const configuration = toConfiguration(definition, true);
  const own = ownFlags(configuration, definition.config.fields);
  const names = new Set(own.map(({ name }) => name));
  const defaults = defaultFlags.filter(({ name }) => !names.has(name));
  return {
    'baton_capabilities.json': capabilitiesJson(definition),
    'config_schema.json': configJson(toConfiguration(definition), defaults),
    'docs/help.txt': helpText(definition.name, { defaults: defaults.map(asPiped), own }),
    'docs/flags.md': flagReference(definition.name, own, defaults),
  };
}

/** On a terminal the help names another format of the log. */
function asPiped(flag: Flag): Flag {
  return flag.name === 'log-format' ? { ...flag, default: 'json' } : flag;
}

function flagReference(program: string, own: readonly Flag[], defaults: readonly Flag[]): string {
  const operations = defaults.filter(({ operation }) => operation !== undefined);
  const hidden = (flag: Flag): boolean => flag.hidden === true;
  const rest = defaults.filter(({ operation }) => operation === undefined);
  return [
    `# Flags of ${program}\n`,
    'Made by `npm run generate`. Each flag is a variable and a setting of the YAML file as well; a flag wins over its',
    'variable, that over the file. Lists and maps of a flag are added to those of a variable or a file.\n',
    `## Of this connector\n\n${table(own.filter((flag) => !hidden(flag)))}`,
    `## Of every connector\n\n${table(rest.filter((flag) => !hidden(flag)))}`,
    `## Not in the help\n\n${table([...own, ...rest].filter((flag) => hidden(flag) && flag.help !== ''))}`,
    '## Accepted and refused\n',
    'They ask for another task than a sync; a connector that only reads ends with the code of a genuine one.\n',
    operations.map(({ name, operation }) => `- \`--${name}\`: ${operation?.status}`).join('\n'),
    '',
  ].join('\n');
}

function table(flags: readonly Flag[]): string {
  const lines = flags
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => {
      const short = flag.short === undefined ? '' : `\`-${flag.short}\`, `;
      const variable = flag.flagOnly ? '' : `\`${variableOf(flag.name)}\``;
      const { default: value } = flag;
      const shown = value === undefined || value === '' ? '' : `\`${String(value)}\``;
      return `| ${short}\`--${flag.name}\` | ${flag.type} | ${shown} | ${variable} | ${effectOf(flag)} |\n`;
    });
  return `| flag | kind | default | variable | effect |\n|---|---|---|---|---|\n${lines.join('')}`;
}

function effectOf(flag: Flag): string {
  const parts = [flag.help.replaceAll('|', String.raw`\|`).replace(/[^.]$/, '$&.')];
  if (flag.required) parts.unshift('Required.');
  if (flag.choices !== undefined) parts.push(`One of ${flag.choices.join(', ')}.`);
  if (flag.inert) parts.push('Accepted, without effect in this release.');
  if (flag.serviceOnly) parts.push('In service mode only.');
  if (flag.refused !== undefined) parts.push(`Refused: ${flag.refused.why}`);
  return parts.join(' ');
}
