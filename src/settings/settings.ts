import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { z as Zod } from 'zod'
import { AddressError, type AddressFault, addressOfEnvironment, readAddress } from './address.ts'
import { defaultDataDir } from './data-dir.ts'
import { nearestNames } from './nearest.ts'

export type Language = 'pt-BR' | 'en'

export interface Settings {
  /** In the form that both drivers understand. Unset: the embedded server of `dataDir` is used. */
  readonly databaseUrl: string | undefined
  /** Absolute directory of the embedded server's data. */
  readonly dataDir: string
  /** HTTP port; 0 lets the system choose a free one. */
  readonly port: number
  readonly language: Language
  readonly logsDir: string | undefined
  readonly jwtSecret: string | undefined
  readonly jwksUrl: string | undefined
  /** Claims of a token: who issued it, for whom, and where it names the person and the role. */
  readonly jwtIssuer: string
  readonly jwtAudience: string
  readonly jwtNameClaim: string
  readonly jwtRoleClaim: string
  /** Address to listen on. */
  readonly host: string
  /** Path under which a proxy publishes the server: empty, or /as/here. */
  readonly basePath: string
  /** Proxies whose X-Forwarded-* headers are trusted: addresses and networks. */
  readonly trustedProxies: readonly string[]
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[]
  /** Requests of one address in a minute. */
  readonly rateLimit: number
  /** Roles, without their prefix, that may read GraphQL's schema. */
  readonly introspection: readonly string[]
  readonly smtpUrl: string | undefined
  /** Internal addresses and networks that channels may use. */
  readonly channelNetworks: readonly string[]
  /** Folder of electronic notes that the worker reads. */
  readonly notesDir: string | undefined
  /** Certificates of authorities that are trusted for signers of notes: a file, or a folder of them. */
  readonly notesRoots: string | undefined
  /** Certificates of authorities whose stamps of the chain are trusted: a PEM file. */
  readonly stampRoots: string | undefined
  /** Single sign-on for people, by OpenID Connect's code flow. */
  readonly oidc: OidcSettings | undefined
}

export interface OidcSettings {
  readonly issuer: string
  readonly client: string
  readonly secret: string
  /** Where the provider sends people back to: the public address of /entrar/retorno. */
  readonly returnUrl: string
  readonly scopes: string
  readonly nameClaim: string
  /** Unset: roles are those that administrators registered. */
  readonly roleClaim: string | undefined
  /** Values of the claim, each with its role; unset: the claim names the role itself. */
  readonly roles: Readonly<Record<string, string>> | undefined
}

export type SettingKey = keyof typeof KEYS

export interface SettingsProblem {
  readonly key: string
  readonly problem: 'missing' | 'malformed' | 'unknown'
  /** What is wrong with it, where its kind does not say enough; `values` go into the sentence. */
  readonly fault?: SettingsFault
  readonly values?: readonly string[]
  /** For an unknown key, the known ones that it resembles. */
  readonly nearest?: readonly string[]
}

export type SettingsFault = AddressFault | 'secret_beside_keys' | 'secret_or_keys'

/** Carries every problem at once, and no value that may be a secret. What would be right is said in src/i18n. */
export class SettingsError extends Error {
  readonly code = 'settings'
  readonly problems: readonly SettingsProblem[]
  /** The language to report them in. */
  readonly language: Language

  constructor(problems: readonly SettingsProblem[], language: Language) {
    super(problems.map((p) => `${p.key} ${p.fault ?? p.problem}`).join('; '))
    this.name = 'SettingsError'
    this.problems = problems
    this.language = language
  }
}

// Loaded only once something is set: it costs a quarter of the time of `conferente --help`.
let loaded: typeof Zod | undefined
const z = (): typeof Zod => {
  loaded ??= (createRequire(import.meta.url)('zod') as typeof import('zod')).z
  return loaded
}
const url = (...protocols: string[]) =>
  z()
    .string()
    .refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol))
const path = () =>
  z()
    .string()
    .transform((value) => resolve(value.replace(/^~(?=$|[/\\])/, homedir())))
const integer = (least: number, most: number) =>
  z()
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z().int().min(least).max(most))
/** Keys and secrets that cross a network unencrypted could come from anybody. */
const safeUrl = () =>
  url('https:', 'http:').refine(
    (value) => !URL.canParse(value) || value.startsWith('https:') || isLoopback(new URL(value).hostname),
  )
const list = (item: Zod.ZodType<string, string>) =>
  z()
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .pipe(z().array(item))
/** The roles of the API, without their prefix. */
export const ROLES = ['leitor', 'revisor', 'operador', 'administrador'] as const

const KEYS = {
  DATABASE_URL: () => z().string(),
  CONFERENTE_DADOS: path,
  CONFERENTE_PORTA: () => integer(0, 65535),
  CONFERENTE_IDIOMA: () => z().enum(['pt-BR', 'en']),
  CONFERENTE_LOGS: path,
  CONFERENTE_CANAIS_REDES: () => list(z().union([z().ipv4(), z().ipv6(), z().cidrv4(), z().cidrv6()])),
  CONFERENTE_NOTAS: path,
  CONFERENTE_NOTAS_RAIZES: path,
  CONFERENTE_CARIMBO_RAIZES: path,
  CONFERENTE_JWT_SEGREDO: () => z().string().min(32),
  CONFERENTE_JWKS_URL: safeUrl,
  CONFERENTE_JWT_EMISSOR: () => z().string(),
  CONFERENTE_JWT_PUBLICO: () => z().string(),
  CONFERENTE_JWT_CAMPO_NOME: () => z().string(),
  CONFERENTE_JWT_CAMPO_PAPEL: () => z().string(),
  CONFERENTE_OIDC_EMISSOR: safeUrl,
  CONFERENTE_OIDC_CLIENTE: () => z().string(),
  CONFERENTE_OIDC_SEGREDO: () => z().string(),
  CONFERENTE_OIDC_RETORNO: () => safeUrl().refine((value) => /\/entrar\/retorno$/.test(value)),
  CONFERENTE_OIDC_ESCOPOS: () =>
    z()
      .string()
      .refine((value) => value.split(' ').includes('openid')),
  CONFERENTE_OIDC_CAMPO_NOME: () => z().string(),
  CONFERENTE_OIDC_CAMPO_PAPEL: () => z().string(),
  CONFERENTE_OIDC_PAPEIS: () =>
    list(
      z()
        .string()
        .regex(new RegExp(`^.+=(${ROLES.join('|')})$`)),
    ).transform((pairs) => Object.fromEntries(pairs.map((pair) => pair.split(/=(?=[^=]*$)/)))),
  CONFERENTE_ENDERECO: () => z().union([z().ipv4(), z().ipv6(), z().literal('localhost')]),
  CONFERENTE_BASE: () =>
    z()
      .string()
      .regex(/^(\/[\w.~-]+)+$/),
  CONFERENTE_PROXY: () =>
    list(
      z().union([
        z().ipv4(),
        z().ipv6(),
        z().cidrv4(),
        z().cidrv6(),
        z().enum(['loopback', 'linklocal', 'uniquelocal']),
      ]),
    ),
  CONFERENTE_CORS: () =>
    list(
      z()
        .string()
        .refine((value) => URL.canParse(value) && new URL(value).origin === value),
    ),
  CONFERENTE_LIMITE_REQUISICOES: () => integer(1, 1_000_000),
  CONFERENTE_INTROSPECCAO: () => list(z().enum(ROLES)),
  SMTP_URL: () =>
    url('smtp:', 'smtps:').refine((value) => URL.canParse(value) && new URL(value).hostname !== ''),
} as const

/** The checked value of one key; problems with it are collected. */
type Read = <K extends SettingKey>(key: K) => Zod.output<ReturnType<(typeof KEYS)[K]>> | undefined

const OWN_KEYS = Object.keys(KEYS).filter((name) => name.startsWith('CONFERENTE_'))

/**
 * Reads and checks the whole environment. An empty string counts as unset.
 * @param required keys that the calling command cannot do without
 * @throws {SettingsError} naming every missing, malformed and unknown key at once
 */
export function readSettings(
  env: NodeJS.ProcessEnv = process.env,
  { required = [] }: { required?: readonly SettingKey[] } = {},
): Settings {
  const problems: SettingsProblem[] = []

  const read: Read = (key) => {
    const raw = env[key]
    if (raw === undefined || raw === '') {
      if (required.includes(key)) problems.push(missing(key))
      return undefined
    }
    const parsed = KEYS[key]().safeParse(raw)
    if (parsed.success) return parsed.data as never
    problems.push({ key, problem: 'malformed' })
    return undefined
  }

  const settings: Settings = {
    databaseUrl: databaseUrl(env, read, problems),
    dataDir: read('CONFERENTE_DADOS') ?? defaultDataDir(env),
    port: read('CONFERENTE_PORTA') ?? 8000,
    language: read('CONFERENTE_IDIOMA') ?? 'pt-BR',
    logsDir: read('CONFERENTE_LOGS'),
    jwtSecret: read('CONFERENTE_JWT_SEGREDO'),
    jwksUrl: read('CONFERENTE_JWKS_URL'),
    jwtIssuer: read('CONFERENTE_JWT_EMISSOR') ?? 'conferente',
    jwtAudience: read('CONFERENTE_JWT_PUBLICO') ?? 'conferente',
    jwtNameClaim: read('CONFERENTE_JWT_CAMPO_NOME') ?? 'sub',
    jwtRoleClaim: read('CONFERENTE_JWT_CAMPO_PAPEL') ?? 'papel',
    host: read('CONFERENTE_ENDERECO') ?? '127.0.0.1',
    basePath: read('CONFERENTE_BASE') ?? '',
    trustedProxies: read('CONFERENTE_PROXY') ?? [],
    corsOrigins: read('CONFERENTE_CORS') ?? [],
    rateLimit: read('CONFERENTE_LIMITE_REQUISICOES') ?? 600,
    introspection: read('CONFERENTE_INTROSPECCAO') ?? ['revisor', 'operador', 'administrador'],
    smtpUrl: read('SMTP_URL'),
    channelNetworks: read('CONFERENTE_CANAIS_REDES') ?? [],
    notesDir: read('CONFERENTE_NOTAS'),
    notesRoots: read('CONFERENTE_NOTAS_RAIZES'),
    stampRoots: read('CONFERENTE_CARIMBO_RAIZES'),
    oidc: oidcSettings(env, read, problems),
  }

  problems.push(...contradictions(settings, env), ...unknownKeys(env))
  if (problems.length > 0) throw new SettingsError(problems, settings.language)
  return Object.freeze(settings)
}

function databaseUrl(env: NodeJS.ProcessEnv, read: Read, problems: SettingsProblem[]): string | undefined {
  const given = read('DATABASE_URL')
  try {
    return given === undefined ? addressOfEnvironment(env) : readAddress(given, env)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    const key = given === undefined ? 'PGHOST' : 'DATABASE_URL'
    problems.push({ key, problem: 'malformed', fault: error.fault, values: error.values })
    return undefined
  }
}

/** All or nothing: a half-configured provider would only be noticed by the first person who signs in. */
function oidcSettings(
  env: NodeJS.ProcessEnv,
  read: Read,
  problems: SettingsProblem[],
): OidcSettings | undefined {
  const given = OWN_KEYS.some((key) => key.startsWith('CONFERENTE_OIDC_') && env[key])
  const needed = (key: SettingKey) => {
    if (given && !env[key]) problems.push(missing(key))
    return (read(key) as string | undefined) ?? ''
  }
  const roles = read('CONFERENTE_OIDC_PAPEIS')
  const roleClaim = roles ? needed('CONFERENTE_OIDC_CAMPO_PAPEL') : read('CONFERENTE_OIDC_CAMPO_PAPEL')
  const oidc = {
    issuer: needed('CONFERENTE_OIDC_EMISSOR'),
    client: needed('CONFERENTE_OIDC_CLIENTE'),
    secret: needed('CONFERENTE_OIDC_SEGREDO'),
    returnUrl: needed('CONFERENTE_OIDC_RETORNO'),
    scopes: read('CONFERENTE_OIDC_ESCOPOS') ?? 'openid profile email',
    nameClaim: read('CONFERENTE_OIDC_CAMPO_NOME') ?? 'preferred_username',
    roleClaim,
    roles,
  }
  return given ? oidc : undefined
}

function contradictions({ jwksUrl, jwtSecret }: Settings, env: NodeJS.ProcessEnv): SettingsProblem[] {
  if (jwksUrl === undefined) return []
  const named = (['CONFERENTE_JWT_EMISSOR', 'CONFERENTE_JWT_PUBLICO'] as const).filter((key) => !env[key])
  if (jwtSecret === undefined) return named.map(missing)
  // With keys of two kinds a token could choose how it is checked.
  return [
    { key: 'CONFERENTE_JWT_SEGREDO', problem: 'malformed', fault: 'secret_beside_keys' },
    ...named.map(missing),
  ]
}

function unknownKeys(env: NodeJS.ProcessEnv): SettingsProblem[] {
  const unknown = Object.keys(env).filter(
    (key) => key.startsWith('CONFERENTE_') && !key.startsWith('CONFERENTE_TESTE_') && !(key in KEYS),
  )
  return unknown.map((key) => ({ key, problem: 'unknown', nearest: nearestNames(key, OWN_KEYS) }))
}

const missing = (key: SettingKey): SettingsProblem => ({ key, problem: 'missing' })

/**
 * The environment for programs that we start: no secrets of ours, and no PG* or LC_* variables that would
 * change what PostgreSQL's programs do or the language in which they report.
 */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const kept: Record<string, string> = { LC_ALL: 'C' }
  for (const [key, value] of Object.entries(env)) {
    if (value !== undefined && /^(PATH|TZ|LD_LIBRARY_PATH|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT)$/i.test(key)) {
      kept[key] = value
    }
  }
  return kept
}

/** Sets what PostGraphile reads from the environment, once, before it is loaded. */
export function preparePostGraphile(env: NodeJS.ProcessEnv = process.env): void {
  // whether it checks itself strictly and prints much
  env['GRAPHILE_ENV'] ??= 'production'
  // a prepared statement may be deallocated by code of the warehouse that ran on the connection
  env['DATAPLAN_PG_PREPARED_STATEMENT_CACHE_SIZE'] = '0'
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
