import { createHmac } from 'node:crypto'
import { type Settings, SettingsError } from '../settings/settings.ts'

/** What the server needs to know; everything is there. */
export interface ServerSettings extends Settings {
  /** Of a login that is a member of conferente_servico, or of a superuser. */
  readonly databaseUrl: string
  /** Shows GraphQL's own page and lets everybody read its schema; never in production. */
  readonly development?: boolean
  /** A client that has not sent its headers, or the whole request, within so many milliseconds is cut off. */
  readonly headersMs?: number
  readonly requestMs?: number
  /** Connections of one address. */
  readonly connectionsOfOne?: number
  /** Requests at work at the same time. */
  readonly atOnce?: number
}

/**
 * The secret of the cookies by which people stay signed in: another than that of tokens, so that neither passes for the other. Comes
 * from the secret that there is; undefined where people cannot sign in.
 */
export function sessionSecret({ jwtSecret, oidc }: Settings): string | undefined {
  const secret = jwtSecret ?? oidc?.secret
  return secret && createHmac('sha256', secret).update('conferente sessao').digest('base64url')
}

/**
 * The settings for a database that is open. The embedded server brings a secret of its own, so that the API works from
 * the first start; with any other database somebody must choose how callers are known.
 * @throws {SettingsError}
 */
export function serverSettings(
  settings: Settings,
  { url, embedded }: { readonly url: string; readonly embedded: boolean },
): ServerSettings {
  if (settings.jwtSecret !== undefined || settings.jwksUrl !== undefined) {
    return { ...settings, databaseUrl: url }
  }
  if (!embedded) {
    const expected = 'at least 32 characters, or CONFERENTE_JWKS_URL'
    throw new SettingsError([{ key: 'CONFERENTE_JWT_SEGREDO', problem: 'missing', expected, nearest: [] }])
  }
  // The password was drawn at random for this data directory and is known to nobody else.
  const jwtSecret = createHmac('sha256', new URL(url).password).update('conferente token').digest('base64url')
  return { ...settings, databaseUrl: url, jwtSecret }
}
