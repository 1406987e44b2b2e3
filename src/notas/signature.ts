import { createHash, type KeyObject, timingSafeEqual, verify, X509Certificate } from 'node:crypto'
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

  const digest = createHash(hash).update(canonical(signed)).digest()
  const said = Buffer.from(text(reference, 'ds:DigestValue') ?? '', 'base64')
  if (said.length !== digest.length || !timingSafeEqual(said, digest))
    throw new Refusal('assinatura', 'changed after it was signed')

  const { certificate, publicKey } = signedBy(
    text(signature, 'ds:KeyInfo/ds:X509Data/ds:X509Certificate[1]') ?? '',
  )
  const value = Buffer.from(text(signature, 'ds:SignatureValue') ?? '', 'base64')
  if (!verify(scheme, Buffer.from(canonical(info)), publicKey, value))
    throw new Refusal('assinatura', 'not by this certificate')
  return { certificate, digest: digest.toString('base64') }
}

/** The element's own method wraps each node of the whole document in an object, which takes longer than all the rest. */
const canonical = (part: XmlElement): string => part.doc.canonicalizeToString({ nodeSet: new Set([part]) })

function need(node: XmlElement, expression: string): XmlElement {
  const found = element(node, expression)
  if (!found) throw new Refusal('assinatura', `no ${expression}`)
  return found
}

const algorithm = (node: XmlElement, expression: string): string =>
  need(node, expression).attr('Algorithm')?.value ?? ''

interface Key {
  readonly certificate: X509Certificate
  readonly publicKey: KeyObject
}

/** By the text of the certificate: a supplier signs many notes. */
const keys = new Map<string, Key>()
const MOST_KEYS = 1000
/** Characters of a certificate; those of ICP-Brasil have three thousand. Longer ones would fill the memory of what is known. */
const LONGEST_CERTIFICATE = 16_384

function signedBy(base64: string): Key {
  if (base64.length > LONGEST_CERTIFICATE) throw new Refusal('assinatura', 'certificate')
  let key = keys.get(base64)
  if (!key) {
    key = readKey(base64)
    if (keys.size >= MOST_KEYS) keys.clear()
    keys.set(base64, key)
  }
  return key
}

function readKey(base64: string): Key {
  try {
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'))
    const { publicKey } = certificate
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey
    if (type === 'rsa' && (details?.modulusLength ?? 0) >= SHORTEST_KEY) return { certificate, publicKey }
  } catch {
    throw new Refusal('assinatura', 'certificate')
  }
  throw new Refusal('assinatura', 'key')
}
