/** Whether the database can hold a text as it is: PostgreSQL knows no NUL, and half a character has no UTF-8. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
