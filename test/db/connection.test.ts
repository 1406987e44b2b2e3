import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { connect } from '../../src/db/connection.ts'

const url = process.env['CONFERENTE_TESTE_URL'] as string
const opened = (t: Test, address = url) => {
  const sql = connect(address, { max: 1 })
  t.teardown(() => sql.end({ timeout: 1 }))
  return sql
}

t.test(
  'arrays come back as arrays, and their elements as they would alone, including nulls and nested arrays',
  async (t) => {
    const sql = opened(t)
    const [row] = await sql`
    select array[true, null]::boolean[] as verdades, array[1, null]::smallint[] as pequenos, array[1]::int[] as inteiros,
      array[9007199254740993]::bigint[] as grandes, array[1.5]::float8[] as reais, array[0.10]::numeric[] as numericos,
      array['2026-11-26']::date[] as dias, array['2026-11-26 10:00+00']::timestamptz[] as horas, array['{"a": 1}']::jsonb[] as objetos,
      array['a']::name[] as nomes, array['a']::varchar[] as textos, array[[1, 2], [3, null]]::int[] as tabela, '[5:6]={7,8}'::int[] as deslocado,
      '{}'::text[] as vazio, null::text[] as nada`
    t.same(row, {
      verdades: [true, null],
      pequenos: [1, null],
      inteiros: [1],
      grandes: [9007199254740993n],
      reais: [1.5],
      numericos: ['0.10'],
      dias: ['2026-11-26'],
      horas: [new Date('2026-11-26T10:00:00Z')],
      objetos: [{ a: 1 }],
      nomes: ['a'],
      textos: ['a'],
      tabela: [
        [1, 2],
        [3, null],
      ],
      deslocado: [7, 8],
      vazio: [],
      nada: null,
    })
  },
)

t.test('any text in an array survives the round trip', async (t) => {
  const sql = opened(t)
  const text = fc.oneof(
    fc.constantFrom('', 'NULL', 'null', '{}', '"', '\\', ',', ' ', '{a,b}', 'São Paulo\n'),
    fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0')),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(text)), async (given) => {
      const [row] = await sql`select ${given}::text[] as back, cardinality(${given}::text[]) as many`
      t.same(row, { back: given, many: given.length })
    }),
    { numRuns: 100 },
  )
})

t.test('a new connection sends no query of its own, whose failure nobody would notice', async (t) => {
  const { hostname, port } = new URL(url)
  let sent = ''
  const proxy = createServer((near) => {
    const far = dial(Number(port), hostname)
    near.on('data', (bytes) => {
      sent += bytes.toString('latin1')
    })
    near.pipe(far).pipe(near)
    for (const end of [near, far]) end.on('error', () => {})
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => proxy.close())
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String((proxy.address() as AddressInfo).port)
  await opened(t, through.href)`select 'ours'`
  t.match(sent, /select 'ours'/)
  t.notMatch(sent, /pg_type/)
})

t.test('a pool whose connections were all cut at once recovers before anybody gives up', async (t) => {
  const { hostname, port } = new URL(url)
  const near = new Set<Socket>()
  const proxy = createServer((socket) => {
    near.add(socket.on('error', () => {}))
    const far = dial(Number(port), hostname).on('error', () => {})
    socket.pipe(far).pipe(socket)
    socket.on('close', () => far.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const through = Object.assign(new URL(url), { port: String((proxy.address() as AddressInfo).port) }).href
  const sql = connect(through, { max: 10 })
  t.teardown(async () => {
    await sql.end({ timeout: 0 })
    proxy.close()
  })
  const busy = Array.from({ length: 10 }, () => sql`select pg_sleep(60)`.catch(() => 'cut'))
  while (near.size < 10) await sleep(20)
  await sleep(200)
  for (const socket of near) socket.resetAndDestroy()
  t.same(await Promise.all(busy), Array(10).fill('cut'))
  const again = Promise.all(Array.from({ length: 10 }, () => sql`select 1 as um`))
  t.match(await Promise.race([again, sleep(60_000, 'given up', { ref: false })]), Array(10).fill([{ um: 1 }]))
})
