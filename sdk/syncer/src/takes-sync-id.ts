/** From this version on a connector takes the id of the sync (protocol: runtime 2.2). */
export function takesSyncId(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.replace(/^v/, '').split(/[.+-]/).map(Number);
  return major > 0 || minor > 4 || (minor === 4 && patch >= 3);
}
