/** Why a check fails. */
export class Finding extends Error {}
