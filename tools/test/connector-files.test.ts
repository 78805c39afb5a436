import { readFileSync } from 'node:fs';
import { connectorFiles } from '@batonkit/runtime/connector-files';
import { expect, test } from 'vitest';
import { connectors } from '../connector-files.ts';

const files = Object.entries(connectors).flatMap(([folder, definition]) =>
  Object.entries(connectorFiles(definition)).map(([name, text]) => [`${folder}/${name}`, text] as const),
);

// Else: npm run generate
test.each(files)('%s is what the program says now', (path, text) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
});
