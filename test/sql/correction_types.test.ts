import t from 'tap'
import { testDatabase, untilLocked } from '../helper/database.ts'
import {
  approveAll,
  book,
  findingsIn,
  makeKnown,
  makeRule,
  makeWarehouse,
  photograph,
  proposing,
  rollBack,
  runSession,
} from '../helper/warehouse.ts'

t.test(
  'columns of every type, several at once, in any table, are corrected and restored exactly',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const [olivia, adelia, ana] = [connectAs('olivia'), connectAs('adelia'), connectAs('ana')]
    await sql.unsafe(`create schema rh; create type rh.humor as enum ('bom', 'mau');
    create domain rh.cpf as varchar(11) check (value ~ '^[0-9]+$'); create domain rh.obrigatorio as int not null;
    create type rh.ponto as (x int, y text);
    create table rh."Folha Nova" (id uuid primary key default gen_random_uuid(), "Rótulos" text[], matriz int[][], doc jsonb, escalar jsonb,
      quando timestamptz, hora time, dia date, duracao interval, ativo boolean, taxa float8, pouco float4, humor rh.humor,
      cpf rh.cpf, curto char(5), num numeric, faixa daterange, ip inet, bytes bytea, ponto rh.ponto,
      nota rh.obrigatorio default 1, texto varchar(9));
    insert into rh."Folha Nova" values
      (default, array['a', null, 'b, "c" {d}'], '{{1,2},{3,4}}', '{"a": [1, null], "b": "ç"}', '"só texto"',
       '2026-03-01 12:34:56.789012+00', '23:59:59.999999', '0219-01-01', '1 mon 2 days 03:04:05.678', true,
       0.1::float8 + 0.2::float8, 1e-30, 'bom', '00123', 'ab', 1.500, '[2026-01-01,2026-02-01)', '10.0.0.1/8', '\\x00ff', '(1,"a,b")', 3, 'x'),
      (default, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, 4, null),
      (default, '{}', '{}', '{}', '1', 'infinity', '00:00', '-infinity', '0', false, 'NaN', '-Infinity', 'mau', '9', '', 'NaN',
       'empty', '::1', '', '(,)', 5, '');
    -- texts that the ledger does not know would be left to a person
    insert into rh."Folha Nova" (cpf, curto, texto) values ('777', 'fim', 'novo');
    grant usage on schema rh to conferente_regra, conferente_escrita; grant select on rh."Folha Nova" to conferente_regra, conferente_escrita; grant update on rh."Folha Nova" to conferente_escrita`)
    const newOnes = `jsonb_build_object('Rótulos', array['x', null, 'y "z"'], 'matriz', array[[9]], 'doc', '[1]'::jsonb, 'escalar',
    'outro'::text, 'quando', '2026-05-05T00:00:00-03:00', 'hora', '01:02:03', 'dia', '2202-12-31', 'duracao', '2 days', 'ativo',
    t.ativo is not true, 'taxa', 1.1, 'pouco', 2.5, 'humor', 'mau', 'cpf', '777', 'curto', 'fim', 'num', 2.50,
    'faixa', '[2027-01-01,2027-01-05)', 'ip', '::2', 'bytes', '\\x01', 'ponto', row(7, 'q')::rh.ponto, 'texto', 'novo')`
    const columns = [
      'Rótulos',
      'matriz',
      'doc',
      'escalar',
      'quando',
      'hora',
      'dia',
      'duracao',
      'ativo',
      'taxa',
      'pouco',
      'humor',
      'cpf',
      'curto',
      'num',
      'faixa',
      'ip',
      'bytes',
      'ponto',
      'texto',
    ]
    await makeRule(
      { sql, adelia },
      {
        nome: 'folha',
        tabela: 'rh."Folha Nova"',
        colunas: columns,
        consulta: proposing(newOnes, "t.texto is distinct from 'novo'", 'rh."Folha Nova"'),
      },
    )
    const before = await photograph(sql, 'rh."Folha Nova"')
    for (const zone of ['UTC', 'America/Sao_Paulo']) {
      await olivia.unsafe(`alter role olivia set timezone = '${zone}'`).catch(() => undefined)
      const auto = await runSession(olivia, 'auto', ['folha'])
      t.match(auto, { status: 'concluida', corrigidas: 3n }, auto['mensagem'])
      const done = await photograph(sql, 'rh."Folha Nova"')
      t.equal(done.filter((line) => before.includes(line)).length, 1, 'all but those that were right before')
      const back = await ana`select * from audit.reverter_sessao(${auto['id']}, 'era teste')`
      t.same(
        back.map((r) => r['resultado']),
        ['revertida', 'revertida', 'revertida'],
      )
      t.same(await photograph(sql, 'rh."Folha Nova"'), before, 'every value came back exactly')
      const ids = (await findingsIn(ana)).map((d) => d['id'])
      await ana`select audit.reabrir_divergencias(${`{${ids.join()}}`}::bigint[], 'outra vez')`
    }
  },
)

t.test('a finding has the same identity in every time zone', async (t) => {
  const { sql, url } = await testDatabase(t)
  const { connect } = await import('../../src/db/connection.ts')
  const adelia = sql
  await makeWarehouse(sql)
  await book(sql, { id: 1 })
  await makeRule(
    { sql, adelia },
    {
      nome: 'carga',
      colunas: ['carregado_em'],
      consulta: proposing(`jsonb_build_object('carregado_em', '2026-01-01T00:00:00Z')`, 'true'),
    },
  )
  for (const zone of ['UTC', 'America/Sao_Paulo', 'Asia/Tokyo']) {
    const connection = connect(url, { max: 1 })
    t.teardown(() => connection.end())
    await connection.unsafe(`set timezone = '${zone}'`)
    await runSession(connection, 'manual', ['carga'])
  }
  t.match(await findingsIn(sql), [{ vezes_detectada: 3, status: 'aberta' }])
  t.equal((await findingsIn(sql)).length, 1)
})

for (const shape of ['tabela', 'estrela'] as const) {
  t.test(`a row changed on ${shape} while the correction waits for it is not overwritten`, async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const [olivia, adelia, ana] = [connectAs('olivia'), connectAs('adelia'), connectAs('ana')]
    await makeWarehouse(sql, shape)
    await makeKnown(sql, 'Frete')
    await book(sql, ...[1, 2, 3].map((id) => ({ id, categoria: 'Errada' })))
    await makeRule(
      { sql, adelia },
      { nome: 'frete', consulta: proposing(`'{"categoria": "Frete"}'::jsonb`, "t.categoria = 'Errada'") },
    )
    for (const connectAs of ['auto', 'aprovação']) {
      if (connectAs === 'aprovação') {
        await sql`update dw.lancamentos set categoria = 'Errada' where id > 0`
        await runSession(olivia, 'manual', ['frete'])
      }
      const other = await sql.reserve()
      await other`begin`
      await other`update dw.lancamentos set categoria = 'Da outra' where id = 2`
      const waiting =
        connectAs === 'auto'
          ? runSession(olivia, 'auto', ['frete'])
          : approveAll(ana, ...(await findingsIn(ana, 'aberta')).map((d) => d['id']))
      await untilLocked(sql)
      await other`commit`
      other.release()
      await waiting
      t.same(
        (await sql`select categoria from dw.lancamentos where id > 0 order by id`).map((r) => r['categoria']),
        ['Frete', 'Da outra', 'Frete'],
        connectAs,
      )
      t.match(await findingsIn(ana, 'obsoleta'), [{ registro_id: '2' }])
    }
  })
}

t.test(
  'a row that is locked too long fails the step, not the finding; the next session corrects it',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const [olivia, adelia] = [connectAs('olivia'), connectAs('adelia')]
    await makeWarehouse(sql)
    await makeKnown(sql, 'Frete')
    await book(sql, ...[1, 2, 3].map((id) => ({ id, categoria: 'Errada' })))
    await makeRule(
      { sql, adelia },
      { nome: 'frete', consulta: proposing(`'{"categoria": "Frete"}'::jsonb`, "t.categoria = 'Errada'") },
    )
    for (const waiting of ['00:00:00.1', '00:00:00']) {
      await adelia`select audit.alterar_configuracao('sessao.espera_trava', ${waiting as never}::jsonb, 'teste')`
      const other = await sql.reserve()
      await other`begin`
      await other`select from dw.lancamentos where id = 2 for update`
      t.match(await runSession(olivia, 'auto', ['frete']), { status: 'falhou', corrigidas: 0n }, waiting)
      t.match(await sql`select erro_codigo from audit.execucoes_regra order by sessao_id desc limit 1`, [
        { erro_codigo: '55P03' },
      ])
      await other`rollback`
      other.release()
      t.same(new Set((await findingsIn(olivia)).map((d) => d['status'])), new Set(['aberta']))
    }
    t.match(await runSession(olivia, 'auto', ['frete']), { status: 'concluida', corrigidas: 3n })
    await rollBack(connectAs('ana'), ...(await findingsIn(olivia)).map((d) => d['id']))
  },
)
