import { createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto'
import type { XmlElement } from 'libxml2-wasm'
import { element, text } from './document.ts'
import { Refusal } from './refusal.ts'

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'
const SIGNATURES: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1': 'RSA-SHA1',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': 'RSA-SHA256',
}
const DIGESTS: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#sha1': 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
}
/** Bits of an RSA key; ICP-Brasil issues none with fewer. */
const SHORTEST_KEY = 2048

export interface Signed {
  readonly certificate: X509Certificate
  /** Base64 of the signed element's digest. */
  readonly digest: string
}

/**
 * Checks the signature over an element. The digest is computed over the very element that is read, and not over whatever its Id
 * points to: a signed element that was moved elsewhere, with another in its place, proves nothing. Accepts only what the manuals of
 * NF-e and NFS-e prescribe: one reference, canonical XML without comments, RSA.
 * @param signed the element that the caller reads
 * @param signature beside it
 * @throws {Refusal}
 */
export function checkSignature(signed: XmlElement, signature: XmlElement | undefined): Signed {
  if (!signature) throw new Refusal('assinatura', 'not signed')
  const info = need(signature, 'ds:SignedInfo')
  const reference = need(info, 'ds:Reference')
  const uri = reference.attr('URI')?.value
  if (uri !== `#${signed.attr('Id')?.value}`) throw new Refusal('assinatura', 'signs another element')
  if (algorithm(info, 'ds:CanonicalizationMethod') !== C14N)
    throw new Refusal('assinatura', 'canonicalization')
  const transforms = need(reference, 'ds:Transforms')
  if (
    algorithm(transforms, 'ds:Transform[1]') !== ENVELOPED ||
    algorithm(transforms, 'ds:Transform[2]') !== C14N ||
    element(transforms, '*[3]') !== undefined ||
    element(transforms, 'ds:Transform/*') !== undefined
  )
    throw new Refusal('assinatura', 'transforms')
  const hash = DIGESTS[algorithm(reference, 'ds:DigestMethod')]
  const scheme = SIGNATURES[algorithm(info, 'ds:SignatureMethod')]
  if (hash === undefined || scheme === undefined) throw new Refusal('assinatura', 'algorithm')

  const digest = createHash(hash).update(signed.canonicalizeToString()).digest()
  const said = Buffer.from(text(reference, 'ds:DigestValue') ?? '', 'base64')
  if (said.length !== digest.length || !timingSafeEqual(said, digest))
    throw new Refusal('assinatura', 'changed after it was signed')

  const certificate = readCertificate(text(signature, 'ds:KeyInfo/ds:X509Data/ds:X509Certificate[1]') ?? '')
  const { publicKey } = certificate
  if (
    publicKey.asymmetricKeyType !== 'rsa' ||
    (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < SHORTEST_KEY
  )
    throw new Refusal('assinatura', 'key')
  const value = Buffer.from(text(signature, 'ds:SignatureValue') ?? '', 'base64')
  if (!verify(scheme, Buffer.from(info.canonicalizeToString()), publicKey, value))
    throw new Refusal('assinatura', 'not by this certificate')
  return { certificate, digest: digest.toString('base64') }
}

function need(node: XmlElement, expression: string): XmlElement {
  const found = element(node, expression)
  if (!found) throw new Refusal('assinatura', `no ${expression}`)
  return found
}

const algorithm = (node: XmlElement, expression: string): string =>
  need(node, expression).attr('Algorithm')?.value ?? ''

function readCertificate(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    throw new Refusal('assinatura', 'certificate')
  }
}
