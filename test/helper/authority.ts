// The tests' own authority, and companies that it vouches for: certificates as ICP-Brasil issues them, with the CNPJ in an
// otherName. Node signs but makes no certificates, so their DER is put together here.
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export interface Holder {
  readonly name: string
  readonly key: KeyObject
  readonly der: Buffer
  readonly pem: string
}

export interface CertificateOptions {
  readonly cnpj?: string
  /** The signer; by default itself. */
  readonly by?: Holder
  readonly authority?: boolean
  readonly from?: string
  readonly to?: string
  readonly bits?: number
}

/** The same name gives the same certificate except for its key, which is made once in each process. */
export function certify(
  name: string,
  {
    cnpj,
    by,
    authority = false,
    from = '2020-01-01',
    to = '2040-01-01',
    bits = 2048,
  }: CertificateOptions = {},
): Holder {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const tbs = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), createHash('sha256').update(name).digest().subarray(0, 8)])),
    algorithm(),
    title(by?.name ?? name),
    sequence(time(from), time(to)),
    title(name),
    publicKey.export({ format: 'der', type: 'spki' }),
    explicit(
      3,
      sequence(
        ...(authority
          ? [extension('551d13', sequence(Buffer.from('0101ff', 'hex')))] // basicConstraints: CA
          : []),
        ...(cnpj === undefined ? [] : [extension('551d11', sequence(otherName('604c010303', cnpj)))]),
      ),
    ),
  )
  const der = sequence(tbs, algorithm(), bits_(sign('sha256', tbs, by?.key ?? privateKey)))
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`
  return { name, key: createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })), der, pem }
}

const tagged = (tag: number, content: Buffer): Buffer => {
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
const sequence = (...parts: Buffer[]) => tagged(0x30, Buffer.concat(parts))
const explicit = (number: number, content: Buffer) => tagged(0xa0 + number, content)
const integer = (bytes: Buffer) => tagged(0x02, bytes)
const oid = (hex: string) => tagged(0x06, Buffer.from(hex, 'hex'))
const bits_ = (content: Buffer) => tagged(0x03, Buffer.concat([Buffer.from([0]), content]))
const utf8 = (text: string) => tagged(0x0c, Buffer.from(text))
const time = (day: string) => tagged(0x18, Buffer.from(`${day.replaceAll('-', '')}000000Z`))
/** sha256WithRSAEncryption */
const algorithm = () => sequence(oid('2a864886f70d01010b'), Buffer.from('0500', 'hex'))
const title = (name: string) => sequence(tagged(0x31, sequence(oid('550403'), utf8(name))))
const extension = (id: string, content: Buffer) => sequence(oid(id), tagged(0x04, content))
const otherName = (id: string, text: string) => explicit(0, Buffer.concat([oid(id), explicit(0, utf8(text))]))
