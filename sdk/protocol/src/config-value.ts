/** A value as flags, environment and forms give it. */
export type ConfigValue = string | number | boolean | string[];
