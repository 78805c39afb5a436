/** Makes names comparable: case, spaces and hyphens do not count (rules: identity of roles). */
export function fold(name: string): string {
  return name.trim().toLowerCase().replaceAll(/[\s-]/g, '_');
}
