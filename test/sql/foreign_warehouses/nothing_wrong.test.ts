// A window in which nothing is wrong, on warehouses that are not ours: whatever the patterns match and however well they are
// proven, a session in auto changes no right entry.
import t, { type Test } from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { runSession } from '../../helper/warehouse.ts'
import { type Kind, warehouse } from '../../helper/warehouses.ts'

/** Each warehouse's names for marketing, two other categories, and parked entries. */
const LABELS: Record<Kind, [string, string, string, string]> = {
  estrela: ['Marketing e Trade', 'Frete', 'TI', 'A definir'],
  razao: ['Marketing e Trade', 'Frete', 'TI', 'A definir'],
  debito_credito: ['MARKETING E TRADE', 'FRETE', 'TI', 'PENDENTE'],
}

const OLD = "date '2025-03-01' + n % 270"
const NEW = "date '2026-01-05' + n % 20"

/**
 * A year of marketing and of other things, all where they belong, and of marketing that once was under Frete, on which people
 * answered. The window of January has marketing, other things, and repairs of shop floors by new and old builders.
 */
const entries = ([marketing, freight, ti]: readonly string[]) => `
  select 3000 + n as n, ${OLD} as dia, n % 30 as s, 'display no ponto de venda' as texto, '${marketing}' as categoria from generate_series(1, 300) n
  union all select 4000 + n, ${OLD}, 40 + n % 9, 'frete rodoviário', '${freight}' from generate_series(1, 300) n
  union all select 5000 + n, ${OLD}, 100 + n, 'display no ponto de venda', '${freight}' from generate_series(1, 120) n
  union all select 6000 + n, ${NEW}, n % 30, 'display no ponto de venda', '${marketing}' from generate_series(1, 40) n
  union all select 7000 + n, ${NEW}, 40 + n % 9, 'frete rodoviário', '${freight}' from generate_series(1, 40) n
  union all select 8000 + n, ${NEW}, 60 + n, 'reparo do piso do ponto de venda', '${ti}' from generate_series(1, 9) n
  union all select 8100 + n, ${NEW}, 48, 'reparo do piso do ponto de venda', '${ti}' from generate_series(1, 9) n`

const FILL: Record<Kind, string> = {
  estrela: `insert into {s}.dim_fornecedor select 100 + s, (30000000 + s)::text || '000100', 'Fornecedor ' || chr(65 + s % 26) || chr(97 + s / 26) from generate_series(0, 230) s;
    insert into {s}.fato select 7000000000000000 + n, dia, '2026-02-01 12:00+00', 'SP', 1, '4.1', (select sk from {s}.dim_categoria c where c.nome = categoria),
      100 + s, 'H-' || n, texto, 100 + n, 100 + n, 0 from (${entries(LABELS.estrela)}) e`,
  razao: `create table {s}.l_outros partition of {s}.lancamentos default;
    insert into {s}.lancamentos (id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor,
        documento, descricao, valor, valor_documento, valor_desconto, lote)
      select 'H/' || n, dia, '2026-02-01 12:00+00', 'SP', 'Loja', '4.1', categoria, (30000000 + s)::text || '000100', 'Fornecedor ' || chr(65 + s % 26) || chr(97 + s / 26),
        'H-' || n, texto, 100 + n, 100 + n, 0, 'L0' from (${entries(LABELS.razao)}) e`,
  debito_credito: `insert into {s}.movimento select ('00000000-0000-4000-9000-' || to_char(n, 'FM000000000000'))::uuid, dia, '2026-02-01 12:00', 'SP', 'Loja', '4.1',
      categoria, (30000000 + s)::text || '000100', 'Fornecedor ' || chr(65 + s % 26) || chr(97 + s / 26), 'H-' || n, texto, 100 + n, null, 100 + n, 0 from (${entries(LABELS.debito_credito)}) e`,
}

async function scene(t: Test, kind: Kind) {
  const b = await testDatabase(t)
  const [olivia, ana, adelia] = [b.connectAs('olivia'), b.connectAs('ana'), b.connectAs('adelia')]
  const dw = await warehouse(b.sql, { kind, variant: 'certo', nullable: true })
  await dw.edit(FILL[kind])
  for (const [key, valor] of Object.entries({
    'trade_marketing.categoria': dw.right,
    'pendente.rotulos': [dw.wrong],
    'limites.fracao': 1,
  }))
    await adelia`select audit.alterar_configuracao(${key}, ${adelia.json(valor as never)}, 'deste livro')`
  await adelia`select audit.salvar_padrao('descricao', 'contem', 'ponto de venda', 'incluir', 'do negócio', true)`
  const january = async () => {
    const [row] = await olivia`
      select status, corrigidas::int from audit.processar_divergencias('auto', '2026-01-01', '2026-01-31')`
    return row
  }
  return { ...b, dw, olivia, ana, january }
}

for (const kind of Object.keys(LABELS) as Kind[]) {
  t.test(`no right entry is changed, before or after the pattern is proved: ${kind}`, async (t) => {
    const { sql, dw, olivia, ana, january } = await scene(t, kind)
    t.match(await january(), { status: 'concluida', corrigidas: 0 }, 'nobody has answered yet')
    t.same(await dw.differences(), [])

    await runSession(olivia, 'manual')
    const [answered] = await sql`
      with p as (select id from audit.divergencias_processadas where status = 'aberta' and regra = 'trade_marketing' and evidencia ->> 'categoria_lancada' ilike 'frete'
        and (entrada ->> 'data_lancamento')::date < '2026-01-01')
      select array_agg(id)::text as ids, count(*)::int as n from p`
    t.ok(answered?.['n'] >= 100, `${answered?.['n']} answers`)
    await ana`select from audit.aprovar_divergencias(${answered?.['ids']}::bigint[], 'conferi a nota')`
    t.match(await january(), { status: 'concluida', corrigidas: 0 }, 'after a hundred right answers')
    t.same(await dw.differences({ images: true }), [], 'the base tables are as the audit says')
    const found = await sql`
      select status, confianca::float8 as confianca from audit.divergencias_processadas
      where entrada ->> 'documento' like 'H-8%' and regra = 'trade_marketing'`
    t.equal(found.length, 18, 'people see the floors')
    t.ok(
      found.every((d) => d['status'] === 'aberta' && d['confianca'] < 0.95),
      JSON.stringify(found),
    )
    t.equal(
      (await sql`select from dw.lancamentos where documento like 'H-8%' and btrim(lower(categoria)) = 'ti'`)
        .length,
      18,
      'and they are where they were',
    )
  })
}
