// `conferente notas`: a folder is read completely, whoever filled it, and each bad file is reported with what is wrong with it.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Found, readXmlFile, xmlFiles } from '../../src/notas/folder.ts'
import { startWorker } from '../../src/worker/worker.ts'
import { conferente } from '../cli/helper.ts'
import { testDatabase } from '../helper/database.ts'
import { cancellation, nfe } from '../helper/notes.ts'
import { notary } from '../helper/notes_ledger.ts'
import { asOwner } from '../helper/owner.ts'
import { makeLedger } from '../sql/rules/ledger.ts'

async function scene(t: Test) {
  const { sql, url, connectAs } = await testDatabase(t)
  const office = notary(t, 2)
  const note = (number: number) => ({
    ...office.company(0),
    numero: number,
    dia: '2026-10-05',
    total: `${number}.00`,
  })
  return {
    sql,
    url,
    connectAs,
    office,
    note,
    /** Writes notes by their numbers. */
    write: (...numbers: number[]) => {
      for (const n of numbers) office.write(`${n}.xml`, nfe(note(n)))
    },
    notas: (...args: string[]) =>
      conferente(['notas', office.notes, '--raizes', office.roots, ...args], { url }),
    numbers: async () =>
      (await sql`select numero::int from audit.notas order by 1`).map(({ numero }) => numero),
  }
}

t.test('a folder is read twice, and the second time only what is new counts', async (t) => {
  const c = await scene(t)
  c.write(1, 2)
  mkdirSync(join(c.office.notes, '2026'))
  writeFileSync(join(c.office.notes, '2026/3.XML'), nfe(c.note(3)))
  writeFileSync(join(c.office.notes, 'danfe.pdf'), '%PDF')
  const first = await c.notas()
  t.equal(first.code, 0, first.stderr)
  t.match(first.stdout, '3 arquivos: 3 notas novas, 0 canceladas, 0 já lidos, 0 recusados')
  t.match(first.stderr, /regra notas_fiscais está inativa/)
  c.office.write('c.xml', cancellation(c.note(1)))
  c.office.write('copy.xml', nfe(c.note(2)))
  const second = await c.notas('--json')
  t.match(second.json(), {
    arquivos: 5,
    novas: 0,
    canceladas: 1,
    conhecidos: 4,
    recusados: 0,
    raizes: 1,
    recusas: [],
    // a session over these days finds what is still booked on it
    de: '2026-10-05',
    ate: '2026-10-05',
  })
  t.match(
    await c.sql`select numero::int, cancelada_em is not null as cancelada, confiavel, assinante from audit.notas order by 1`,
    [
      { numero: 1, cancelada: true, confiavel: true, assinante: c.office.company(0).cnpj },
      { numero: 2, cancelada: false },
      { numero: 3, cancelada: false },
    ],
  )
  t.match(await c.sql`select tipo, linhas::int from audit.operacoes where tipo = 'notas' order by id`, [
    { linhas: 3 },
    { linhas: 1 },
  ])
  t.match(await c.sql`select situacao from audit.verificar_integridade()`, [{ situacao: 'provada' }])
})

t.test(
  'each bad file is reported with its reason, good ones are kept, and the exit code shows it',
  async (t) => {
    const c = await scene(t)
    c.write(1)
    const { office } = c
    writeFileSync(join(office.notes, '../outside.xml'), nfe(c.note(99)))
    symlinkSync('../outside.xml', join(office.notes, 'link.xml'))
    symlinkSync('/', join(office.notes, 'everything'))
    t.equal(spawnSync('mkfifo', [join(office.notes, 'pipe.xml')]).status, 0)
    office.write('bomb.xml', '<!DOCTYPE n [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><n>&b;</n>')
    office.write('deep.xml', '<a>'.repeat(50_000))
    office.write('large.xml', Buffer.alloc(3_000_000, 'x'))
    office.write('changed.xml', nfe(c.note(2)).replace('<vNF>2.00', '<vNF>9.00'))
    office.write('same key.xml', nfe({ ...c.note(1), total: '5.00' }))
    office.write('\u001b[31m.xml', 'no note')
    const ran = await c.notas()
    t.equal(ran.code, 1)
    for (const line of [
      'link.xml: é uma ligação (symlink)',
      'pipe.xml: não é um arquivo comum',
      'bomb.xml: tem DTD ou entidades',
      'deep.xml: tem elementos aninhados demais',
      'large.xml: é grande demais',
      'changed.xml: a assinatura não confere',
    ])
      t.match(ran.stdout, line)
    t.notMatch(ran.stdout, '\u001b', 'file names cannot control the terminal')
    t.match(ran.stdout, '9 arquivos')
    t.match(ran.stdout, '8 recusados')
    t.equal((await c.numbers()).length, 1, 'of two contents under one key, one is kept')
    t.match(
      await c.connectAs(
        'ana',
      )`select arquivo, motivo from audit.notas_recusadas where motivo in ('ligacao', 'dtd') order by 1`,
      [
        { arquivo: 'bomb.xml', motivo: 'dtd' },
        { arquivo: 'link.xml', motivo: 'ligacao' },
      ],
    )
    unlinkSync(join(office.notes, 'bomb.xml'))
    office.write('changed.xml', nfe(c.note(2)))
    t.match((await c.notas('--json')).json(), { novas: 1, recusados: 6 })
    t.same(
      await c.sql`select from audit.notas_recusadas where arquivo in ('bomb.xml', 'changed.xml')`,
      [],
      'a file that was fixed is forgotten',
    )
  },
)

t.test('no content of a file keeps the others from being kept', async (t) => {
  const c = await scene(t)
  const { office } = c
  c.write(1)
  office.write('nul.xml', '<?xml version="1.0" encoding="UTF\0"?><n/>')
  // its detail is cut between the two halves of a character
  office.write('half.xml', `<a${'\u{10000}'.repeat(400)}/>`)
  // the schemas allow a comma where the zone's sign belongs
  office.write('zone.xml', nfe({ ...c.note(2), hora: '10:00:00,03:00' }))
  office.write('cancelled.xml', cancellation(c.note(1)).replace(/(<dhRegEvento>[^<]*)-03:00/, '$1,03:00'))
  const ran = await c.notas()
  t.equal(ran.code, 1, ran.stderr)
  t.same(await c.numbers(), [1])
  t.same(await c.sql`select arquivo, motivo from audit.notas_recusadas order by 1`, [
    { arquivo: 'cancelled.xml', motivo: 'esquema' },
    { arquivo: 'half.xml', motivo: 'tipo' },
    { arquivo: 'nul.xml', motivo: 'codificacao' },
    { arquivo: 'zone.xml', motivo: 'esquema' },
  ])
  t.match(await c.notas(), { code: 1 }, 'and again')
})

t.test('files are read whatever their names are', { skip: process.platform !== 'linux' }, async (t) => {
  const c = await scene(t)
  const { notes } = c.office
  const named = (name: string, encoding: BufferEncoding, content: string) =>
    writeFileSync(Buffer.concat([Buffer.from(`${notes}/`), Buffer.from(name, encoding)]), content)
  // as older programs write them: three names that are no UTF-8, two of them of files that are no notes
  named('nota de ação.xml', 'latin1', nfe(c.note(1)))
  named('é.xml', 'latin1', 'no note')
  named('è.xml', 'latin1', 'no note')
  named('é.xml', 'utf8', 'no note')
  named('a\\b.xml', 'utf8', nfe(c.note(2)))
  named('two\nlines.xml', 'utf8', nfe(c.note(3)))
  // an index takes no such path
  const long = Array.from({ length: 12 }, (_, n) => randomBytes(110).toString('hex') + n).join('/')
  mkdirSync(join(notes, long), { recursive: true })
  writeFileSync(join(notes, long, '4.xml'), nfe(c.note(4)))
  const ran = await c.notas()
  t.equal(ran.code, 1, ran.stderr)
  t.same(await c.numbers(), [1, 2, 3])
  t.same(await c.sql`select arquivo from audit.notas where numero = 1`, [{ arquivo: 'nota de ação.xml' }])
  t.match(ran.stdout, /^[0-9a-f/]+….*: não pôde ser lido \(path too long\)$/m)
  t.match(ran.stdout, '7 arquivos: 3 notas novas, 0 canceladas, 0 já lidos, 4 recusados')
  t.match((await c.notas('--json')).json(), { conhecidos: 3, recusados: 4 })
})

t.test('what vanishes or cannot be opened below the folder costs only itself', async (t) => {
  const c = await scene(t)
  const { notes } = c.office
  c.write(...Array.from({ length: 300 }, (_, n) => n + 1))
  for (const folder of ['closed', 'shut']) {
    mkdirSync(join(notes, folder))
    writeFileSync(join(notes, folder, '400.xml'), nfe(c.note(400)))
  }
  const files: Found[] = []
  for await (const one of xmlFiles(notes)) files.push(one)
  t.equal(files.length, 302)
  unlinkSync(join(notes, '7.xml'))
  const gone = files.find(({ path }) => path === '7.xml') as Found
  await t.rejects(readXmlFile(gone.file), { reason: 'ilegivel', message: 'ENOENT' })
  // between two pages of names, a folder that was not read yet becomes a file; some file systems name the newest first
  const found: Found[] = []
  for await (const one of xmlFiles(notes)) {
    if (found.length === 0) {
      const folder = one.path.startsWith('closed') ? 'shut' : 'closed'
      rmSync(join(notes, folder), { recursive: true })
      writeFileSync(join(notes, folder), '')
    }
    found.push(one)
  }
  t.equal(found.filter(({ refusal }) => !refusal).length, 300)
})

t.test('a folder with more files than allowed is not read at all', async (t) => {
  const c = await scene(t)
  await makeLedger(c.sql)
  c.write(1, 2, 3)
  await c.connectAs('adelia')`select audit.alterar_configuracao('notas.maximo_arquivos', '2', 'teste')`
  const ran = await c.notas()
  t.equal(ran.code, 1)
  t.match(ran.stderr, 'mais de 2 arquivos XML: nada foi lido')
  t.same(await c.numbers(), [])
  t.match(
    (
      await c.connectAs(
        'leo',
      )`select situacao, detalhe from audit.diagnosticar_contrato() where item = 'notas fiscais'`
    )[0],
    { situacao: 'erro', detalhe: /tem mais de 2 arquivos XML/ },
  )
})

t.test('wrong usage, and paths that are not folders or roots, are named', async (t) => {
  const c = await scene(t)
  t.match(await conferente(['notas'], { url: c.url }), { code: 2, stderr: /diga a pasta/ })
  t.match(await conferente(['notas', '/nada'], { url: c.url }), { code: 1, stderr: /não existe/ })
  t.match(await conferente(['notas', c.office.notes, '--raizes', '/etc/hostname'], { url: c.url }), {
    code: 1,
    stderr: /não é um certificado/,
  })
  const none = await conferente(['notas'], { url: c.url, env: { CONFERENTE_NOTAS: c.office.notes } })
  t.match(none, { code: 0, stderr: /Sem raízes de confiança/ })
})

t.test('a killed reading leaves whole batches, and the next one goes on', async (t) => {
  const c = await scene(t)
  c.write(...Array.from({ length: 300 }, (_, n) => n + 1))
  await c.sql.unsafe(`create function public.nega() returns trigger language plpgsql as $$ begin
    if (select count(*) from audit.notas) >= 250 then raise 'morreu'; end if; return new; end $$;
    create trigger nega before insert on audit.notas for each statement execute function public.nega()`)
  t.equal((await c.notas()).code, 1)
  t.equal((await c.numbers()).length, 250)
  await c.sql`drop trigger nega on audit.notas`
  t.match((await c.notas('--json')).json(), { novas: 50, conhecidos: 250 })
})

t.test('only the owner may store what a note holds, and readers do not see it', async (t) => {
  const c = await scene(t)
  c.write(1)
  await c.notas()
  for (const who of ['ana', 'olivia', 'adelia', 'leo', 'api'] as const) {
    await t.rejects(c.connectAs(who)`select audit_interno.guardar_notas('{}')`, { code: '42501' })
    await t.rejects(c.connectAs(who)`update audit.notas set valor_total = 1`, { code: '42501' })
  }
  await t.rejects(c.connectAs('leo')`select from audit.notas`, { code: '42501' })
  t.equal((await c.connectAs('ana')`select from audit.notas`).length, 1)
})

t.test('a worker that has a folder reads it, and reads it again when its time comes', async (t) => {
  const c = await scene(t)
  await makeLedger(c.sql)
  c.write(1)
  let readings = 0
  const { promise: second, resolve } = Promise.withResolvers<void>()
  const notes = {
    folder: c.office.notes,
    roots: c.office.roots,
    read: () => {
      if (++readings === 2) resolve()
      c.write(2)
    },
  }
  await asOwner(
    c.sql,
    (owner) =>
      owner`update audit.configuracoes_sistema set minimo = 0, valor = '"00:00:00.2"' where chave = 'notas.intervalo'`,
  )
  const worker = await startWorker(c.url, { watch: () => ({}) } as never, { tick: 100, notes })
  t.teardown(() => worker.stop())
  await second
  t.same(await c.numbers(), [1, 2])
})

t.test('a worker whose folder was missing once reads it when it is there', async (t) => {
  const c = await scene(t)
  await makeLedger(c.sql)
  c.write(1)
  const away = `${c.office.notes} away`
  renameSync(c.office.notes, away)
  await asOwner(
    c.sql,
    (owner) =>
      owner`update audit.configuracoes_sistema set minimo = 0, valor = '"00:00:00.2"' where chave = 'notas.intervalo'`,
  )
  const [failed, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const notes = { folder: c.office.notes, roots: c.office.roots, read: () => read.resolve() }
  const report = { watch: () => ({}), jobFailed: () => failed.resolve() }
  const worker = await startWorker(c.url, report as never, { tick: 100, notes })
  t.teardown(() => worker.stop())
  await failed.promise
  renameSync(away, c.office.notes)
  await read.promise
  t.same(await c.numbers(), [1])
})
