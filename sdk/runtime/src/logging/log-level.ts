/** From the most to the least; `fatal` is the level at which nothing is logged any more. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogThreshold = (typeof logLevels)[number];
export type LogLevel = Exclude<LogThreshold, 'fatal'>;

/** The names that the genuine programs take besides (protocol: runtime 1.2). */
const otherNames: Record<string, LogThreshold> = { warning: 'warn', dpanic: 'fatal', panic: 'fatal' };

/** The level with this name, in any case; undefined for a word that is none. */
export function readLogLevel(text: string): LogThreshold | undefined {
  const name = text.toLowerCase();
  return logLevels.find((level) => level === name) ?? otherNames[name];
}
