/** Headers that belong to the connection or to this client, whoever asks. */
const own = new Set([
  'accept',
  'accept-encoding',
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/**
 * Looks at request headers that a person configured, for an access proxy in front of the source.
 *
 * @param reserved names that the connector sets itself, such as the one of its key
 * @returns what is wrong with one of them, for "The header X …"; undefined when all can be sent
 */
export function headerFault(
  headers: Readonly<Record<string, string>>,
  reserved: readonly string[] = [],
): { name: string; fault: string } | undefined {
  const names = new Set<string>();
  const taken = new Set(reserved.map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    const fault = !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower)
      ? 'has a name that no header can have'
      : taken.has(lower)
        ? 'is set by the connector itself'
        : own.has(lower)
          ? 'belongs to the connection'
          : names.has(lower)
            ? 'stands there twice'
            : !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)
              ? 'has a value with characters that no header can have'
              : undefined;
    // What is no name may be a value in the wrong place, so it is not repeated.
    if (fault !== undefined) return { name: /^[\w-]{1,60}$/.test(name) ? name : 'given', fault };
    names.add(lower);
  }
  return undefined;
}
