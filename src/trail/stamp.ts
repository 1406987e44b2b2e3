import { randomBytes } from 'node:crypto'
import * as asn1 from 'asn1js'
import {
  AlgorithmIdentifier,
  Certificate,
  ContentInfo,
  id_ExtKeyUsage,
  id_eContentType_TSTInfo,
  id_sha256,
  MessageImprint,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs'

/** A time-stamp token (RFC 3161) that does not prove what it should, and why. */
export class StampError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'StampError'
  }
}

export interface Stamp {
  /** When the authority says that it saw the seal. */
  readonly em: Date
  /** The authority's name, by its certificate. */
  readonly autoridade: string
  /** Whether its certificate leads to one of the given roots; undefined without roots. */
  readonly confiavel: boolean | undefined
}

const CONTENT_TYPE = '1.2.840.113549.1.9.3'
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
const COMMON_NAME = '2.5.4.3'

/** The request to an authority: to stamp this seal, which is a SHA-256 and so serves as its own imprint. */
export function stampRequest(seal: Buffer): { readonly der: Buffer; readonly nonce: string } {
  const nonce = randomBytes(16)
  nonce[0] = ((nonce[0] as number) & 0x3f) | 0x40 // positive, and of this length in every encoding
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: id_sha256, algorithmParams: new asn1.Null() }),
      hashedMessage: new asn1.OctetString({ valueHex: bytes(seal) }),
    }),
    nonce: new asn1.Integer({ valueHex: bytes(nonce) }),
    certReq: true,
  })
  return { der: Buffer.from(request.toSchema().toBER()), nonce: nonce.toString('hex') }
}

/**
 * The token in an authority's answer.
 * @throws {StampError} if it has none, or one that answers another request
 */
export function tokenOf(answer: Buffer, seal: Buffer, nonce: string): Buffer {
  const response = understood(() => TimeStampResp.fromBER(bytes(answer)))
  const { status, statusStrings } = response.status
  if (status !== 0 && status !== 1)
    throw new StampError(
      `refused (status ${status})${statusStrings ? `: ${statusStrings.map((one) => one.valueBlock.value).join(' ')}` : ''}`,
    )
  if (!response.timeStampToken) throw new StampError('no token')
  const token = Buffer.from(response.timeStampToken.toSchema().toBER())
  const { info } = opened(token)
  if (!info.nonce || Buffer.from(info.nonce.valueBlock.valueHexView).toString('hex') !== nonce)
    throw new StampError('another nonce')
  if (!imprintOf(info).equals(seal)) throw new StampError('another seal')
  return token
}

/** The seal that a token stamps. */
export const sealOf = (token: Buffer): Buffer => imprintOf(opened(token).info)

/**
 * Proves a token: the holder of its certificate's key signed this seal, the certificate is meant for stamping and, if roots are
 * given, it led to one of them at that time. Revocations are not looked up.
 * @param sealed the bytes whose SHA-256 is the seal: selo_anterior, elo as 8 bytes and resumo
 * @throws {StampError}
 */
export async function checkStamp(
  token: Buffer,
  sealed: Buffer,
  roots?: readonly Certificate[],
): Promise<Stamp> {
  const { signed, info, signer } = opened(token)
  const verified = (checkChain: boolean) =>
    signed
      .verify({
        signer: 0,
        data: bytes(sealed),
        trustedCerts: [...(roots ?? [])],
        checkChain,
        passedWhenNotRevValues: true,
      })
      .catch((error: Error) => {
        if (checkChain) return false
        throw new StampError(error.message)
      })
  if (!(await verified(false))) throw new StampError('the signature is wrong')
  const usage = signer.extensions?.find(({ extnID }) => extnID === id_ExtKeyUsage)
  const purposes = (usage?.parsedValue as { keyPurposes?: string[] } | undefined)?.keyPurposes
  if (!usage?.critical || purposes?.length !== 1 || purposes[0] !== TIME_STAMPING)
    throw new StampError('the certificate is not for stamping')
  return {
    em: info.genTime,
    autoridade: nameOf(signer),
    confiavel: roots === undefined ? undefined : await verified(true),
  }
}

/** Certificates of a PEM file, or the one of a DER file. */
export function readCertificates(file: Buffer): Certificate[] {
  const blocks = [
    ...file.toString('latin1').matchAll(/-----BEGIN CERTIFICATE-----([\s\S]+?)-----END CERTIFICATE-----/g),
  ].map(([, base64 = '']) => Buffer.from(base64, 'base64'))
  return (blocks.length > 0 ? blocks : [file]).map((der) => understood(() => Certificate.fromBER(bytes(der))))
}

/** A copy with its own memory: a Buffer may share its memory with others. */
const bytes = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer

function opened(token: Buffer) {
  return understood(() => {
    const content = ContentInfo.fromBER(bytes(token))
    if (content.contentType !== ContentInfo.SIGNED_DATA) throw new Error('no signed data')
    const signed = new SignedData({ schema: content.content })
    const [by] = signed.signerInfos
    if (signed.encapContentInfo.eContentType !== id_eContentType_TSTInfo || !signed.encapContentInfo.eContent)
      throw new Error('no time-stamp')
    if (signed.signerInfos.length !== 1 || !by?.signedAttrs) throw new Error('not one signer')
    const said = by.signedAttrs.attributes.find(({ type }) => type === CONTENT_TYPE)?.values[0]
    if (said?.valueBlock.toString() !== id_eContentType_TSTInfo) throw new Error('signs something else')
    const info = TSTInfo.fromBER(signed.encapContentInfo.eContent.getValue())
    return { signed, info, signer: certificateOf(signed) }
  })
}

/** The certificate that the signer names; without it, nobody can tell who signed. */
function certificateOf(signed: SignedData): Certificate {
  const sid = signed.signerInfos[0]?.sid
  const found = signed.certificates?.find(
    (one): one is Certificate =>
      one instanceof Certificate &&
      one.serialNumber.isEqual(sid?.serialNumber) &&
      one.issuer.isEqual(sid?.issuer),
  )
  if (!found) throw new Error('no certificate of the signer')
  return found
}

function imprintOf({ messageImprint }: TSTInfo): Buffer {
  if (messageImprint.hashAlgorithm.algorithmId !== id_sha256) throw new StampError('not by SHA-256')
  return Buffer.from(messageImprint.hashedMessage.valueBlock.valueHexView)
}

function nameOf({ subject }: Certificate): string {
  const [name] = [
    ...subject.typesAndValues.filter(({ type }) => type === COMMON_NAME),
    ...subject.typesAndValues,
  ]
  return String(name?.value.valueBlock.value ?? '')
}

function understood<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof StampError ? error : new StampError(`not understood: ${(error as Error).message}`)
  }
}
