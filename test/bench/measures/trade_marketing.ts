// trade_marketing over the whole table, against one alternation of its patterns over the descriptions.

import { alternate, type Context, type Measure, type Result, seconds } from '../harness.ts'
import { peer } from '../peer.ts'
import { ALL } from '../warehouse.ts'

async function marketing({ sql, runs }: Context): Promise<readonly Result[]> {
  const [patterns] = await sql<{ n: number }[]>`
    select count(*)::int as n, set_config('bancada.padroes', string_agg(p.expressao, '|') filter (where p.acao = 'incluir'), false),
      set_config('bancada.exclusoes', string_agg(p.expressao, '|') filter (where p.acao = 'excluir'), false)
    from (
      select x.acao, case x.tipo when 'palavra' then '\\m' || x.padrao_dobrado || '\\M' else replace(x.padrao_dobrado, '(?i)', '') end as expressao
      from audit.padroes_trade_marketing x where x.ativo and x.campo = 'descricao'
    ) as p`
  const measured = await alternate(runs, {
    floor: () => seconds(() => peer(sql, 'trade_marketing')),
    ours: () => seconds(() => sql.unsafe(`select count(*) from regra_trade_marketing.detectar(${ALL})`)),
  })
  return [
    {
      name: 'trade_marketing',
      work: 'trade_marketing over the whole table',
      floor: `one alternation of its ${patterns?.n} patterns on descriptions, without regard to case and accents`,
      unit: 's',
      ...measured,
      bar: 1,
      why: 'the history of the suppliers and words of what it suspects is read too, which weighs more in a small table',
    },
  ]
}

export const tradeMarketing: Measure = { name: 'trade_marketing', run: marketing }
