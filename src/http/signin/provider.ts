import type { Configuration } from 'openid-client'
import type { OidcSettings } from '../../settings/settings.ts'
import { type CallerRole, nameOf, roleOf } from '../token.ts'

/** What must be the same when somebody comes back from the provider; only the browser that left knows it. */
export interface Departure {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** The person whom the provider has named. */
export interface Named {
  readonly name: string
  /** Undefined: the role that administrators registered. */
  readonly role: CallerRole | undefined
}

/** The library's errors: the provider's own words if there are any, and the cause. */
interface Refused extends Error {
  readonly code?: string
  readonly error?: string
  readonly error_description?: string
}

/** Single sign-on does not work right now, or refuses; the message gives the reason, for the log. */
export class ProviderError extends Error {
  readonly reason: 'away' | 'refused' | 'unknown'

  constructor(reason: ProviderError['reason'], cause: Refused) {
    super(`single sign-on, ${reason}: ${said(cause)}`, { cause })
    this.reason = reason
  }
}

export interface Provider {
  /** @throws {ProviderError} */
  leave(): Promise<{ readonly url: URL; readonly departure: Departure }>
  /**
   * Exchanges what came back for the person's name and role.
   * @param query of the address that the provider sent the browser to
   * @throws {ProviderError}
   * @throws {TokenError} when there is no name, or no role of ours
   */
  comeBack(query: string, departure: Departure): Promise<Named>
  /**
   * Where a person signs out of the provider too, if it has such a place.
   * @throws {ProviderError}
   */
  end(): Promise<URL | undefined>
}

const CLOCK_TOLERANCE_S = 30
const TIMEOUT_S = 10

/** OpenID Connect's code flow with PKCE. The provider's configuration is read at the first sign-in, and again after a failure. */
export function createProvider(oidc: OidcSettings): Provider {
  let known: Promise<{ client: typeof import('openid-client'); config: Configuration }> | undefined
  const open = () => {
    known ??= discover(oidc)
    known.catch(() => {
      known = undefined
    })
    return known
  }
  return {
    async leave() {
      const { client, config } = await open().catch(failed)
      const departure = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      }
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: oidc.returnUrl,
        scope: oidc.scopes,
        state: departure.state,
        nonce: departure.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(departure.verifier),
        code_challenge_method: 'S256',
      })
      return { url, departure }
    },
    async comeBack(query, { state, nonce, verifier }) {
      const { client, config } = await open().catch(failed)
      const url = new URL(oidc.returnUrl)
      url.search = query
      const tokens = await client
        .authorizationCodeGrant(config, url, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        .catch(failed)
      const claims = tokens.claims()
      let all: Record<string, unknown> = { ...claims }
      const wanted = [oidc.nameClaim, ...(oidc.roleClaim ? [oidc.roleClaim] : [])]
      // Some providers put nothing but the identity into the token.
      if (claims && wanted.some((claim) => !(claim in all)) && config.serverMetadata().userinfo_endpoint) {
        all = {
          ...(await client.fetchUserInfo(config, tokens.access_token, claims.sub).catch(failed)),
          ...claims,
        }
      }
      return named(oidc, all)
    },
    async end() {
      const { client, config } = await open().catch(failed)
      return config.serverMetadata().end_session_endpoint ? client.buildEndSessionUrl(config) : undefined
    },
  }
}

async function discover(oidc: OidcSettings) {
  const client = await import('openid-client')
  const { secret } = oidc
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)]
  const issuer = new URL(oidc.issuer)
  const config = await client.discovery(
    issuer,
    oidc.client,
    { client_secret: secret, [client.clockTolerance]: CLOCK_TOLERANCE_S },
    (server, ...request) => {
      const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
      return (methods.includes('client_secret_basic') ? basic : post)(server, ...request)
    },
    {
      timeout: TIMEOUT_S,
      execute: [
        client.enableNonRepudiationChecks,
        // Settings allow this only for a provider on this machine.
        ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    },
  )
  return { client, config }
}

/** Whose fault it is: the network and the provider's servers, or what was brought back. */
function failed(error: Refused): never {
  const { name, code, cause } = error
  const status = cause instanceof Response ? cause.status : 0
  const away = name === 'TypeError' || name === 'TimeoutError' || code === 'OAUTH_TIMEOUT' || status >= 500
  throw new ProviderError(
    away ? 'away' : name === 'AuthorizationResponseError' ? 'refused' : 'unknown',
    error,
  )
}

function named({ nameClaim, roleClaim, roles }: OidcSettings, claims: Record<string, unknown>): Named {
  // An address that nobody has verified could be anybody's.
  const name = nameOf(
    nameClaim === 'email' && claims['email_verified'] === false ? undefined : claims[nameClaim],
  )
  if (roleClaim === undefined) return { name, role: undefined }
  const said = [claims[roleClaim]].flat()
  return { name, role: roleOf(roles ? said.map((one) => roles[String(one)]) : said) }
}

function said({ message, error, error_description, cause }: Refused): string {
  const below = cause instanceof Response ? `HTTP ${cause.status}` : cause instanceof Error ? said(cause) : ''
  return [message, error, error_description, below].filter(Boolean).join(', ')
}
