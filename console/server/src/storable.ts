/** Whether the database can hold a text as it is: PostgreSQL knows no NUL, and half a character has no UTF-8. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Whether a time lies in the years 1 to 9999: others have no form that database and API both know. */
export function isDatable(time: string | Date): boolean {
  const year = new Date(time).getUTCFullYear();
  return year >= 1 && year <= 9999;
}
