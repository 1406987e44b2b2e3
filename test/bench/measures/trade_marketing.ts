// trade_marketing over the whole table, against one alternation of its patterns over the descriptions.
import { alternate, type Context, type Measure, type Result, seconds } from '../harness.ts'
import { ALL } from '../warehouse.ts'

async function marketing({ sql, runs }: Context): Promise<readonly Result[]> {
  const [patterns] = await sql<{ n: number; one: string }[]>`
    select count(*)::int as n, string_agg(padrao, '|') as one from audit.padroes_trade_marketing where ativo and campo = 'descricao'`
  if (!patterns?.one) throw new Error('no patterns')
  const { one, n } = patterns
  const measured = await alternate(runs, {
    floor: () => seconds(() => sql`select count(*) from dw.lancamentos l where l.descricao ~* ${one}`),
    ours: () => seconds(() => sql.unsafe(`select count(*) from regra_trade_marketing.detectar(${ALL})`)),
  })
  return [
    {
      name: 'trade_marketing',
      work: 'trade_marketing over the whole table',
      floor: `one case-insensitive alternation of ${n} patterns over the descriptions in one scan`,
      unit: 's',
      ...measured,
      bar: 1,
      why: 'the floor is parallel query throughout; what looks at each distinct text once mostly is not, and of the suppliers of suspects all entries are read',
    },
  ]
}

export const tradeMarketing: Measure = { name: 'trade_marketing', run: marketing }
