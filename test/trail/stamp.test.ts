// Stamps of an authority that is not ours (OpenSSL's): what it signed is believed, and nothing else.
import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  checkStamp,
  readCertificates,
  StampError,
  sealOf,
  stampRequest,
  tokenOf,
} from '../../src/trail/stamp.ts'
import { authority } from '../helper/stamps.ts'

const sealed = randomBytes(72)
const seal = createHash('sha256').update(sealed).digest()

for (const kind of ['rsa', 'ec'] as const)
  t.test(`a stamp signed with a key of ${kind}`, async (t) => {
    const tsa = await authority(t, kind)
    const roots = readCertificates(tsa.ca)
    const { der, nonce } = stampRequest(seal)
    const answer = await tsa.reply(der)
    const token = tokenOf(answer, seal, nonce)
    t.ok(sealOf(token).equals(seal))
    t.ok(await tsa.verify(token, seal.toString('hex')), 'OpenSSL believes it')
    const stamp = await checkStamp(token, sealed, roots)
    t.match(stamp, { autoridade: 'Carimbo de teste', confiavel: true })
    t.ok(Math.abs(stamp.em.getTime() - Date.now()) < 3_600_000)
    t.match(await checkStamp(token, sealed), { confiavel: undefined }, 'without roots nobody is trusted')

    const other = await authority(t, kind)
    t.match(await checkStamp(token, sealed, readCertificates(other.ca)), { confiavel: false }, 'another root')
    await t.rejects(checkStamp(token, randomBytes(72), roots), StampError, 'another seal')
    t.throws(() => tokenOf(answer, seal, stampRequest(seal).nonce), { message: 'another nonce' })
    t.throws(() => tokenOf(answer, randomBytes(32), nonce), { message: 'another seal' })
    t.throws(() => tokenOf(Buffer.from('<html>'), seal, nonce), StampError)
    const refused = await tsa.reply(Buffer.from('nada'))
    t.throws(() => tokenOf(refused, seal, nonce), { message: /^refused \(status 2\)/ })

    const lies: number[] = []
    for (let at = 0; at < token.length; at += 7) {
      const changed = Buffer.from(token)
      changed[at] = (changed[at] as number) ^ 1
      // what carries no meaning (a copy of the root, say) may change
      const says = await checkStamp(changed, sealed, roots).catch(() => undefined)
      if (
        says?.confiavel &&
        (says.em.getTime() !== stamp.em.getTime() || says.autoridade !== stamp.autoridade)
      )
        lies.push(at)
    }
    t.same(lies, [], 'no changed byte gives it another time or authority')
  })

t.test('a certificate that is not for time stamping is refused', async (t) => {
  const tsa = await authority(t)
  const { der, nonce } = stampRequest(seal)
  const forger = await authority(t)
  // signed by hand: openssl ts refuses such a certificate
  await forger.openssl(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-set_serial',
    '7',
    '-extfile',
    'openssl.cnf',
    '-extensions',
    'other',
    '-out',
    'other.pem',
  )
  const honest = await tsa.reply(der)
  const token = tokenOf(honest, seal, nonce)
  const info = await contentOf(tsa, token)
  await writeFile(join(forger.folder, 'info.der'), info)
  await forger.openssl(
    'cms',
    '-sign',
    '-binary',
    '-nodetach',
    '-econtent_type',
    '1.2.840.113549.1.9.16.1.4',
    '-in',
    'info.der',
    '-signer',
    'other.pem',
    '-inkey',
    'tsa.key',
    '-outform',
    'DER',
    '-out',
    'forged.der',
    '-md',
    'sha256',
  )
  const forged = await readFile(join(forger.folder, 'forged.der'))
  t.ok(sealOf(forged).equals(seal), 'it carries the seal')
  await t.rejects(checkStamp(forged, sealed, readCertificates(forger.ca)), {
    message: 'the certificate is not for stamping',
  })
})

async function contentOf(tsa: Awaited<ReturnType<typeof authority>>, token: Buffer): Promise<Buffer> {
  await writeFile(join(tsa.folder, 'honest.der'), token)
  await tsa.openssl(
    'cms',
    '-verify',
    '-inform',
    'DER',
    '-in',
    'honest.der',
    '-noverify',
    '-out',
    'info.der',
    '-binary',
  )
  return readFile(join(tsa.folder, 'info.der'))
}
