/** What a log may know of an error: never the row that PostgreSQL shows in its detail, nor the parameters of the query. */
export function describe(error: unknown): Record<string, unknown> {
  const { name, stack, code } = error as Error & { code?: unknown }
  // Where the driver was when the server answered helps nobody.
  const answered = /^[0-9A-Z]{5}$/.test(String(code))
  const frames = answered ? undefined : stack?.split('\n').filter((line) => /^\s+at /.test(line))
  return { type: name, code, message: publicMessage(error), stack: frames?.join('\n') }
}

/** Errors of class 22 quote the value that could not be read. */
export function publicMessage(error: unknown): string {
  const { message, code } = error as Error & { code?: unknown }
  return /^22/.test(String(code)) ? message.replace(/: ".*$/s, ': …') : message
}
