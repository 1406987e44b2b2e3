// What is taken from an electronic note, and what is refused, each by its name.
import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { Authorities, signer } from '../../src/notas/certificate.ts'
import { MOST_BYTES } from '../../src/notas/folder.ts'
import { read } from '../../src/notas/read.ts'
import { Refusal } from '../../src/notas/refusal.ts'
import { certify } from '../helper/authority.ts'
import { cancellation, keyOf, nfe, nfse, nfseEvent, nfseKeyOf } from '../helper/notes.ts'

const CNPJ = '12345678000195'
const root = certify('AC Raiz', { authority: true })
const middle = certify('AC Meio', { authority: true, by: root })
const supplier = certify(`FORNECEDOR LTDA:${CNPJ}`, { cnpj: CNPJ, by: middle })
const NOTE = { by: supplier, cnpj: CNPJ, numero: 123, dia: '2026-11-03', total: '1000.00' }

const reading = (xml: string) => read(Buffer.from(xml))
const refused = (xml: string | Buffer): string => {
  try {
    read(Buffer.from(xml))
    return 'taken'
  } catch (error) {
    if (error instanceof Refusal) return error.reason
    throw error
  }
}
const authorities = (...holders: { pem: string }[]) =>
  new Authorities(holders.map(({ pem }) => new X509Certificate(pem)))

t.test('an authorised NF-e gives its key, parties, day, amounts and instalments', async (t) => {
  const { note, signed } = reading(nfe({ ...NOTE, parcelas: ['400.00', '600.00'], retido: '110.00' }))
  t.match(note, {
    chave: keyOf(NOTE),
    tipo: 'nfe',
    numero: '123',
    serie: '1',
    emitente: CNPJ,
    destinatario: '11222333000181',
    data_emissao: '2026-11-03',
    valor_total: '1000.00',
    valor_liquido: '890.00',
    parcelas: ['400.00', '600.00'],
    producao: true,
    autorizada: true,
  })
  t.match(signer(signed?.certificate as X509Certificate, authorities(root, middle)), {
    cnpj: CNPJ,
    confiavel: true,
  })
})

t.test('a file that cannot be canonicalised is refused, and the others are still read', async (t) => {
  const xml = nfe(NOTE)
  t.equal(refused(xml.replace('<NFe ', '<NFe xmlns:z="z" ')), 'xml', 'a name in a relative namespace')
  t.equal(refused(xml), 'taken')
  t.end()
})

t.test('a certificate is trusted only if a chain leads to a trusted root', async (t) => {
  const { certificate } = reading(nfe(NOTE)).signed as { certificate: X509Certificate }
  t.equal(authorities().vouchFor(certificate), false, 'no roots')
  t.equal(authorities(root).vouchFor(certificate), false, 'the authority between them is missing')
  t.equal(authorities(middle).vouchFor(certificate), false, 'the root is missing')
  t.equal(
    authorities(certify('AC Raiz', { authority: true }), middle).vouchFor(certificate),
    false,
    'another root of that name',
  )
  t.equal(authorities(root, middle).vouchFor(certificate), true)
  const own = certify(`FORNECEDOR LTDA:${CNPJ}`, { cnpj: CNPJ })
  const made = reading(nfe({ ...NOTE, by: own })).signed as { certificate: X509Certificate }
  t.equal(authorities(root, middle).vouchFor(made.certificate), false, 'made by somebody unknown')
  t.equal(authorities(root, middle, own).vouchFor(made.certificate), false, 'a company is not an authority')
  const byCompany = certify('FALSA', { cnpj: '99999999000191', by: supplier })
  const forged = reading(nfe({ ...NOTE, by: byCompany })).signed as { certificate: X509Certificate }
  t.equal(authorities(root, middle, supplier).vouchFor(forged.certificate), false, 'signed by a company')
  const late = certify('AC Nova', { authority: true, by: root, from: '2030-01-01' })
  const early = certify('ANTIGA', { cnpj: CNPJ, by: late, from: '2020-01-01' })
  const old = reading(nfe({ ...NOTE, by: early })).signed as { certificate: X509Certificate }
  t.equal(authorities(root, late).vouchFor(old.certificate), false, 'issued before its issuer was')
})

t.test('an NFS-e of the national standard gives the total and the net amount', async (t) => {
  const town = certify('PREFEITURA:46395000000139', { cnpj: '46395000000139', by: middle })
  const { note, signed } = reading(
    nfse({
      by: town,
      supplier,
      cnpj: CNPJ,
      numero: 77,
      dia: '2026-11-05',
      total: '500.00',
      liquido: '475.00',
    }),
  )
  t.match(note, {
    tipo: 'nfse',
    numero: '77',
    emitente: CNPJ,
    data_emissao: '2026-11-05',
    valor_total: '500.00',
    valor_liquido: '475.00',
    autorizada: true,
  })
  t.equal(note?.chave.length, 50)
  t.equal(signer(signed?.certificate as X509Certificate, authorities(root, middle)).cnpj, '46395000000139')
  t.equal(
    refused(
      nfse({ by: town, supplier, cnpj: CNPJ, numero: 77, dia: '2026-11-05', total: '500.00' }).replace(
        '<vServ>500.00',
        '<vServ>900.00',
      ),
    ),
    'assinatura',
  )
})

t.test('the CNPJ of a company registered since July 2026 has letters, and so have its keys', async (t) => {
  const cnpj = '12ABC34501DE35'
  const by = certify(`NOVA LTDA:${cnpj}`, { cnpj, by: middle })
  const { note, signed } = reading(nfe({ ...NOTE, by, cnpj, comprador: cnpj }))
  t.match(note, { chave: keyOf({ ...NOTE, cnpj }), emitente: cnpj, destinatario: cnpj, autorizada: true })
  t.equal(signer(signed?.certificate as X509Certificate, authorities(root, middle)).cnpj, cnpj)
  t.equal(reading(cancellation({ ...NOTE, by, cnpj })).cancellation?.chave, keyOf({ ...NOTE, cnpj }))

  const service = { supplier: by, cnpj, numero: 77, dia: '2026-11-05' }
  const town = certify('PREFEITURA:46395000000139', { cnpj: '46395000000139', by: middle })
  t.match(reading(nfse({ ...service, by: town, total: '500.00' })).note, {
    chave: nfseKeyOf(service),
    emitente: cnpj,
    autorizada: true,
  })
  t.equal(reading(nfseEvent({ ...service, by: town })).cancellation?.chave, nfseKeyOf(service))

  t.equal(refused(nfe({ ...NOTE, by, cnpj: '12ABC34501DEA5' })), 'esquema', 'a check digit is a digit')
  t.equal(refused(nfe({ ...NOTE, by, cnpj: '12abc34501de35' })), 'esquema', 'letters are capitals')
})

t.test('a cancellation gives key and time; other events give nothing', async (t) => {
  t.match(reading(cancellation(NOTE)).cancellation, {
    chave: keyOf(NOTE),
    cancelada_em: '2026-11-03T18:00:00-03:00',
    aceito: true,
  })
  t.match(reading(cancellation({ ...NOTE, cStat: '573' })).cancellation, { aceito: false })
  t.same(reading(cancellation(NOTE).replaceAll('110111', '110110')), {})
})

t.test('a note that another replaces is cancelled like any other', async (t) => {
  const replaced = { ...NOTE, substituta: keyOf({ ...NOTE, numero: 124 }) }
  t.match(reading(cancellation(replaced)).cancellation, { chave: keyOf(NOTE), aceito: true })
  t.match(reading(cancellation({ ...replaced, cStat: '573' })).cancellation, { aceito: false })
  const xml = cancellation(replaced)
  t.equal(refused(xml.replace('<xJust>Pedido', '<xJust>Pedida')), 'assinatura')
  t.equal(
    refused(xml.replace('<tpEvento>110112', '<tpEvento>110111')),
    'esquema',
    'by name a different event',
  )
  t.equal(refused(xml.replace(/(<retEvento.*<tpEvento>)110112/, '$1110111')), 'esquema')
  t.equal(refused(xml.replace(/(<retEvento.*<chNFe>)\d/, '$19')), 'protocolo')
})

t.test('events that cancel an NFS-e give its key and time; others give nothing', async (t) => {
  const town = certify('PREFEITURA:46395000000139', { cnpj: '46395000000139', by: middle })
  const event = { by: town, cnpj: CNPJ, numero: 77, dia: '2026-11-05' }
  for (const type of ['101101', '105102', '105104', '305101'])
    t.match(
      reading(nfseEvent({ ...event, tipo: type })).cancellation,
      { chave: nfseKeyOf(event), cancelada_em: '2026-11-05T18:00:00-03:00', protocolo: '7', aceito: true },
      type,
    )
  // a request, and a refusal
  for (const type of ['101103', '105105']) t.same(reading(nfseEvent({ ...event, tipo: type })), {}, type)
  t.match(
    reading(nfseEvent({ ...event, ambiente: '2' })).cancellation,
    { aceito: false },
    'from a test environment',
  )

  const { signed } = reading(nfseEvent({ ...event, supplier }))
  t.equal(
    signer(signed?.certificate as X509Certificate, authorities(root, middle)).cnpj,
    '46395000000139',
    'who registered it counts, not who requested it',
  )
})

t.test('an event of an NFS-e that was changed, moved or made up is refused', async (t) => {
  const event = { by: supplier, supplier, cnpj: CNPJ, numero: 77, dia: '2026-11-05' }
  const xml = nfseEvent(event)
  const other = nfseKeyOf({ ...event, numero: 78 })
  t.equal(refused(xml.replace(`<chNFSe>${nfseKeyOf(event)}`, `<chNFSe>${other}`)), 'assinatura')
  t.equal(refused(xml.replace('<ambGer>2', '<ambGer>1')), 'assinatura')
  t.equal(refused(nfseEvent({ ...event, chave: other })), 'chave', 'its identifiers are of another note')
  const { by, cnpj, numero, dia } = event
  const unsigned = nfseEvent({ by, cnpj, numero, dia }).replace(/<Signature.*<\/Signature>/s, '')
  t.equal(refused(unsigned), 'esquema', 'not signed')
  t.equal(refused(/<pedRegEvento.*<\/pedRegEvento>/s.exec(xml)?.[0] as string), 'tipo', 'only requested')
  t.equal(refused(xml.replace(/<e101101>.*<\/e101101>/, '<e101101/>')), 'esquema')
  t.equal(refused(xml.replace(/<e101101>.*<\/e101101>/, '$&$&')), 'esquema')
  const [signature = ''] = /<Signature.*?<\/Signature>/s.exec(nfseEvent({ ...event, numero: 78 })) ?? []
  t.equal(
    refused(nfseEvent({ by, cnpj, numero, dia, signature })),
    'assinatura',
    'its author requested another',
  )
})

t.test('IBS, CBS and the total including them are read if a note has them', async (t) => {
  const taxes = { ibs: '1.00', cbs: '9.00', total: '1010.00' }
  const expected = {
    valor_total: '1000.00',
    valor_ibs: '1.00',
    valor_cbs: '9.00',
    valor_com_tributos: '1010.00',
  }
  t.match(reading(nfe({ ...NOTE, taxes })).note, expected)
  t.match(reading(nfse({ ...NOTE, taxes })).note, expected)
  const none = { valor_ibs: null, valor_cbs: null, valor_com_tributos: null }
  t.match(reading(nfe(NOTE)).note, none)
  t.match(reading(nfse(NOTE)).note, none)
})

t.test('a note that was changed, moved or wrapped after signing is refused', async (t) => {
  const xml = nfe(NOTE)
  t.equal(refused(xml.replace('<vNF>1000.00', '<vNF>9000.00')), 'assinatura')
  t.equal(
    refused(xml.replace(/<DigestValue>[^<]+/, '<DigestValue>AAAAAAAAAAAAAAAAAAAAAAAAAAA=')),
    'assinatura',
  )
  t.equal(refused(xml.replace(/<SignatureValue>.{8}/, '<SignatureValue>AAAAAAAA')), 'assinatura')
  t.equal(refused(xml.replace(/<Signature xmlns.*<\/Signature>/s, '')), 'esquema', 'no signature')
  t.equal(
    refused(xml.replace(/URI="#NFe\d+"/, 'URI="#NFe00000000000000000000000000000000000000000000"')),
    'assinatura',
  )

  // the signed note is kept somewhere, and another one stands where it is read
  const other = nfe({ ...NOTE, total: '9000.00' })
  const signature = /<Signature xmlns.*<\/Signature>/s.exec(xml)?.[0] as string
  t.equal(
    refused(other.replace(/<Signature xmlns.*<\/Signature>/s, signature)),
    'assinatura',
    'another signature',
  )
  const signedInfo = /<infNFe.*<\/infNFe>/s.exec(xml)?.[0] as string
  const forged = signedInfo.replaceAll('1000.00', '9000.00')
  for (const wrapped of [
    xml.replace(signedInfo, `${forged}${signedInfo}`),
    xml.replace(signedInfo, forged).replace('</Signature>', `<Object>${signedInfo}</Object></Signature>`),
    xml.replace('<NFe ', `<NFe xmlns="http://www.portalfiscal.inf.br/nfe">${forged}${signature}</NFe><NFe `),
  ])
    t.match(refused(wrapped), /esquema|assinatura/)
  // the same with the signed one outside the part that the schema checks
  t.match(
    refused(xml.replace(signedInfo, forged).replace('</nfeProc>', `${signedInfo}</nfeProc>`)),
    /esquema|assinatura/,
  )
})

t.test('a signature of a different form than the manuals prescribe is refused', async (t) => {
  const xml = nfe(NOTE)
  const c14n = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
  t.match(refused(xml.replace(`<Transform Algorithm="${c14n}"/>`, '')), /esquema|assinatura/)
  t.match(
    refused(
      xml.replace(
        `<Transform Algorithm="${c14n}"/>`,
        `<Transform Algorithm="${c14n}"><XPath>/</XPath></Transform>`,
      ),
    ),
    /esquema|assinatura/,
  )
  t.match(refused(xml.replace('xmldsig#rsa-sha1', 'xmldsig#hmac-sha1')), /esquema|assinatura/)
  const weak = certify('FRACA', { cnpj: CNPJ, by: middle, bits: 1024 })
  t.equal(refused(nfe({ ...NOTE, by: weak })), 'assinatura', 'a short key')
})

t.test(
  "another note's key or protocol is refused, and a note without authorisation does not count as authorised",
  async (t) => {
    t.equal(refused(nfe({ ...NOTE, digest: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' })), 'protocolo')
    t.equal(refused(nfe(NOTE).replace(/<chNFe>\d/, '<chNFe>9')), 'protocolo')
    t.match(
      reading(nfe({ ...NOTE, digest: '' })).note,
      { autorizada: false },
      'a protocol that does not say for which note',
    )
    t.match(reading(nfe({ ...NOTE, cStat: '302' })).note, { autorizada: false })
    t.match(reading(nfe({ ...NOTE, ambiente: '2' })).note, { autorizada: false, producao: false })
    // signed, but with a key for another number
    const wrong = keyOf({ ...NOTE, numero: 124 })
    t.equal(refused(nfe({ ...NOTE, chave: wrong })), 'chave')
    t.equal(
      refused(
        nfe({ ...NOTE, chave: keyOf(NOTE).replace(/.$/, (digit) => String((Number(digit) + 1) % 10)) }),
      ),
      'chave',
    )
  },
)

t.test('hostile files are refused by name, and quickly', async (t) => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, n) => `<!ENTITY a${n} "${`&a${n === 0 ? '' : n - 1};`.repeat(10)}">`).join('')}]><l>&a19;</l>`
  t.equal(refused(bomb), 'dtd')
  t.equal(refused('<!DOCTYPE n SYSTEM "file:///etc/passwd"><n/>'), 'dtd')
  t.equal(refused('<!DOCTYPE n [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]><n>&x;</n>'), 'dtd')
  t.equal(refused(Buffer.from('\ufeff<!DOCTYPE n [<!ENTITY x "y">]><n>&x;</n>', 'utf16le')), 'codificacao')
  t.equal(refused('<?xml version="1.0" encoding="UTF-7"?><n/>'), 'codificacao')
  t.equal(refused(Buffer.from('<n>ação</n>', 'latin1')), 'codificacao')
  t.equal(refused('<a>'.repeat(100_000)), 'profundidade')
  t.equal(refused(`<a ${'b="c" '.repeat(1000)}/>`), 'xml', 'the same attribute twice')
  t.equal(refused(`<n>${'x'.repeat(MOST_BYTES - 10)}</n>`), 'tipo')
  t.equal(refused(''), 'xml')
  t.equal(refused('%PDF-1.7'), 'xml')
  t.equal(refused('<NFe xmlns="http://www.portalfiscal.inf.br/nfe"/>'), 'tipo', 'not authorised yet')
  t.equal(refused('<nfeProc/>'), 'tipo', 'without a namespace')
  t.equal(refused('<nfeProc xmlns="http://www.portalfiscal.inf.br/nfe"/>'), 'esquema')
  // a valid note with namespaces that nobody needs, each of which canonical XML would write out for each element
  const prefixed = (n: number) =>
    nfe(NOTE).replace(
      '<nfeProc ',
      `<nfeProc ${Array.from({ length: n }, (_, i) => `xmlns:a${i}="urn:${i}" `).join('')}`,
    )
  t.equal(refused(prefixed(8)), 'assinatura', 'a few can be read, and change what was signed')
  t.equal(refused(prefixed(9)), 'xml')
  t.equal(refused(prefixed(90_000)), 'xml')
})
