import t from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { drawn } from '../helper/thorough.ts'
import {
  approveAll,
  book,
  findingsIn,
  type KeyType,
  keyOf,
  makeRule,
  makeWarehouse,
  photograph,
  proposing,
  refusalOf,
  rollBack,
  runSession,
  type WarehouseShape,
} from '../helper/warehouse.ts'

/** Errors for each rule and for one of the house, which auto may correct at once, and ordinary entries around them. */
async function scene(sql: Sql, adelia: Sql, type: KeyType) {
  const id = (n: number) => keyOf(type, n)
  await book(
    sql,
    { id: id(1), fornecedor: 'Gráfica Um', descricao: 'MATERIAL PROMOCIONAL para feirão' },
    { id: id(2), valor: '1000.00', valor_documento: '100.00', valor_desconto: '0' },
    { id: id(3), categoria: 'Pendente', fornecedor: null, fornecedor_id: null, descricao: null },
    { id: id(4), data_lancamento: '2026-03-05', fornecedor: 'Gráfica Um', descricao: 'Material Promocional' },
    ...Array.from({ length: 30 }, (_, i) => ({
      id: id(10 + i),
      data_lancamento: `2026-0${1 + (i % 3)}-15`,
      categoria: i === 0 ? 'Trade Marketing' : 'Serviços',
    })),
  )
  await makeRule(
    { sql, adelia },
    {
      nome: 'promocional',
      consulta: proposing(
        `'{"categoria": "Trade Marketing"}'::jsonb`,
        `t.descricao ilike 'material promocional%' and t.categoria <> 'Trade Marketing'`,
      ),
    },
  )
  await sql`update audit.regras set ativa = false where nome = 'trade_marketing'`
}

const cases: [WarehouseShape, KeyType][] = [
  ['tabela', 'bigint'],
  ['tabela', 'uuid'],
  ['tabela', 'text'],
  ['particionada', 'bigint'],
  ['particionada', 'text'],
  ['visao', 'uuid'],
  ['visao', 'text'],
  ['estrela', 'bigint'],
  ['estrela', 'uuid'],
  ['estrela', 'text'],
]
for (const [shape, type] of drawn(cases, 3)) {
  t.test(`the whole cycle on ${shape} with ${type} keys restores exact values`, async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    const [olivia, ana, adelia] = [connectAs('olivia'), connectAs('ana'), connectAs('adelia')]
    await makeWarehouse(sql, shape, type)
    await scene(sql, adelia, type)
    const before = await photograph(sql)

    const manual = await runSession(olivia, 'manual')
    t.match(manual, { status: 'concluida', linhas_examinadas: 34n, corrigidas: 0n }, manual['mensagem'])
    t.same(await photograph(sql), before, 'a manual session changes nothing')
    const openOnes = await findingsIn(ana, 'aberta')
    t.same(
      openOnes.map((d) => [d['regra'], d['registro_id']]),
      [
        ['pendente_verificacao', keyOf(type, 3)],
        ['promocional', keyOf(type, 1)],
        ['promocional', keyOf(type, 4)],
        ['validacao_valores', keyOf(type, 2)],
      ],
    )

    const valor = openOnes[3]?.['id']
    const [approved] = await approveAll(ana, valor)
    t.match(approved, { status: 'corrigida' }, approved?.['motivo'])
    t.match(await sql`select valor::text from dw.lancamentos where id::text = ${keyOf(type, 2)}`, [
      { valor: '100.00' },
    ])

    const auto = await runSession(olivia, 'auto')
    t.match(auto, { status: 'concluida', corrigidas: 2n }, auto['mensagem'])
    t.match(await sql`select categoria from dw.lancamentos where id::text = ${keyOf(type, 4)}`, [
      { categoria: 'Trade Marketing' },
    ])
    const after = await photograph(sql)

    const [item] = await rollBack(ana, valor)
    t.match(item, { resultado: 'revertida', antes: { valor: 1000 }, depois: { valor: 100 } })
    const theSession =
      await olivia`select * from audit.reverter_sessao(${auto['id']}, 'a lista de padrões estava errada')`
    t.same(
      theSession.map((r) => r['resultado']),
      ['revertida', 'revertida'],
    )
    t.same(await photograph(sql), before, 'item and session rolled back: everything is as it was')

    const [reversal] = await sql`select max(id) as id from audit.operacoes where tipo = 'reversao'`
    await ana`select * from audit.reverter_operacao(${reversal?.['id']}, 'a lista estava certa')`
    t.match(
      await sql`select categoria from dw.lancamentos where id::text in (${keyOf(type, 1)}, ${keyOf(type, 4)})`,
      [{ categoria: 'Trade Marketing' }, { categoria: 'Trade Marketing' }],
      'a rollback can itself be rolled back',
    )
    t.not((await photograph(sql)).join(), after.join(), 'the amount is as it was')
    t.equal(
      await refusalOf(ana`select * from audit.reverter_operacao(${reversal?.['id']}, 'de novo')`),
      'NC017',
    )
    t.equal(
      await refusalOf(olivia`update dw.lancamentos set valor = 0`),
      '42501',
      'nobody writes past the engine',
    )
  })
}

/** The diagnosis's line on one item. */
async function lines(sql: Sql) {
  const rows = await sql`select * from audit.diagnosticar_contrato()`
  return new Map(rows.map((row) => [row['item'] as string, row]))
}

t.test('the diagnosis of a complete contract has no error, in any form', async (t) => {
  for (const shape of ['tabela', 'particionada', 'visao', 'estrela'] as const) {
    const { sql, connectAs } = await testDatabase(t)
    await makeWarehouse(sql, shape)
    const by = await lines(connectAs('leo'))
    t.same(
      [...by.values()].filter((l) => l['situacao'] === 'erro'),
      [],
      shape,
    )
    t.match(by.get('linhas'), { situacao: 'aviso', detalhe: '0' })
    t.match(by.get('índice em id'), { situacao: 'ok' }, shape)
    t.equal(
      by.get('escrever dw.lancamentos')?.['detalhe'],
      shape === 'estrela' ? 'por gatilho INSTEAD OF' : 'direto',
    )
  }
})

t.test('the diagnosis names what is missing, wrong or not writable, and how to fix it', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const leo = connectAs('leo')
  t.match((await lines(leo)).get('dw.lancamentos'), { situacao: 'erro', detalhe: 'a relação não existe' })
  t.equal(await refusalOf(connectAs('olivia')`select audit.processar_divergencias()`), 'NC010')

  await makeWarehouse(sql)
  await sql.unsafe(`alter table dw.lancamentos drop column centro_custo, alter valor type float8,
    alter data_lancamento type timestamp, alter fornecedor type varchar(80)`)
  const by = await lines(leo)
  t.match(by.get('dw.lancamentos.centro_custo'), { situacao: 'erro', detalhe: 'falta' })
  t.match(by.get('dw.lancamentos.valor'), { situacao: 'erro', detalhe: 'double precision' })
  t.match(by.get('dw.lancamentos.data_lancamento'), { situacao: 'erro' })
  t.match(by.get('dw.lancamentos.fornecedor'), { situacao: 'ok' })
  t.match(by.get('regra pendente_verificacao'), { situacao: 'erro', detalhe: /centro_custo/ })
  t.match(by.get('regra validacao_valores'), { situacao: 'ok' })
  t.match(by.get('índice em id'), { situacao: 'ok' })
  t.match(by.get('índice em carregado_em'), { situacao: 'aviso' })

  await sql`drop table dw.lancamentos`
  await sql.unsafe(`create view dw.lancamentos as select distinct 1::bigint as id, current_date as data_lancamento,
    now() as carregado_em, 'x' as categoria`)
  const view = await lines(leo)
  t.match(view.get('ler dw.lancamentos'), { situacao: 'erro', sugestao: /grant/ })
  t.match(view.get('escrever dw.lancamentos'), { situacao: 'erro', detalhe: 'a visão não é atualizável' })
})

t.test('a rule that fails on a column of another type says which, and what it must be', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeWarehouse(sql)
  await book(sql, { id: 1 })
  await sql.unsafe(
    'alter table dw.lancamentos alter data_lancamento type timestamp, alter documento type bytea using null',
  )
  await runSession(connectAs('olivia'), 'manual')
  const failed =
    await sql`select erro_mensagem from audit.execucoes_regra where status = 'falhou' or motivo ~ 'falhou'`
  t.ok(failed.length > 0)
  for (const { erro_mensagem } of failed) {
    t.match(
      erro_mensagem,
      /o contrato do data warehouse pede outro tipo: .*dw\.lancamentos\.data_lancamento é timestamp without time zone, deve ser date/,
    )
    t.match(erro_mensagem, /dw\.lancamentos\.documento é bytea, deve ser text/)
  }
})

t.test('the diagnosis finds the indexes below a view, whatever the columns are called there', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const indices = async () =>
    [...(await lines(connectAs('leo'))).values()]
      .filter((l) => (l['item'] as string).startsWith('índice em '))
      .map((l) => `${(l['item'] as string).slice(10)}: ${l['detalhe']}`)
  const columns = `filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento, descricao, valor,
    valor_documento, valor_desconto`

  await makeWarehouse(sql, 'estrela')
  await book(sql, { id: '-3', fornecedor_id: "l'água" })
  await sql`insert into estrela.dim_fornecedor (codigo, nome) select 'F' || i, 'Fornecedor ' || i from generate_series(1, 200) i`
  await sql`insert into estrela.fato (nk, dia, carga, sk_fornecedor)
    select i, date '2026-02-10' + i % 9, timestamptz '2026-02-11Z' + i % 9 * interval '1 day', 1 + i % 200 from generate_series(1, 100100) i`
  await sql`analyze estrela.fato, estrela.dim_fornecedor`
  const before = ['id: fato_pkey', 'data_lancamento: nenhum', 'carregado_em: nenhum']
  t.same(
    await indices(),
    [...before, 'fornecedor_id: nenhum'],
    'an index on the dimension does not stand in for one on the facts',
  )
  await sql`create index chegada on estrela.fato (carga)`
  await sql`create index do_fornecedor on estrela.fato (sk_fornecedor)`
  t.same(await indices(), [
    ...before.slice(0, 2),
    'carregado_em: chegada',
    'fornecedor_id: dim_fornecedor_codigo_nome_key',
  ])

  const fillfactor = await connectAs(
    'leo',
  )`select detalhe from audit.diagnosticar_contrato() where item = 'fillfactor'`
  t.same(
    fillfactor.map((l) => l['detalhe']),
    ['estrela.fato: padrão'],
    'free space on the page is advised for the facts',
  )

  await sql`drop schema estrela cascade`
  await sql`create schema origem`
  await sql.unsafe(
    `
    create table origem.razao (numero text, dia date, chegada timestamptz, id int, data_lancamento date, carregado_em timestamptz,
      ${columns.replaceAll(',', ' text,').replace('valor text', 'valor numeric').replace('valor_documento text', 'valor_documento numeric')} numeric)
      partition by range (dia)`,
  )
  await sql.unsafe(`
    create table origem.razao_antes partition of origem.razao for values from (minvalue) to ('2026-01-01');
    create table origem.razao_depois partition of origem.razao for values from ('2026-01-01') to (maxvalue);
    create index on origem.razao (id);
    create index on origem.razao (data_lancamento);
    create index por_numero on origem.razao (numero);
    create view dw.lancamentos as select numero as id, dia as data_lancamento, chegada + interval '0' as carregado_em, ${columns} from origem.razao;
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;
    insert into origem.razao (numero, dia, chegada) values (e'a\\\\''b', '2026-03-01', now())`)
  t.same(
    await indices(),
    [
      'id: por_numero',
      'data_lancamento: particionada por esta coluna',
      'carregado_em: nenhum',
      'fornecedor_id: nenhum',
    ],
    'indexes on columns that only have the same name do not count',
  )
})

t.test('an index for recent windows is found behind the joins of a star schema', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await sql.unsafe(`
    create schema dw; create schema s;
    grant usage on schema dw to conferente_regra, conferente_escrita;
    create table s.calendario (sk int primary key, dia date unique);
    insert into s.calendario select to_char(d, 'YYYYMMDD')::int, d from generate_series('2020-01-01'::date, '2027-12-31', '1 day') d;
    create table s.dias (sk int primary key, dia date);
    insert into s.dias select * from s.calendario;
    create table s.classe (sk int primary key, nome text);
    insert into s.classe select i, 'Classe ' || i from generate_series(1, 80) i;
    create table s.fato (id bigint primary key, dia date, carga timestamptz, sk_dia int, sk_classe int, texto text, valor numeric(18,2));
    insert into s.fato select i, d, d + interval '1 day', to_char(d, 'YYYYMMDD')::int, 1 + i % 80, 'um texto de lançamento ' || i, i
      from (select i, date '2023-01-01' + i % 1300 as d from generate_series(1, 20000) i) x;
    create index chegada on s.fato (carga);
    create index pelo_dia on s.fato (sk_dia);
    create table s.mensal (like s.fato) partition by range (dia);
    create table s.mensal_antes partition of s.mensal for values from (minvalue) to ('2026-01-01');
    create table s.mensal_depois partition of s.mensal for values from ('2026-01-01') to (maxvalue);
    insert into s.mensal select * from s.fato;
    create table s.cabecalho (id bigint primary key, dia date, carga timestamptz);
    insert into s.cabecalho select i, date '2023-01-01' + i % 1300, timestamptz '2023-01-02Z' + i % 1300 * interval '1 day' from generate_series(1, 7000) i;
    create index emissao on s.cabecalho (dia);
    create index do_cabecalho on s.fato ((1 + id % 7000));
    analyze;`)
  const index = async (day: string, load: string, fromDay: string) => {
    await sql.unsafe(`drop view if exists dw.lancamentos;
      create view dw.lancamentos as select f.id, ${day} as data_lancamento, ${load} as carregado_em, c.nome as categoria, f.valor
        from ${fromDay} left join s.classe c on c.sk = f.sk_classe;
      grant select on dw.lancamentos to conferente_regra, conferente_escrita`)
    const by = await lines(connectAs('leo'))
    return ['data_lancamento', 'carregado_em'].map((column) => by.get(`índice em ${column}`)?.['detalhe'])
  }
  t.same(
    await index('d.dia', 'f.carga', 's.fato f join s.calendario d on d.sk = f.sk_dia'),
    ['calendario_dia_key', 'chegada'],
    'a date dimension',
  )
  const byKey = () => index('d.dia', 'f.carga', 's.fato f join s.dias d on d.sk = f.sk_dia')
  t.same(
    await byKey(),
    ['pelo_dia', 'chegada'],
    'one whose dates have no index is read whole, and the facts by its key',
  )
  t.same(
    await index('f.dia', 'f.carga', 's.mensal f join s.calendario d on d.sk = f.sk_dia'),
    ['particionada por esta coluna', 'nenhum'],
    'months',
  )
  t.same(
    await index('h.dia', 'h.carga', 's.fato f join s.cabecalho h on h.id = 1 + f.id % 7000'),
    ['emissao', 'nenhum'],
    'headers and lines',
  )
  await sql.unsafe('drop index s.pelo_dia; create index da_classe on s.fato (sk_classe)')
  t.same(await byKey(), ['nenhum', 'chegada'], 'an index on the key of another dimension does not help')
  for (const load of ['null::timestamptz', "null::timestamptz + interval '1 hour'"])
    t.same(
      await index('f.dia', load, 's.mensal f'),
      ['particionada por esta coluna', 'sempre nula: nada se procura por ela'],
      load,
    )
  t.same(await index('f.dia', 'f.carga', 's.fato f'), ['nenhum', 'chegada'], 'and none where there is none')
})

t.test('if no row has a load time, the diagnosis says how to run without it', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeWarehouse(sql)
  await book(
    sql,
    ...['2026-02-27', '2026-03-04'].map((data_lancamento, i) => ({
      id: String(i),
      data_lancamento,
      categoria: 'Pendente',
      valor: '5',
      valor_documento: '50',
    })),
  )
  await sql`update dw.lancamentos set carregado_em = null where id = '0'`
  t.match((await lines(connectAs('leo'))).get('carregado_em preenchido'), {
    situacao: 'aviso',
    detalhe: '1 nulos',
  })
  await sql`update dw.lancamentos set carregado_em = null`
  const line = (await lines(connectAs('leo'))).get('carregado_em preenchido')
  t.match(line, { situacao: 'aviso', detalhe: 'sempre nulo (2 linhas)' })
  const [, from, to] =
    /conferente processar --modo auto --data-inicio (\S+) --data-fim (\S+)/.exec(line?.['sugestao']) ?? []
  t.same([from, to], ['2026-03-01', '2026-03-04'], 'the last month that has entries')
  const [session] = await connectAs('olivia')`
    select * from audit.processar_divergencias('manual', ${from as string}, ${to as string}, '{validacao_valores}')`
  t.match(session, { encontradas: 1n }, 'and that is how they are found')
})

t.test('the diagnosis reports a repeated id or a computed column as an error', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeWarehouse(sql, 'visao')
  await book(sql, { id: '1' })
  await sql`alter table origem.razao drop constraint razao_pkey`
  await book(sql, { id: '1' })
  t.match((await lines(connectAs('leo'))).get('id único'), { situacao: 'erro' })
  await sql.unsafe(`create or replace view dw.lancamentos as select id, data_lancamento, carregado_em, filial, centro_custo,
    conta_contabil, upper(classe) as categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento,
    valor_desconto from origem.razao`)
  t.match((await lines(connectAs('leo'))).get('escrever dw.lancamentos.categoria'), { situacao: 'erro' })
})

t.test('a session skips the rules whose columns are missing, and says so', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeWarehouse(sql)
  await book(sql, { id: '1', valor: '5', valor_documento: '50' })
  await sql`alter table dw.lancamentos drop column centro_custo`
  const theSession = await runSession(connectAs('olivia'), 'manual')
  t.match(theSession, { status: 'concluida_com_falhas', encontradas: 1n, mensagem: /centro_custo/ })
  t.match(await sql`select status from audit.execucoes_regra where regra = 'pendente_verificacao'`, [
    { status: 'pulada' },
  ])
})

t.test('each missing grant is printed as SQL, for the role and the columns concerned', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeWarehouse(sql)
  await book(sql, { id: '1' })
  const leo = connectAs('leo')
  const read = async () => (await lines(leo)).get('ler dw.lancamentos')
  const writeLine = async () => (await lines(leo)).get('escrever dw.lancamentos')
  await sql`revoke all on dw.lancamentos from conferente_regra, conferente_escrita`
  await sql`revoke all on schema dw from conferente_regra, conferente_escrita`
  const everything = [
    'grant usage on schema dw to conferente_regra, conferente_escrita;',
    'grant select on dw.lancamentos to conferente_regra, conferente_escrita;',
  ]
  t.match(await read(), { situacao: 'erro', sugestao: everything.join(' ') })
  t.match(await writeLine(), {
    situacao: 'erro',
    sugestao: 'grant update on dw.lancamentos to conferente_escrita;',
  })
  t.equal((await lines(leo)).get('linhas'), undefined, 'what cannot be read is not counted')
  await sql.unsafe(`${everything.join('')} revoke select on dw.lancamentos from conferente_regra`)
  t.match(await read(), { sugestao: 'grant select on dw.lancamentos to conferente_regra;' })

  const columns = (
    await sql`select attname from pg_attribute where attrelid = 'dw.lancamentos'::regclass and attnum > 0`
  ).map((c) => c['attname'] as string)
  const minus = columns.filter((c) => c !== 'valor' && c !== 'documento').join()
  await sql.unsafe(`grant select (${minus}) on dw.lancamentos to conferente_regra;
    grant update (${minus}) on dw.lancamentos to conferente_escrita`)
  const missing = {
    ler: 'grant select (documento, valor) on dw.lancamentos to conferente_regra;',
    escrever: 'grant update (documento, valor) on dw.lancamentos to conferente_escrita;',
  }
  t.match(await read(), { situacao: 'erro', sugestao: missing.ler })
  t.match(await writeLine(), { situacao: 'erro', sugestao: missing.escrever })
  await sql.unsafe(missing.ler + missing.escrever)
  t.match(
    [await read(), await writeLine()],
    [{ situacao: 'ok' }, { situacao: 'ok' }],
    'rights on the columns are enough',
  )

  await sql`alter table dw.lancamentos rename to fatos`
  await sql`create view dw.lancamentos with (security_invoker) as select * from dw.fatos`
  await sql.unsafe(
    `${everything[1]} grant update on dw.lancamentos to conferente_escrita; revoke all on dw.fatos from conferente_regra`,
  )
  t.match(await read(), { situacao: 'erro', detalhe: /fatos/, sugestao: /security_invoker/ })
})

t.test(
  'for custom rules the diagnosis names functions they may not call, and labels without entries',
  async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await makeWarehouse(sql)
    await makeRule(
      { sql, adelia: connectAs('adelia') },
      { nome: 'minha', consulta: proposing(`'{"categoria": "X"}'::jsonb`, 'false') },
    )
    const mine = async () => (await lines(connectAs('leo'))).get('regra minha')
    await sql`update audit.regras set colunas_identidade = '{fornecedor}' where nome = 'minha'`
    t.match(await mine(), { situacao: 'ok' })
    await sql`update audit.regras set colunas_identidade = '{}' where nome = 'minha'`
    t.match(await mine(), { situacao: 'aviso', sugestao: /colunas_identidade/ })
    await sql`revoke all on schema minhas from conferente_regra`
    await sql`revoke all on function minhas.minha(audit.janela) from conferente_regra, public`
    t.match(await mine(), {
      situacao: 'erro',
      sugestao:
        'grant usage on schema minhas to conferente_regra; grant execute on function minhas.minha(audit.janela) to conferente_regra;',
    })
  },
)

t.test('entries without a category are counted, and labels without entries are named', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeWarehouse(sql)
  const [leo, adelia] = [connectAs('leo'), connectAs('adelia')]
  await book(
    sql,
    ...[null, '', ' \u00a0\t'].map((category, i) => ({ id: i, categoria: category })),
    ...['Marketing e Trade', 'Marketing e Trade', 'A classificar'].map((category, i) => ({
      id: 10 + i,
      categoria: category,
    })),
  )
  await sql`insert into audit.configuracoes_sistema (chave, valor, padrao, tipo, descricao) values ('pendente.vazias', 'false', 'false', 'booleano', 'x')
    on conflict (chave) do update set valor = 'false'`
  t.match((await lines(leo)).get('categoria em branco'), {
    situacao: 'aviso',
    detalhe: /^3 nulas ou em branco; nenhuma regra/,
  })
  await sql`update audit.configuracoes_sistema set valor = 'true' where chave = 'pendente.vazias'`
  t.match((await lines(leo)).get('categoria em branco'), {
    situacao: 'ok',
    detalhe: /^3 .*contam como pendentes/,
  })

  await adelia`select audit.alterar_configuracao('trade_marketing.categoria', '"Trade Marketing"', 'a nossa')`
  await adelia`select audit.alterar_configuracao('pendente.rotulos', '["A CLASIFICAR", "a classificar"]', 'a nossa')`
  const by = await lines(leo)
  t.match(by.get('trade_marketing.categoria'), {
    situacao: 'aviso',
    detalhe: 'nenhum lançamento tem a categoria Trade Marketing',
    sugestao: /Marketing e Trade \(2\)/,
  })
  t.match(by.get('pendente.rotulos'), {
    situacao: 'aviso',
    detalhe: /A CLASIFICAR$/,
    sugestao: /A classificar \(1\)/,
  })
  await adelia`select audit.alterar_configuracao('trade_marketing.categoria', '"marketing e trade"', 'a do livro')`
  t.equal((await lines(leo)).get('trade_marketing.categoria'), undefined)
})
