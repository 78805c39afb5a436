// oxlint-disable-next-line no-control-regex -- to be shown, not obeyed
const CONTROLS = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** Shows control and direction characters as their escapes: one entry stays one line, and nothing steers a terminal. */
export function escapeControls(text: string): string {
  return text.replaceAll(CONTROLS, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
