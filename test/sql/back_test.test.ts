// A back-test tells the truth about a rule, and leaves nothing behind.
import { test } from 'tap'
import type { Sql } from '../../src/db/connection.ts'
import { testDatabase } from '../helper/database.ts'
import { bookEntries, makeLedger } from './rules/ledger.ts'

interface Line {
  funcao: string
  fonte: string
  faixa: string
  achados: number
  julgadas: number
  certas: number
  confianca_media: number | null
  erro_calibracao: number | null
  conhecidas: number | null
  recuperacao: number | null
  erradas_no_limiar: number
  danos: number | null
}

async function backTest(sql: Sql, rule: string, another: string | null = null): Promise<Line[]> {
  const rows = await sql`
    select funcao, fonte, faixa, achados::int, julgadas::int, certas::int, confianca_media::float, erro_calibracao::float,
      conhecidas::int, recuperacao::float, erradas_no_limiar::int, danos::int
    from audit.avaliar_regra(${rule}, '2025-01-01', '2025-12-31', ${another})`
  return rows as unknown as Line[]
}

const line = (rows: Line[], band: string, source = 'decisoes', fn?: string) =>
  rows.find((row) => row.faixa === band && row.fonte === source && (!fn || row.funcao === fn))

/** Ten entries whose code says what their category should be; the code's last digits are the rule's confidence. */
async function scene(sql: Sql): Promise<void> {
  await makeLedger(sql)
  await sql.unsafe(`
    create table dw.escritas (n int);
    create function dw.regra_codigo(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $$
      select 'dw.lancamentos', l.id::text, '{"categoria": "Certa"}'::jsonb, right(l.documento, 2)::numeric / 100, '{}'::jsonb,
        'o código diz', abs(l.valor)
      from dw.lancamentos l
      where l.categoria = 'Errada' and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, null::bigint)))
    $$;
    create function dw.regra_codigo_v2(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $$
      select a.tabela, a.registro_id, a.valores_propostos, a.confianca, a.evidencia, a.justificativa, a.valor_em_risco
      from dw.regra_codigo(janela) a where a.confianca > 0.9
    $$;
    create function dw.nao_e_regra(janela audit.janela) returns int language sql stable return 1;
    grant execute on all functions in schema dw to conferente_regra;`)
  await bookEntries(
    sql,
    ...['97', '97', '97', '97', '60', '60', '60', '60', '60', '60'].map((degree, n) => ({
      id: 100 + n,
      categoria: 'Errada',
      documento: `X${degree}`,
    })),
  )
}

const findings = (sql: Sql, ...ids: number[]) => sql`
  array(select id from audit.divergencias_processadas where registro_id = any (${ids.map(String)}::text[]) order by id)`

test("findings are judged by people's decisions, and nothing is left behind", async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await scene(sql)
  const [adelia, olivia, ana] = [connectAs('adelia'), connectAs('olivia'), connectAs('ana')]
  await adelia`select audit.registrar_regra('codigo', 'Pelo código.', 'dw.regra_codigo', 'dw.lancamentos', 'id',
    array['categoria'], coluna_data => 'data_lancamento', coluna_valor => 'valor')`
  await olivia`select audit.processar_divergencias('manual', '2025-01-01', '2025-12-31', array['codigo'])`
  // at 0.97: two right, one wrong, one undecided; at 0.60: two right, one wrong
  await ana`select audit.aprovar_divergencias(${findings(ana, 100, 101, 104, 105)}, 'certo')`
  await ana`select audit.rejeitar_divergencias(${findings(ana, 102, 106)}, 'estava certa')`
  // fixed elsewhere: one as proposed, one in another way
  await sql`update dw.lancamentos set categoria = case id when 107 then 'Certa' else 'Terceira' end where id in (107, 108)`
  await olivia`select audit.processar_divergencias('manual', '2025-01-01', '2025-12-31', array['codigo'])`

  const state = () => sql<{ dw: string; audit: string; stats: string }[]>`
    select (select md5(string_agg(l::text || xmin::text, '' order by id)) from dw.lancamentos l) as dw,
      (select count(*) || ' ' || sum(vezes_detectada) from audit.divergencias_processadas) || ' ' || (select count(*) from audit.operacoes)
        || ' ' || (select count(*) from audit.sessoes_processamento) as audit,
      (select coalesce(md5(string_agg(c::text, '' order by c)), '') from regra_pendente_verificacao.estatistica_contagem c) as stats`
  const [before] = await state()
  const rows = await backTest(ana, 'codigo')
  const [after] = await state()
  t.same(after, before, 'warehouse, findings and statistics are as they were')

  t.match(line(rows, '0.95 a 1.00'), { achados: 4, julgadas: 3, certas: 2, confianca_media: 0.97 })
  t.match(line(rows, '0.60 a 0.70'), { achados: 6, julgadas: 5, certas: 3, confianca_media: 0.6 })
  t.match(line(rows, 'no limiar'), { achados: 4, julgadas: 3, certas: 2, erradas_no_limiar: 1, danos: 1 })
  const total = line(rows, 'total')
  t.match(total, { achados: 10, julgadas: 8, certas: 5, conhecidas: 6, danos: 1 })
  t.equal(
    total?.recuperacao,
    0.8333,
    'the row that was fixed in another way was found, but not with the right value',
  )
  const expected = (3 * Math.abs(2 / 3 - 0.97) + 5 * Math.abs(3 / 5 - 0.6)) / 8
  t.ok(Math.abs((total?.erro_calibracao ?? 9) - expected) < 0.0001, 'the formula in the comment')

  const both = await backTest(ana, 'codigo', 'dw.regra_codigo_v2')
  t.match(line(both, 'total', 'decisoes', 'dw.regra_codigo'), { achados: 10, certas: 5 })
  t.match(line(both, 'total', 'decisoes', 'dw.regra_codigo_v2'), {
    achados: 4,
    certas: 2,
    conhecidas: 6,
    danos: 1,
  })
  t.equal(line(both, 'total', 'decisoes', 'dw.regra_codigo_v2')?.recuperacao, 0.3333)
})

test("only a person's answer or a later change counts as truth", async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await scene(sql)
  const [adelia, olivia, ana, bruno] = [
    connectAs('adelia'),
    connectAs('olivia'),
    connectAs('ana'),
    connectAs('bruno'),
  ]
  await adelia`select audit.registrar_regra('codigo', 'Pelo código.', 'dw.regra_codigo', 'dw.lancamentos', 'id',
    array['categoria'], coluna_data => 'data_lancamento', coluna_valor => 'valor', concessao_correcoes => 1000000, concessao_valor => 1e12)`
  await sql`update audit.configuracoes_sistema set valor = '1' where chave = 'limites.fracao'`
  await bookEntries(sql, { id: 90, categoria: 'Certa', data_lancamento: '2024-05-10' }) // a value that the ledger knows
  await olivia`select audit.processar_divergencias('auto', '2025-01-01', '2025-12-31', array['codigo'])`
  const [corrected] =
    await sql`select count(*)::int as n from dw.lancamentos where categoria = 'Certa' and id >= 100`
  t.equal(corrected?.['n'], 4, 'auto corrected those at 0.97')
  t.match(
    line(await backTest(ana, 'codigo'), 'total'),
    { achados: 10, julgadas: 0, conhecidas: 0 },
    'nobody confirmed it',
  )

  // a load overwrites one correction, a person of the business another
  await sql`update dw.lancamentos set categoria = case id when 100 then 'Errada' else 'Quarta' end where id in (100, 101)`
  // one is typed, by two people
  await ana`select audit.corrigir_manualmente((${findings(ana, 104)})[1], '{"categoria": "Outra"}', 'nota na mão')`
  await bruno`select audit.aprovar_divergencias(array[d.id], 'confere', array[audit.divergencia_visto(d)])
    from audit.divergencias_processadas d where d.registro_id = '104'`
  const rows = await backTest(ana, 'codigo')
  t.match(
    line(rows, '0.95 a 1.00'),
    { achados: 4, julgadas: 1, certas: 0 },
    'changed later to something else',
  )
  t.match(line(rows, '0.60 a 0.70'), { achados: 6, julgadas: 1, certas: 0 }, 'typed otherwise')
  t.match(line(rows, 'total'), { conhecidas: 2, recuperacao: 0, danos: 0 })

  // somebody holds a row that has to be put back
  const other = await sql.reserve()
  await other`begin`
  await other`select from dw.lancamentos where id = 101 for update`
  await t.rejects(backTest(ana, 'codigo'), { code: '55P03' }, 'it does not wait long')
  await other`rollback`
  other.release()
})

test('pendente_verificacao is tested on booked entries as if they were pending, using only earlier months', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await makeLedger(sql)
  const months = Array.from(
    { length: 24 },
    (_, m) => `${2024 + Math.floor(m / 12)}-${String((m % 12) + 1).padStart(2, '0')}`,
  )
  await bookEntries(
    sql,
    ...months.flatMap((month, m) =>
      Array.from({ length: 30 }, (_, n) => ({
        data_lancamento: `${month}-${String(1 + (n % 28)).padStart(2, '0')}`,
        carregado_em: `${month}-28T12:00:00Z`,
        fornecedor_id: `F${n % 6}`,
        fornecedor: `Fornecedor ${n % 6}`,
        descricao: `serviço ${n % 6}`,
        // the last month reverses everything: only somebody who learns from it could know
        categoria: `Categoria ${m === 23 ? 5 - (n % 6) : n % 6}`,
      })),
    ),
  )
  await bookEntries(sql, {
    data_lancamento: '2025-11-10',
    categoria: 'PENDENTE DE VERIFICAÇÃO',
    fornecedor_id: 'F1',
  })
  const ana = connectAs('ana')
  const usual =
    await ana`select * from audit.avaliar_regra('pendente_verificacao', '2025-10-01', '2025-11-30')`
  const total = usual.find((row) => row['fonte'] === 'retroteste' && row['faixa'] === 'total')
  t.equal(Number(total?.['conhecidas']), 60, 'two months, without the entry that really is pending')
  t.ok(Number(total?.['recuperacao']) > 0.95, `right over all ${total?.['recuperacao']}`)
  t.equal(total?.['danos'], null)
  const turned =
    await ana`select * from audit.avaliar_regra('pendente_verificacao', '2025-12-01', '2025-12-31')`
  const last = turned.find((row) => row['fonte'] === 'retroteste' && row['faixa'] === 'total')
  t.ok(Number(last?.['recuperacao']) < 0.05, `it cannot foresee the change: ${last?.['recuperacao']}`)
  const [kept] =
    await sql`select (select count(*)::int from regra_pendente_verificacao.estatistica_contagem) as n,
    (select count(*)::int from dw.lancamentos where categoria like 'PENDENTE%') as pendentes`
  t.same(kept, { n: 0, pendentes: 1 }, 'no statistics, no other pending entry')
})

test('what cannot be back-tested is refused with a code, and so are people without the right', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await scene(sql)
  const ana = connectAs('ana')
  const refused = (code: string, args: string, by = ana) =>
    t.rejects(by.unsafe(`select audit.avaliar_regra(${args})`), { code }, `${code} ${args}`)
  await refused('NC003', `'nenhuma', '2025-01-01', '2025-01-31'`)
  await refused('NC001', `'trade_marketing', null, '2025-01-31'`)
  await refused('NC001', `'trade_marketing', '-infinity', '2025-01-31'`)
  await refused('NC002', `'trade_marketing', '2025-02-01', '2025-01-31'`)
  await refused('NC011', `'trade_marketing', '2025-01-01', '2025-01-31', 'dw.nao_e_regra'`)
  await refused('42501', `'trade_marketing', '2025-01-01', '2025-01-31'`, connectAs('leo'))
})

test('a rule is tried when it is registered, and refused if the trial fails', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  await scene(sql)
  const adelia = connectAs('adelia')
  const finding = (values: string, more = '') =>
    `select null::text, l.id::text, '${values}'::jsonb, 0.5, '{}'::jsonb, 'x', 0 from dw.lancamentos l ${more}`
  const keys = `where l.id = any (audit_interno.chaves_como(janela.chaves, null::bigint))`
  const path = 'set search_path = pg_catalog, pg_temp'
  const broken = {
    sem_caminho: ['stable', finding('{}', keys)],
    volatil: [`volatile ${path}`, finding('{}', keys)],
    coluna_alheia: [`stable ${path}`, finding('{"valor": 1}', keys)],
    divide: [`stable ${path}`, finding('{}', `${keys} and 1 / (l.id - l.id) > 0`)],
    escreve: [`stable ${path}`, finding('{}', `where dw.escrever() > 0`)],
  }
  await sql.unsafe(`create function dw.escrever() returns int language sql volatile as $$ insert into dw.escritas values (1) returning 1 $$;
    grant insert on dw.escritas to conferente_regra; grant execute on function dw.escrever() to conferente_regra;`)
  for (const [name, [how = '', body = '']] of Object.entries(broken)) {
    await sql.unsafe(`create function dw.${name}(janela audit.janela) returns setof audit.achado language sql ${how} as $$ ${body} $$;
      grant execute on function dw.${name}(audit.janela) to conferente_regra`)
    await t.rejects(
      adelia`select audit.registrar_regra(${name}, 'x', ${`dw.${name}`}, 'dw.lancamentos', 'id', array['categoria'])`,
      { code: 'NC011' },
      name,
    )
  }
  const [left] = await sql`select (select count(*)::int from dw.escritas) as escritas,
    (select count(*)::int from audit.regras where funcao not like 'regra\\_%') as regras`
  t.same(left, { escritas: 0, regras: 0 }, 'nothing of the trials remains')
})
