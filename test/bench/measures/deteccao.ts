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

async function pending({ sql, runs }: Context): Promise<Result> {
  const [count] = await sql<{ n: number }[]>`
    select count(*)::int as n from dw.lancamentos l
    where audit_interno.dobrar(btrim(l.categoria)) = any (audit_interno.rotulos_pendentes())`
  const measured = await alternate(runs, {
    floor: () =>
      seconds(
        () =>
          sql`select count(*) from (select from dw.lancamentos l group by l.fornecedor_id, l.centro_custo, l.categoria) x`,
      ),
    ours: () =>
      seconds(async () => {
        await sql.begin(async (tx) => {
          await tx.unsafe(`select regras.preparar_pendente_verificacao(${ALL})`)
          await tx.unsafe(`select count(*) from regras.pendente_verificacao(${ALL})`)
        })
      }),
  })
  return {
    name: 'pendente_verificacao',
    work: `pendente_verificacao over the whole table, ${count?.n} pending`,
    floor: 'one group by supplier, cost centre, category over the history',
    unit: 's',
    ...measured,
    bar: 3,
  }
}

export const deteccao: Measure = {
  name: 'deteccao',
  run: async (context) => [await amounts(context), await marketing(context), await pending(context)],
}
