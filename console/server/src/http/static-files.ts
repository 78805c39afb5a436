import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { Handler } from 'hono';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
};

const NOT_BUILT =
  'The web app is not built yet. Run "npm start", which builds it, or build console/web. The API answers meanwhile.\n';

/** The built web app. Paths without an extension are pages of the app and get its one document. */
export function staticFiles(root: string): Handler {
  return async (context) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') return context.notFound();
    const path = decodePath(context.req.path);
    const asked = path === undefined ? undefined : join(root, path);
    // `join` resolves dots; what lies outside of the folder is none of ours.
    if (asked === undefined || !(asked + sep).startsWith(root + sep)) return context.notFound();
    const isPage = extname(asked) === '';
    const file = isPage ? join(root, 'index.html') : asked;
    const content = await readFile(file).catch(() => undefined);
    if (content === undefined) return isPage ? context.text(NOT_BUILT, 503) : context.notFound();
    const hashed = context.req.path.startsWith('/assets/');
    const tag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    const headers = {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: tag,
    };
    if (context.req.header('if-none-match') === tag) return context.body(null, 304, headers);
    return context.body(new Uint8Array(content), 200, headers);
  };
}

function decodePath(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') ? undefined : decoded;
  } catch {
    return undefined;
  }
}
