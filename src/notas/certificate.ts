import { createHash, X509Certificate } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { otherName } from './der.ts'

/** 2.16.76.1.3.3: the holder's CNPJ, by ICP-Brasil (DOC-ICP-04). */
const CNPJ = Buffer.from('604c010303', 'hex')

/** A certificate that signed something, as the database keeps it. */
export interface Signer {
  /** SHA-256 of the certificate, hexadecimal. */
  readonly sha256: string
  /** Base64 of its DER. */
  readonly der: string
  readonly cnpj: string | null
  readonly valido_de: string
  readonly valido_ate: string
  readonly confiavel: boolean
}

/** Each holds two to four kilobytes. */
const MOST_KNOWN = 1000

const known = new Map<string, Signer>()

/** Everything known about a certificate, computed once for each. */
export function signer(certificate: X509Certificate, authorities: Authorities): Signer {
  const sha256 = createHash('sha256').update(certificate.raw).digest('hex')
  const key = `${authorities.digest} ${sha256}`
  let found = known.get(key)
  if (!found) {
    found = {
      sha256,
      der: certificate.raw.toString('base64'),
      cnpj: holder(certificate),
      valido_de: certificate.validFromDate.toISOString(),
      valido_ate: certificate.validToDate.toISOString(),
      confiavel: authorities.vouchFor(certificate),
    }
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, found)
  }
  return found
}

function holder(certificate: X509Certificate): string | null {
  const cnpj = otherName(certificate.raw, CNPJ)?.trim().toUpperCase()
  return cnpj !== undefined && /^[0-9A-Z]{12}[0-9]{2}$/.test(cnpj) ? cnpj : null
}

/** The most links from a certificate up to a root. ICP-Brasil has three above a company. */
const LONGEST = 6

/** Trusted authorities: roots, and those between them and the signers. */
export class Authorities {
  readonly #certificates: readonly X509Certificate[]
  readonly digest: string

  constructor(certificates: readonly X509Certificate[]) {
    // A certificate that is not an authority vouches for nobody, wherever it lies.
    this.#certificates = certificates.filter(({ ca }) => ca)
    this.digest = createHash('sha256')
      .update(
        this.#certificates
          .map(({ fingerprint256 }) => fingerprint256)
          .sort()
          .join(),
      )
      .digest('hex')
  }

  /** How many of them are roots. */
  get roots(): number {
    return this.#certificates.filter(isRoot).length
  }

  /**
   * Whether a chain of signatures leads from the certificate to a root, with each link valid on the day the certificate was issued.
   */
  vouchFor(certificate: X509Certificate): boolean {
    let one = certificate
    for (let links = 0; links < LONGEST; links++) {
      const issuer = this.#certificates.find(
        (other) =>
          one.checkIssued(other) &&
          other.validFromDate <= certificate.validFromDate &&
          certificate.validFromDate <= other.validToDate &&
          one.verify(other.publicKey),
      )
      if (!issuer) return false
      if (isRoot(issuer)) return true
      one = issuer
    }
    return false
  }
}

const isRoot = (certificate: X509Certificate) =>
  certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey)

/** Authorities of a PEM or DER file, or of such files in a folder; without a path, none. */
export function readAuthorities(path: string | undefined): Authorities {
  if (path === undefined) return new Authorities([])
  const files = lstatSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.(pem|crt|cer|der)$/i.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path]
  return new Authorities(files.flatMap((file) => certificates(readFileSync(file))))
}

function certificates(bytes: Buffer): X509Certificate[] {
  const blocks = bytes
    .toString('latin1')
    .match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)
  return (blocks ?? [bytes]).map((one) => new X509Certificate(one))
}
