// An authority outside the house (OpenSSL's) stamps the head of the chain, and a failed stamp is reported and tried again.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { createResolve } from '../../src/channels/reach.ts'
import { checkTrail } from '../../src/trail/check.ts'
import { conferente } from '../cli/helper.ts'
import { post } from '../helper/receiver.ts'
import { one, sqlstate } from '../helper/scenario.ts'
import { authority, stamping } from '../helper/stamps.ts'
import { checkLines, trailOf } from '../helper/trail.ts'
import { haveLooked, launchWorker, until, workshop } from '../helper/work.ts'

test('after a session the head is stamped, once, and anybody may prove it', async (t) => {
  const { requestSession, workerUrl, sql, url, connectAs } = await workshop(t)
  const tsa = await authority(t)
  const at = await stamping(t, tsa)
  const stamps = () => sql`select operacao_id, elo, selo, token from audit_interno.carimbos order by elo`
  await connectAs(
    'adelia',
  )`select audit.alterar_configuracao('selo.carimbo_url', to_jsonb(${at.url}::text), 'auditoria')`
  const worker = await launchWorker(t, workerUrl, { channels: { post }, stampRoots: tsa.roots })
  await haveLooked([worker])
  t.same(await stamps(), [], 'no session has ended, and no day waits for a stamp')
  await requestSession()
  await until(async () => (await stamps()).length > 0)
  await haveLooked([worker])
  await haveLooked([worker])
  t.equal(at.received.length, 1, 'a stamp does not ask for another stamp')
  t.equal(at.received[0]?.type, 'application/timestamp-query')
  const stamp = one(await stamps())
  const seal = stamp['selo'].toString('hex')
  t.ok(await tsa.verify(stamp['token'], seal), 'OpenSSL believes it')
  t.match(await sql`select ator, status, detalhes from audit.operacoes where id = ${stamp['operacao_id']}`, [
    {
      status: 'concluida',
      detalhes: { elo: Number(stamp['elo']), selo: seal, url: at.url, autoridade: 'Carimbo de teste' },
    },
  ])
  for (const statement of [
    'delete from audit_interno.carimbos',
    'update audit_interno.carimbos set elo = elo + 1',
    'truncate audit_interno.carimbos',
  ])
    t.equal(await sqlstate(sql.unsafe(statement)), 'NC013', statement)
  t.equal(await sqlstate(connectAs('leo')`select from audit_interno.carimbos`), '42501')
  t.match(
    await connectAs(
      'leo',
    )`select situacao, detalhe from audit.diagnosticar_contrato('dw.uma') where item = 'carimbo do tempo'`,
    [{ situacao: 'ok', detalhe: new RegExp(`elo ${stamp['elo']}, em`) }],
  )

  const own = new URL(url)
  const ran = await conferente(['verificar', '--raizes', tsa.roots], { url: own.href })
  t.equal(ran.code, 0, ran.stderr)
  t.match(
    ran.stdout,
    new RegExp(
      `1 carimbo confere, desde .*; tudo até o elo ${stamp['elo']} existia em .*, segundo Carimbo de teste`,
    ),
  )
  const unknown = await conferente(['verificar', '--raizes', (await authority(t)).roots], { url: own.href })
  t.equal(unknown.code, 1)
  t.match(unknown.stdout, /✖ elo \d+: o carimbo não prova este selo, ou não é de uma autoridade conhecida/)

  const lines = await trailOf(connectAs('leo'))
  async function* whole() {
    yield Buffer.from(lines.join('\n'))
  }
  t.match(await checkTrail(whole(), undefined, tsa.roots), {
    breaks: [],
    carimbos: 1,
    ultimo: { elo: Number(stamp['elo']) },
  })
  const kinds = async (written: string[]) =>
    (await checkLines(written)).breaks.map(({ situacao }) => situacao)
  t.same(
    await kinds(lines.filter((line) => !line.includes('"carimbo" :'))),
    ['carimbo_alterado'],
    'left out of the file',
  )
  const forged = lines.map((line) => line.replace(/("carimbo" : ".*)..(.{12}")/, '$1AA$2'))
  t.same((await kinds(forged)).sort(), ['carimbo_alterado', 'carimbo_invalido'], 'changed in the file')

  const directory = await mkdtemp(join(tmpdir(), 'trilha-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const file = join(directory, 'trilha.jsonl')
  await writeFile(file, lines.join('\n'))
  const outside = await conferente(['verificar', '--arquivo', file], {
    env: { CONFERENTE_CARIMBO_RAIZES: tsa.roots },
  })
  t.equal(outside.code, 0, outside.stderr)
  t.match(outside.stdout, /1 carimbo confere/)

  await requestSession()
  await until(async () => (await stamps()).length > 1)
  t.match(await connectAs('leo')`select situacao from audit.verificar_integridade()`, [
    { situacao: 'provada' },
  ])
})

test('a failed stamp is never silent, and is requested again', async (t) => {
  const { requestSession, workerUrl, sql, connectAs } = await workshop(t)
  const tsa = await authority(t)
  const at = await stamping(t, tsa)
  const adelia = connectAs('adelia')
  await adelia`select audit.alterar_configuracao('selo.carimbo_url', to_jsonb(${at.url}::text), 'auditoria')`
  const attempt = async () => (await sql`select erro, vezes from audit_interno.tentativas_carimbo`)[0]
  const again = () => sql`update audit_interno.tentativas_carimbo set ultima = '-infinity'`
  const other = await authority(t)
  const { stampRequest } = await import('../../src/trail/stamp.ts')
  at.answers.push(
    503,
    (answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    (answer) => answer.writeHead(200).end('<html>'),
    (answer) => answer.writeHead(200).end(Buffer.alloc(300 * 1024)),
    (answer) =>
      void tsa.reply(stampRequest(Buffer.alloc(32, 1)).der).then((reply) => answer.writeHead(200).end(reply)),
    (answer) =>
      void other.reply(at.received.at(-1)?.body as Buffer).then((reply) => answer.writeHead(200).end(reply)),
    (answer) => answer.destroy(),
  )
  const worker = await launchWorker(t, workerUrl, { channels: { post }, stampRoots: tsa.roots })
  await requestSession()
  for (const [index, says] of [
    /^HTTP 503/,
    /^HTTP 302/,
    /^not understood/,
    /more than 262144 bytes/,
    /another nonce/,
    /no root that is trusted/,
    /hang up|ECONNRESET/,
  ].entries()) {
    await until(async () => (await attempt())?.['vezes'] === index + 1)
    t.match((await attempt())?.['erro'], says)
    t.match(
      await connectAs(
        'leo',
      )`select situacao, detalhe from audit.diagnosticar_contrato('dw.uma') where item = 'carimbo do tempo'`,
      [{ situacao: 'erro', detalhe: says.source.startsWith('^') ? /não foi possível/ : says }],
    )
    if (index === 0) {
      await haveLooked([worker])
      t.equal(at.received.length, 1, 'a minute later')
    }
    if (index === 4)
      await until(
        async () =>
          (
            await sql`select from audit_interno.alarmes where tipo = 'falha' and chave = 'carimbo' and encerrado_em is null`
          ).length === 1,
      )
    await again()
  }
  await until(async () => (await attempt()) === undefined)
  t.equal((await sql`select from audit_interno.carimbos`).length, 1, 'at last')
  await until(
    async () =>
      (await sql`select from audit_interno.alarmes where chave = 'carimbo' and encerrado_em is null`)
        .length === 0,
  )
})

test('the worker requests no stamp from an internal address unless its operator allows it', async (t) => {
  const { requestSession, workerUrl, sql, connectAs } = await workshop(t)
  const at = await stamping(t, await authority(t))
  await connectAs(
    'adelia',
  )`select audit.alterar_configuracao('selo.carimbo_url', to_jsonb(${at.url}::text), 'auditoria')`
  await launchWorker(t, workerUrl, { channels: { post: { resolve: createResolve([]) } } })
  await requestSession()
  await until(async () => (await sql`select from audit_interno.tentativas_carimbo`).length === 1)
  t.match(await sql`select erro from audit_interno.tentativas_carimbo`, [{ erro: /internal address/ }])
  t.same(at.received, [])
})
