/** What the server needs of a logger; pino is one. Fields hold no secret and no text of people. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
