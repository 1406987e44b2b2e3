// What PostgreSQL and its client say when the database is down, starting, stopping or full.
const CODES = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
])

/** The database could not be asked at all. */
export function isUnavailable(error: unknown): boolean {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' && (CODES.has(code) || /^08...$/.test(code))
}
