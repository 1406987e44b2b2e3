import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose'
import { ROLES } from '../settings/settings.ts'
import type { ServerSettings } from './settings.ts'

/** The caller, by a token with valid signature, issuer, audience and dates; the database has yet to be asked. */
export interface Caller {
  /** As written in the token; recorded in its one spelling (audit_interno.nome_pessoa). */
  readonly name: string
  readonly role: CallerRole
  readonly tokenId: string | undefined
  readonly issuedAt: Date | undefined
  /** From single sign-on: registered with the provider, not with us. */
  readonly external: boolean
}

export type CallerRole =
  | 'conferente_leitor'
  | 'conferente_revisor'
  | 'conferente_operador'
  | 'conferente_administrador'

export interface TokenRecord {
  readonly id: string
  readonly nome: string
  readonly papel: string
  readonly emitido_em: Date
  readonly expira_em: Date
}

/** Why a token is refused, told to its holder. */
export class TokenError extends Error {
  readonly reason: 'malformed' | 'expired' | 'no_role'

  constructor(reason: TokenError['reason'], cause?: unknown) {
    super(reason, { cause })
    this.reason = reason
  }
}

const CLOCK_TOLERANCE = 5

/** Checks tokens of one kind of key only, so that no token can choose how it is checked. */
export function createVerifier(settings: ServerSettings): (token: string) => Promise<Caller> {
  const { jwksUrl, jwtSecret = '', jwtIssuer: issuer, jwtAudience: audience } = settings
  const external = jwksUrl !== undefined
  const common: JWTVerifyOptions = {
    issuer,
    audience,
    clockTolerance: CLOCK_TOLERANCE,
    requiredClaims: external ? ['exp'] : ['exp', 'iat', 'jti'],
  }
  const secret = new TextEncoder().encode(jwtSecret)
  const keys = external ? createRemoteJWKSet(new URL(jwksUrl)) : undefined
  return async (token) => {
    try {
      const { payload } = keys
        ? await jwtVerify(token, keys, { ...common, algorithms: ['RS256', 'ES256'] })
        : await jwtVerify(token, secret, { ...common, algorithms: ['HS256'] })
      return callerOf(settings, payload, external)
    } catch (error) {
      if (error instanceof TokenError) throw error
      if (error instanceof errors.JWTExpired) throw new TokenError('expired', error)
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
        throw new TokenError('malformed', error)
      }
      throw error
    }
  }
}

function callerOf(settings: ServerSettings, payload: JWTPayload, external: boolean): Caller {
  return {
    name: nameOf(payload[settings.jwtNameClaim]),
    role: roleOf(payload[settings.jwtRoleClaim]),
    tokenId: typeof payload.jti === 'string' ? payload.jti : undefined,
    issuedAt: payload.iat === undefined ? undefined : new Date(payload.iat * 1000),
    external,
  }
}

/** @throws {TokenError} when it is not a valid name: format characters could make two look like one */
export function nameOf(claim: unknown): string {
  if (typeof claim !== 'string' || claim.trim() === '' || claim.length > 200 || /\p{C}/u.test(claim)) {
    throw new TokenError('no_role')
  }
  return claim
}

/**
 * One of the four roles, whatever other groups the person has. Reading is part of each role, so another one takes precedence over
 * it.
 */
export function roleOf(claim: unknown): CallerRole {
  const named = (Array.isArray(claim) ? claim : [claim])
    .filter((item) => typeof item === 'string')
    .map((item) => item.replace(/^conferente_/, ''))
    .filter((item) => ROLES.some((role) => role === item))
  const working = new Set(named.filter((item) => item !== 'leitor'))
  if (working.size > 1 || named.length === 0) throw new TokenError('no_role')
  const [role = 'leitor'] = working
  return `conferente_${role}` as CallerRole
}

/** Signs a registered token. */
export function signToken(
  { jwtSecret = '', jwtIssuer, jwtAudience, jwtNameClaim, jwtRoleClaim }: ServerSettings,
  record: TokenRecord,
) {
  return new SignJWT({
    [jwtNameClaim]: record.nome,
    [jwtRoleClaim]: record.papel.replace(/^conferente_/, ''),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setJti(record.id)
    .setIssuer(jwtIssuer)
    .setAudience(jwtAudience)
    .setIssuedAt(record.emitido_em)
    .setExpirationTime(record.expira_em)
    .sign(new TextEncoder().encode(jwtSecret))
}
