/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

// Runlayer's keys say what they are; one pasted into the wrong field is caught by its form.
const KEY_FORMS = /\brl_[A-Za-z0-9_-]{4,}/g;

/**
 * Makes a function that takes the given secrets out of any text. For everything that leaves the
 * process: logs, errors, progress. Encoded forms of a secret (percent, base64, JSON) go too.
 */
export function createRedactor(secrets: Iterable<string>): (text: string) => string {
  const forms = new Set<string>();
  for (const secret of secrets) {
    const trimmed = secret.trim();
    // Shorter ones stand in ordinary words; such a secret protects nothing.
    if (trimmed.length < 4) continue;
    for (const form of [secret, trimmed]) {
      forms.add(form);
      forms.add(encodeURIComponent(form));
      forms.add(JSON.stringify(form).slice(1, -1));
      forms.add(Buffer.from(form).toString('base64').replace(/=+$/, ''));
      forms.add(Buffer.from(form).toString('base64url'));
    }
  }
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const form of longestFirst) clean = clean.replaceAll(form, REDACTED);
    return clean.replace(KEY_FORMS, REDACTED);
  };
}
