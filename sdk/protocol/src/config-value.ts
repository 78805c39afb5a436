/** A value as flags, environment and forms give it. */
export type ConfigValue = string | number | boolean | string[];
/** Texts by name, such as extra request headers; no form has them. */
export type ConfigMap = Readonly<Record<string, string>>;
export type AnyConfigValue = ConfigValue | ConfigMap;
