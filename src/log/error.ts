/** What may be logged of an error: never the row that PostgreSQL quotes in its detail, nor the query's parameters. */
export function describe(error: unknown): Record<string, unknown> {
  const { name, stack, code } = error as Error & { code?: unknown }
  // For an answer of the server, the driver's stack helps nobody.
  const answered = /^[0-9A-Z]{5}$/.test(String(code))
  const frames = answered ? undefined : stack?.split('\n').filter((line) => /^\s+at /.test(line))
  return { type: name, code, message: publicMessage(error), stack: frames?.join('\n') }
}

/** Errors of class 22 quote the value that could not be read. */
export function publicMessage(error: unknown): string {
  const { message, code } = error as Error & { code?: unknown }
  return /^22/.test(String(code)) ? message.replace(/: ".*$/s, ': …') : message
}
