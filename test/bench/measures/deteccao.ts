// The bundled rules over the whole table, and findings recorded, against the plainest scan that could do the work.
import type { Sql } from '../../../src/db.ts'
import { conductSession } from '../../../src/session.ts'
import { alternate, type Context, type Measure, median, type Result, seconds } from '../harness.ts'

const ALL = 'row(null, null, null, null, null)::audit.janela'

async function findings(sql: Sql, rule: string): Promise<{ took: number; found: number; fresh: number }> {
  let took = 0
  let began = 0
  const session = await conductSession(
    sql,
    { modo: 'manual', dataInicio: '1990-01-01', dataFim: '2100-12-31', regras: [rule] },
    {
      began: () => {
        began = performance.now()
      },
      ended: ({ etapa }) => {
        if (etapa === 'detectar') took += (performance.now() - began) / 1000
      },
    },
    { signal: new AbortController().signal },
  )
  if (session['status'] !== 'concluida') throw new Error(`${rule}: ${session['mensagem']}`)
  return { took, found: Number(session['encontradas']), fresh: Number(session['novas']) }
}

async function amounts({ sql, runs, say }: Context): Promise<Result> {
  let found = 0
  const measured = await alternate(runs, {
    floor: () =>
      seconds(
        () => sql`
          select count(*) from dw.lancamentos l
          where abs(l.valor - (l.valor_documento - coalesce(l.valor_desconto, 0))) > 0.05`,
      ),
    ours: async (run) => {
      const { took, found: n, fresh } = await findings(sql, 'validacao_valores')
      say(`  run ${run}: ${n} findings, ${fresh} of them new, ${took.toFixed(2)} s`)
      found = n
      return took
    },
  })
  const bar = 1.5 + (found * 20e-6) / median(measured.floorRuns)
  return {
    name: 'validacao_valores',
    work: `validacao_valores over the whole table, ${found} findings recorded`,
    floor: 'the bare predicate in one sequential scan',
    unit: 's',
    ...measured,
    bar,
    note: `bar: 1.5, and 20 µs a finding; the first run records them, the others find them again`,
  }
}

async function marketing({ sql, runs }: Context): Promise<Result> {
  const [patterns] = await sql<{ n: number; one: string }[]>`
    select count(*)::int as n, string_agg(padrao, '|') as one from audit.padroes_trade_marketing where ativo and campo = 'descricao'`
  if (!patterns?.one) throw new Error('no patterns')
  const { one, n } = patterns
  const measured = await alternate(runs, {
    floor: () => seconds(() => sql`select count(*) from dw.lancamentos l where l.descricao ~* ${one}`),
    ours: () => seconds(() => sql.unsafe(`select count(*) from regras.trade_marketing(${ALL})`)),
  })
  return {
    name: 'trade_marketing',
    work: 'trade_marketing over the whole table',
    floor: `one case-insensitive alternation of ${n} patterns over the descriptions in one scan`,
    unit: 's',
    ...measured,
    bar: 1,
  }
}

const PENDING_FLOOR = 'one group by supplier, cost centre, category over the history'
/** In the last month of the warehouse: a new month would fit and calibrate anew, as it does once a month. */
const DAY = '2026-10-31'

/** The statistics brought up to date and the rule, in one transaction as the engine does. */
async function suggest(sql: Sql, window: string): Promise<number> {
  const [found] = await sql.begin(async (tx) => {
    await tx.unsafe(`select regras.preparar_pendente_verificacao(${window})`)
    return tx.unsafe<{ n: number }[]>(`select count(*)::int as n from regras.pendente_verificacao(${window})`)
  })
  return found?.n ?? 0
}

/** Runs of the first count, each of which takes minutes on a large table. */
const MOST_FIRST = 2

async function pending({ sql, rows, runs, say }: Context): Promise<Result[]> {
  const floor = () =>
    seconds(
      () =>
        sql`select count(*) from (select from dw.lancamentos l group by l.fornecedor_id, l.centro_custo, l.categoria) x`,
    )
  let found = 0
  const first = await alternate(Math.min(runs, MOST_FIRST), {
    // nothing known: all of the history is counted, the weights fitted, the confidence calibrated
    before: () =>
      sql`truncate audit_interno.estatistica_controle, audit_interno.estatistica_contagem, audit_interno.estatistica_mes,
        audit_interno.estatistica_nome, audit_interno.estatistica_borda, audit_interno.estatistica_antigas`,
    floor,
    ours: (run) =>
      seconds(async () => {
        found = await suggest(sql, ALL)
        say(`  run ${run}: ${found} suggestions`)
      }),
  })
  await suggest(sql, ALL)

  const day = Math.ceil(rows / 365)
  let foundThatDay = 0
  const later = await alternate(runs, {
    floor,
    ours: async (run) => {
      // loaded a day after all that was there, as loads are
      const [last] = await sql<{ at: string }[]>`
        select (max(carregado_em) + interval '1 day')::text as at from dw.lancamentos`
      const [fresh] = await sql<
        { id: string }[]
      >`select exemplo.carregar_dia(${day}, ${DAY}, ${run})::text as id`
      await sql`
        update dw.fato_lancamentos set carregado_em = ${last?.at ?? ''}::text::timestamptz
        where data_lancamento = ${DAY} and id >= ${fresh?.id ?? ''}::text::bigint`
      return seconds(async () => {
        foundThatDay = await suggest(sql, `row(null, null, '${last?.at}', null, null)::audit.janela`)
      })
    },
  })
  return [
    {
      name: 'pendente_verificacao',
      work: `pendente_verificacao over the whole table, ${found} pending, nothing known before: counted, fitted, calibrated`,
      floor: PENDING_FLOOR,
      unit: 's',
      ...first,
      bar: 3,
    },
    {
      name: 'pendente_verificacao_dia',
      work: `the same when a day of ${day} entries was added, ${foundThatDay} pending in the window of its load`,
      floor: PENDING_FLOOR,
      unit: 's',
      ...later,
      bar: 0.6,
      note: 'bar: 0.2 of the 3 that the whole may cost',
    },
  ]
}

export const deteccao: Measure = {
  name: 'deteccao',
  run: async (context) => [await amounts(context), await marketing(context), ...(await pending(context))],
}
