/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

// Runlayer's keys say what they are; one pasted into the wrong field is caught by its form.
const KEY_FORMS = /\brl_[A-Za-z0-9_-]{4,}/g;
// So do client secrets of C1, signed tokens, and whatever stands behind "Bearer".
const TOKEN_FORMS = /\bsecret-token:[\w.-]+:v\d+:[\w-]+=*|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;
const BEARER = /\b(bearer )(?!\[redacted\])[\w.~+/-]{20,}=*/gi;

/**
 * Makes a function that takes the given secrets out of any text. For everything that leaves the
 * process: logs, errors, progress. Encoded forms of a secret (percent, base64, JSON) go too, also where it is
 * a part of what was encoded.
 */
export function createRedactor(secrets: Iterable<string>): (text: string) => string {
  const forms = new Set<string>();
  const secretsAlone = new Set<string>();
  for (const secret of secrets) {
    const trimmed = secret.trim();
    // Shorter ones stand in ordinary words; such a secret protects nothing.
    if (trimmed.length < 4) continue;
    if (trimmed.length > shortestStart) secretsAlone.add(trimmed);
    for (const form of [secret, trimmed]) {
      for (const written of [form, ...percentForms(form), ...base64Forms(form)]) {
        forms.add(written);
        // As it stands in JSON, and in JSON that is a text in JSON.
        forms.add(escaped(written));
        forms.add(escaped(escaped(written)));
      }
    }
  }
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const form of longestFirst) clean = clean.replaceAll(form, REDACTED);
    for (const secret of secretsAlone) clean = withoutStart(clean, secret);
    return clean.replace(KEY_FORMS, REDACTED).replace(TOKEN_FORMS, REDACTED).replace(BEARER, `$1${REDACTED}`);
  };
}

/** So many characters of a secret in a row are no chance. */
const shortestStart = 8;

/** Without what is left of a secret where a text was cut in the middle of it: there it ends, or is quoted and ends. */
function withoutStart(text: string, secret: string): string {
  const start = secret.slice(0, shortestStart);
  let clean = text;
  for (let at = clean.indexOf(start); at >= 0; at = clean.indexOf(start, at + REDACTED.length)) {
    let length = shortestStart;
    while (length < secret.length && clean[at + length] === secret[length]) length++;
    if (/^(?:$|…|\.{3}|\\*["'])/.test(clean.slice(at + length, at + length + 4)))
      clean = `${clean.slice(0, at)}${REDACTED}${clean.slice(at + length)}`;
  }
  return clean;
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

function percentForms(text: string): string[] {
  const component = encodeURIComponent(text.toWellFormed());
  const form = new URLSearchParams({ '': text }).toString().slice(1);
  return [component, form].flatMap((one) => [one, one.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/** Alone, and with one or two bytes before it (modulo three), as in `user:secret`; without the characters that others share in. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const forms: string[] = [];
  for (const encoding of ['base64', 'base64url'] as const) {
    forms.push(bytes.toString(encoding).replace(/=+$/, ''));
    for (const before of [0, 1, 2]) {
      const digits = Buffer.concat([Buffer.alloc(before), bytes])
        .toString(encoding)
        .replace(/=+$/, '');
      const shared = (before + bytes.length) % 3 === 0 ? 0 : 1;
      const own = digits.slice(Math.ceil((before * 8) / 6), digits.length - shared);
      // A short piece may stand in any text by chance.
      if (own.length >= 8) forms.push(own);
    }
  }
  return forms;
}
