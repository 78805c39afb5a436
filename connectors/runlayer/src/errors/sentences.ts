/** Sentences that many errors end with. */
export const kept = 'No data was taken over, and existing data is unchanged.';
export const notAsked = 'Runlayer was not asked. Existing data is unchanged.';
export const report = 'If it stays so, report it to the maintainers of this connector.';
export const newKey = 'Create a key in Runlayer under Settings > Personal API keys and enter it here.';

export interface At {
  /** Path template, such as `/users/{id}/roles`. */
  path: string;
}
