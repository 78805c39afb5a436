import { z } from '@hono/zod-openapi';

/** One field of a connector's form, as the connector's own declaration says it. */
export const FormField = z
  .object({
    /** The flag's name, `base-url`. */
    name: z.string(),
    label: z.string(),
    description: z.string(),
    placeholder: z.string(),
    /** `list`: several texts; `map`: texts by name. */
    kind: z.enum(['text', 'number', 'boolean', 'list', 'map']),
    /** The only values there are, if the declaration says so. */
    choices: z.array(z.string()).optional(),
    required: z.boolean(),
    secret: z.boolean(),
    /** Stands under Advanced settings. */
    advanced: z.boolean(),
    default: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional(),
  })
  .openapi('FormField');
export type FormField = z.infer<typeof FormField>;

export const CatalogEntry = z
  .object({
    id: z.string().openapi({ example: 'runlayer' }),
    name: z.string(),
    description: z.string(),
    helpUrl: z.string(),
    version: z.string(),
    /** What it syncs, from its `capabilities`. */
    resourceTypes: z.array(z.object({ id: z.string(), name: z.string(), sync: z.boolean(), provision: z.boolean() })),
    fields: z.array(FormField),
  })
  .openapi('CatalogEntry');
export type CatalogEntry = z.infer<typeof CatalogEntry>;
