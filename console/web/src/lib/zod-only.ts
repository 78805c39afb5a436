import { z } from 'zod';

// Code made from text is forbidden by the console's content policy.
z.config({ jitless: true });

/** In the browser the names and examples for the document are not needed: `.openapi(…)` gives the schema back. */
Object.defineProperty(z.ZodType.prototype, 'openapi', {
  value(this: z.ZodType) {
    return this;
  },
  enumerable: true,
  configurable: true,
});

export { z };
