import { createHash, randomBytes } from 'node:crypto'

/** The secret of a one-time link, and its digest, which is all that the database learns. */
export function drawSecret(): { readonly secret: string; readonly digest: Buffer } {
  const secret = randomBytes(32).toString('base64url')
  return { secret, digest: digestOf(secret) }
}

export const digestOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/**
 * The secret stands behind #, which no browser sends: it appears in no log, and a mail scanner that opens the link does not use it
 * up.
 */
export const linkOf = (page: string, secret: string): string => `${page}#convite=${secret}`
