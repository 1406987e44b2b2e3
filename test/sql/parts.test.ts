// Whole or cut into parts, a window gives the same findings, the same counters and the same endings.
import { test } from 'tap'
import type { Row, Sql } from '../../src/db/connection.ts'
import { onCitus } from '../helper/cluster.ts'
import { type TestDatabase, testDatabase } from '../helper/database.ts'
import { inParts } from '../helper/parts.ts'
import { drawn } from '../helper/thorough.ts'
import { book, makeKnown, makeWarehouse, type WarehouseShape } from '../helper/warehouse.ts'

const CNPJ = '12.345.678/0001-95'
const day = (month: number, of: number) => `2026-0${month}-${String(of).padStart(2, '0')}`

/**
 * Four months: history to infer from, pending entries, marketing texts, wrong amounts, and documents booked twice across months.
 */
function ledger(): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = []
  const book = (entry: Record<string, unknown>) => rows.push({ id: rows.length + 1, ...entry })
  for (const month of [1, 2, 3, 4]) {
    for (let n = 0; n < 30; n++) {
      const data_lancamento = day(month, 1 + (n % 28))
      const supplier = n % 3
      book({
        data_lancamento,
        fornecedor: `Fornecedor ${supplier} Ltda`,
        categoria: n % 11 === 10 ? 'PENDENTE' : ['Energia', 'Aluguel', 'Frete'][supplier],
        descricao: n % 13 === 5 ? 'verba de trade marketing loja' : `conta de ${supplier}`,
        valor: n % 7 === 3 ? '1000.00' : '100.00',
        valor_documento: '100.00',
      })
    }
  }
  const twin = (documento: string, ...dates: string[]) => {
    for (const data_lancamento of dates) {
      book({ data_lancamento, documento, fornecedor_id: CNPJ, valor: '512.34', valor_documento: '512.34' })
    }
  }
  twin('NF 900', day(1, 30), day(2, 3))
  twin('NF 901', day(2, 27), day(3, 2), day(3, 6))
  twin('NF 902', day(3, 20), day(4, 15)) // too far apart
  twin('NF 903', day(1, 31), day(2, 1), day(2, 12))
  for (const data_lancamento of [day(1, 31), day(2, 1), day(2, 28), day(3, 1), day(3, 31), day(4, 1)]) {
    book({ data_lancamento, valor: '700.00', valor_documento: '70.00' }) // first and last days
  }
  book({ data_lancamento: null, valor: '5.00', valor_documento: '50.00' })
  // a load of two months and a thin day between them, and once more
  for (const carregado_em of ['2026-04-20T05:00:00Z', '2026-04-21T05:00:00Z']) {
    for (let n = 0; n < 25; n++) {
      const data_lancamento = n === 24 ? day(2, 16) : day(n < 12 ? 1 : 3, 15)
      book({ data_lancamento, documento: `NF ${70_000 + n}`, valor: `${200 + n}.00`, carregado_em })
    }
  }
  return rows
}

async function scene(t: Parameters<typeof testDatabase>[0], shape: WarehouseShape): Promise<TestDatabase> {
  const base = await testDatabase(t)
  const { sql } = base
  await makeWarehouse(sql, shape)
  await book(sql, ...ledger())
  await makeKnown(sql, 'Trade Marketing')
  await sql`select audit.salvar_padrao('descricao', 'contem', 'trade marketing', 'incluir', 'teste', true)`
  await sql`select audit.alterar_configuracao('sessao.linhas_por_parte', '1', 'um mês por parte')`
  return base
}

const findings = (sql: Sql) => sql`
  select regra, registro_id, valores_originais, valores_propostos, confianca, evidencia, justificativa, valor_em_risco, status, motivo,
    vezes_detectada, encode(identidade, 'hex') as identidade, hash_regra
  from audit.divergencias_processadas order by regra, registro_id, identidade`
const executions = (sql: Sql, id: bigint) => sql`
  select regra, status, linhas_examinadas, total_valor, encontradas, novas, recorrentes, suprimidas, corrigidas, falhas, obsoletas,
    resolvidas, valor_em_risco, hash_funcao
  from audit.execucoes_regra where sessao_id = ${id} order by regra`
const totals = ({ status, linhas_examinadas, total_valor, encontradas, corrigidas, mensagem }: Row) => ({
  status,
  linhas_examinadas,
  total_valor,
  encontradas,
  corrigidas,
  mensagem,
})

async function whole(
  { sql }: TestDatabase,
  mode: string,
  from: string | null,
  to: string | null,
): Promise<Row> {
  const [session] = await sql`select * from audit.processar_divergencias(${mode}, ${from}::date, ${to}::date)`
  return session as Row
}

async function cut(
  { sql, url }: TestDatabase,
  mode: string,
  from: string | null,
  to: string | null,
): Promise<Row> {
  const [asked] = await sql`select id from audit.solicitar_processamento(${mode}, ${from}::date, ${to}::date)`
  return inParts(url, asked?.['id'] as bigint)
}

for (const shape of drawn(['tabela', 'particionada', 'visao'] as const, 1)) {
  test(`divided by month or whole, the same is found, corrected and closed: ${shape}`, async (t) => {
    const [one, many] = [await scene(t, shape), await scene(t, shape)]
    const compare = async (name: string, mode: string, from: string | null, to: string | null) => {
      const [left, right] = [await whole(one, mode, from, to), await cut(many, mode, from, to)]
      t.same(totals(right), totals(left), `${name}: the session`)
      t.same(
        await executions(many.sql, right['id']),
        await executions(one.sql, left['id']),
        `${name}: the rules`,
      )
      t.same(await findings(many.sql), await findings(one.sql), `${name}: the findings`)
      return right
    }
    const first = await compare('first', 'manual', '-infinity', 'infinity')
    t.match(first, { partes: 12n, partes_concluidas: 12n })
    const [twins] = await many.sql`
      select count(*)::int as n from audit.divergencias_processadas where evidencia ->> 'tipo' like 'duplicidade%'`
    t.equal(twins?.['n'], 4, 'duplicates in another month are found')
    t.match(
      await many.sql`select vezes_detectada, evidencia from audit.divergencias_processadas where especie = 'carga_repetida'`,
      [{ vezes_detectada: 1, evidencia: { lancamentos: 25, de: '2026-01-15', ate: '2026-03-15' } }],
      'a repeated load is one finding, whichever part sees some of it',
    )
    const kinds = await many.sql`select distinct regra from audit.divergencias_processadas`
    t.equal(kinds.length, 3, 'every rule found something')

    for (const { sql } of [one, many]) {
      await sql`update dw.lancamentos set valor = 100 where id = 4`
      await sql`update dw.lancamentos set categoria = 'Frete' where id = 11`
    }
    await compare('mended elsewhere', 'manual', '2026-01-01', '2026-03-31')
    await compare('corrected', 'auto', '2026-01-15', null)
    await compare('again', 'auto', null, '2026-04-30')
  })
}

test('a long incremental window is divided by days of load, a short one is not', async (t) => {
  const [one, many] = [await scene(t, 'tabela'), await scene(t, 'tabela')]
  const now = new Date()
  for (const { sql } of [one, many]) {
    await sql`select audit.alterar_configuracao('sessao.primeira_janela', '"10 days"', 'atraso')`
    await sql`update dw.lancamentos set carregado_em = (${now}::timestamptz at time zone 'UTC' - make_interval(days => (id % 4)::int, mins => 5)) at time zone 'UTC'`
  }
  const [left, right] = [await whole(one, 'manual', null, null), await cut(many, 'manual', null, null)]
  t.equal(right['linhas_examinadas'], left['linhas_examinadas'])
  t.same(await findings(many.sql), await findings(one.sql), 'rows without a booking date too')
  t.ok(right['partes'] >= 12n, `${right['partes']} parts`)
  await many.sql`select audit.alterar_configuracao('sessao.linhas_por_parte', '1000', 'um dia fica inteiro')`
  t.match(await cut(many, 'manual', '-infinity', 'infinity'), { partes: 3n, partes_concluidas: 3n })
})

test('the parts make up the window: none is empty, no gaps or overlaps, and the ends stay the same', async (t) => {
  const { sql } = await scene(t, 'tabela')
  const shares = async (rows: number, from: string, to: string) => {
    const found = await sql`
      select c.data_inicio::text, c.data_fim::text from audit.regras r,
        audit_interno.cortar_janela(r, row(${from}::date, ${to}::date, null, null, null)::audit.janela, ${rows}) as c
      where r.nome = 'trade_marketing'`
    return found.map((s) => `${s['data_inicio']} ${s['data_fim']}`)
  }
  t.same(await shares(1, '2026-01-10', '2026-12-31'), [
    '2026-01-10 2026-01-31',
    '2026-02-01 2026-02-28',
    '2026-03-01 2026-03-31',
    '2026-04-01 2026-12-31',
  ])
  t.same(await shares(90, '-infinity', 'infinity'), ['-infinity 2026-02-28', '2026-03-01 infinity'])
  await sql`update dw.lancamentos set data_lancamento = case when id = 1 then 'infinity' when id = 2 then '5874897-12-31' else '4713-01-01 BC' end::date
    where id <= 3`
  t.equal((await shares(1, '-infinity', 'infinity')).length, 6, 'impossible dates belong to a part as well')
})

test('a rule may use both cores in its own session, but not when workers share them', {
  skip: onCitus('a transaction over nodes has no parallel workers'),
}, async (t) => {
  const base = await testDatabase(t)
  const { sql } = base
  await makeWarehouse(sql)
  await book(sql, { id: 1 })
  await sql.unsafe(`
    create table dw.dito (sim boolean);
    grant insert, select on dw.dito to conferente_regra;
    create function dw.preparar_pergunta(janela audit.janela) returns void language sql set search_path = pg_catalog, pg_temp as $$
      insert into dw.dito values (regra_pendente_verificacao.em_metades()) $$;
    create function dw.pergunta(janela audit.janela) returns setof audit.achado language sql stable set search_path = pg_catalog, pg_temp as $$
      select 'dw.lancamentos', '1', '{}'::jsonb, 0.5, jsonb_build_object('metades', regra_pendente_verificacao.em_metades()), 'perguntado', 1.0 $$;
    grant execute on function dw.preparar_pergunta(audit.janela), dw.pergunta(audit.janela) to conferente_regra;
    select audit.registrar_regra('pergunta', 'Pergunta.', 'dw.pergunta', 'dw.lancamentos', 'id', array['categoria'],
      preparacao => 'dw.preparar_pergunta')`)
  const said = async () => {
    const [finding] =
      await sql`select evidencia from audit.divergencias_processadas where regra = 'pergunta' order by id desc limit 1`
    return [(await sql`select sim from dw.dito`).at(-1)?.['sim'], finding?.['evidencia'].metades]
  }
  await whole(base, 'manual', null, null)
  t.same(await said(), [true, true])
  await cut(base, 'manual', null, null)
  t.same(await said(), [false, false])
})
