import { createHmac } from 'node:crypto'
import { type Settings, SettingsError } from '../settings/settings.ts'

/** What the server needs to know, with everything filled in. */
export interface ServerSettings extends Settings {
  /** URL of a login that is a member of conferente_servico, or of a superuser. */
  readonly databaseUrl: string
  /** Serves GraphQL's own page and lets everybody read its schema; never in production. */
  readonly development?: boolean
  /** A client that has not sent its headers, or the whole request, within this many milliseconds is cut off. */
  readonly headersMs?: number
  readonly requestMs?: number
  /** Connections of one address. */
  readonly connectionsOfOne?: number
  /** Requests processed at the same time. */
  readonly atOnce?: number
}

/**
 * The secret of the cookies by which people stay signed in, different from that of tokens, so that neither passes for the other.
 * Derived from the configured secret; undefined where people cannot sign in.
 */
export function sessionSecret({ jwtSecret, oidc }: Settings): string | undefined {
  const secret = jwtSecret ?? oidc?.secret
  return secret && createHmac('sha256', secret).update('conferente sessao').digest('base64url')
}

/**
 * The settings for an open database. The embedded server brings its own secret, so that the API works from the first start; with
 * any other database somebody must choose how callers are identified.
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
    throw new SettingsError(
      [{ key: 'CONFERENTE_JWT_SEGREDO', problem: 'missing', fault: 'secret_or_keys' }],
      settings.language,
    )
  }
  // The password is random, drawn for this data directory, and nobody else knows it.
  const jwtSecret = createHmac('sha256', new URL(url).password).update('conferente token').digest('base64url')
  return { ...settings, databaseUrl: url, jwtSecret }
}
