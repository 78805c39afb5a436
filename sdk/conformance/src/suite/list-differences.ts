/** How a list differs from the one that was expected; the order does not matter. */
export function listDifferences(what: string, found: readonly string[], expected: readonly string[]): string[] {
  const missing = expected.filter((item) => !found.includes(item));
  const extra = found.filter((item) => !expected.includes(item));
  const twice = found.length - new Set(found).size;
  return [
    ...(missing.length > 0 ? [`${what}: ${missing.slice(0, 3).join(', ')} missing (${missing.length})`] : []),
    ...(extra.length > 0 ? [`${what}: ${extra.slice(0, 3).join(', ')} not expected (${extra.length})`] : []),
    ...(twice > 0 ? [`${what}: ${twice} there twice`] : []),
  ];
}
