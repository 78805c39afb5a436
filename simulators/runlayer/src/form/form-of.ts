import type { Form } from './form.ts';
import { plainForm } from './plain-form.ts';

/** The form that the behaviours in force make, in the order given: of two that say the same the later wins. */
export function formOf(
  settings: { assignments: 'embedded' | 'per-user'; maxLimit: number },
  behaviours: readonly { readonly shape?: (form: Form) => void }[],
): Form {
  const form = plainForm(settings);
  for (const { shape } of behaviours) {
    if (!shape) continue;
    shape(form);
    form.isPlain = false;
  }
  return form;
}
