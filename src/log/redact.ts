const NAMES = ['authorization', 'cookie', 'password', 'senha', 'segredo', 'secret', 'token', 'pass']

/** Fields that are never shown, at the top and one and two levels below. */
export const PATHS = ['', '*.', '*.*.'].flatMap((above) => NAMES.map((name) => `${above}${name}`))

/** Shorter secrets would match innocent words, so they are redacted only where they stand alone. */
const SHORTEST = 8

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // user:password@ of any URL, up to the last @ before its end, because some passwords contain an @
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'<>\\]*@/gi, '$1***@'],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, '$1 ***'],
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, '***'],
  [
    /\b(password|passwd|pwd|senha|segredo|secret|token|access_token|api_key)\s*=\s*('[^'"\\]*'|[^\s"'&;\\]+)/gi,
    '$1=***',
  ],
  // A CPF as people write it: an error need not say whose it is.
  [/\b\d{3}\.\d{3}\.\d{3}-\d{2}\b/g, '***'],
]

/**
 * Removes from a line what looks like a secret or a person's number, and every known secret. JSON stays JSON.
 * @param secrets as they are, and as they appear in URLs and to mail servers
 */
export function createRedactor(secrets: readonly string[]): (line: string) => string {
  const known = [...new Set(secrets.flatMap(spellings))]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((a, b) => b.length - a.length)
  return (line) => {
    let shown = line
    for (const secret of known) shown = shown.replaceAll(secret, '***')
    for (const [pattern, by] of PATTERNS) shown = shown.replace(pattern, by)
    return shown
  }
}

/** The user names and passwords of URLs. */
export function credentials(urls: readonly (string | undefined)[]): string[] {
  return urls.flatMap((address) => {
    if (address === undefined) return []
    const { username, password } = new URL(address)
    if (password === '') return []
    const [user, word] = [decode(username), decode(password)]
    return [password, word, base64(word), base64(`\0${user}\0${word}`)]
  })
}

const spellings = (secret: string) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
]
const base64 = (text: string) => Buffer.from(text).toString('base64')

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
