// Patterns as a business would write them, on ledgers whose errors we know: what auto changes by them is right 95 times in 100, or
// nothing is changed. The real ledgers lie beside the project and are never part of it; without them only the made one is used.
import { createReadStream, existsSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type postgres from 'postgres'
import t from 'tap'
import { testDatabase } from '../../helper/database.ts'
import { bookEntries, type LedgerEntry, makeLedger, setSetting } from './ledger.ts'

interface Ledger {
  nome: string
  categoria: string
  /** Patterns come from earlier entries, errors are sown after, and people have answered up to the third day. */
  dias: [inicio: string, meio: string, fim: string]
  carregar(sql: postgres.Sql): Promise<unknown>
}

const data = ['../../../../shared/data', '../../../../../shared/data']
  .map((path) => new URL(path, import.meta.url).pathname)
  .find(existsSync)

const archive = (name: string, keep: string) => async (sql: postgres.Sql) => {
  const rows = await sql`copy dw.lancamentos from stdin (format csv, header)`.writable()
  await pipeline(createReadStream(`${data}/${name}`), createGunzip(), rows)
  await sql.unsafe(`delete from dw.lancamentos where not (${keep})`)
}

const ledgers: Ledger[] = [
  {
    nome: 'made',
    categoria: 'Combustíveis',
    dias: ['2025-01-01', '2025-07-01', '2025-12-31'],
    async carregar(sql) {
      const branch = ['Posto', 'Auto Posto', 'Auto Peças', 'Auto Vidros', 'Papelaria', 'Transportes']
      await bookEntries(
        sql,
        ...Array.from({ length: 6000 }, (_, n): LedgerEntry => {
          const k = n % 60 < 40 ? (n % 60) % 2 : 2 + (n % 4)
          return {
            fornecedor: `${branch[k]} ${n % 37}`,
            fornecedor_id: `C-${k}-${n % 37}`,
            categoria: k < 2 ? 'Combustíveis' : ['Peças', 'Vidros', 'Escritório', 'Frete'][k - 2],
            descricao: k < 2 ? 'gasolina e diesel' : 'nota mensal',
            data_lancamento: `${2024 + (n % 2)}-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`,
          } as LedgerEntry
        }),
      )
    },
  },
]
if (data) {
  ledgers.push(
    {
      nome: 'Senate',
      categoria: 'Divulgação da atividade parlamentar',
      dias: ['2020-01-01', '2020-07-01', '2020-12-31'],
      carregar: archive('senado_2019_2020.csv.gz', 'true'),
    },
    {
      nome: 'Oxford',
      categoria: 'Temporary Bureau Staffing',
      dias: ['2016-01-01', '2016-07-01', '2016-12-31'],
      carregar: archive(
        'oxford_2014_2016.csv.gz', // whole suppliers, or their shares would be distorted
        `hashtext(fornecedor) % 4 = 0 or fornecedor in (
          select fornecedor from dw.lancamentos where categoria = 'Temporary Bureau Staffing')`,
      ),
    },
  )
}

/** Suppliers and words of which at least 85% were in the category before a day: the ten commonest of each. */
async function patterns(sql: postgres.Sql, category: string, day: string): Promise<number> {
  const saved = await sql`
    insert into audit.padroes_trade_marketing (campo, tipo, padrao, padrao_dobrado)
    select x.campo, 'palavra', x.padrao, x.padrao
    from (
      select c.*, row_number() over (partition by c.campo order by c.certos desc, c.padrao) as ordem
      from (
        select 'fornecedor' as campo, regras.nome_canonico(l.fornecedor) as padrao, count(*) as todos,
          count(*) filter (where l.categoria = ${category}) as certos
        from dw.lancamentos l where l.data_lancamento < ${day} group by 2
        union all
        select 'descricao', w, count(distinct l.id), count(distinct l.id) filter (where l.categoria = ${category})
        from dw.lancamentos l cross join lateral string_to_table(regras.palavras_texto(l.descricao), ' ') w
        where l.data_lancamento < ${day} and length(w) >= 5 group by 2
      ) c
      where c.padrao <> '' and c.certos >= 3 and c.certos >= 0.85 * c.todos
    ) x
    where x.ordem <= 10
    union all
    select 'fornecedor', 'palavra', 'auto', 'auto' where ${category} = 'Combustíveis'`
  return saved.count
}

for (const { nome, categoria, dias, carregar } of ledgers) {
  t.test(`whatever auto changes by patterns is right: ${nome}`, async (t) => {
    const { sql, connectAs } = await testDatabase(t)
    await makeLedger(sql)
    await carregar(sql)
    await setSetting(sql, 'trade_marketing.categoria', categoria)
    await setSetting(sql, 'aprovacao.valor_dupla', 1e15)
    await sql`create table verdade as select id, categoria from dw.lancamentos`
    await sql`grant select on verdade to public`
    const [start, middle, end] = dias
    const howMany = await patterns(sql, categoria, start)
    t.ok(howMany >= 5, `${howMany} patterns`)
    const moved = await sql`
      with m as (
        select l.id, row_number() over (order by hashtextextended(l.id::text, 1)) as n, count(*) over () as todos
        from dw.lancamentos l where l.categoria = ${categoria} and l.data_lancamento >= ${start}
      ), outras as (
        select l.categoria, row_number() over (order by hashtextextended(l.id::text, 2)) as n
        from dw.lancamentos l where l.categoria <> ${categoria} and l.data_lancamento >= ${start}
      )
      update dw.lancamentos l set categoria = o.categoria
      from m join outras o on o.n = m.n where l.id = m.id and m.n <= 0.03 * m.todos`
    t.ok(moved.count > 0)

    // no pattern is held back below a threshold that nothing reaches
    await sql`update audit.regras set limiar = 1 where nome = 'trade_marketing'`
    const [freeOnes] = await sql`
      select count(*)::int as todas, count(*) filter (where v.categoria = ${categoria})::int as certas
      from regra_trade_marketing.detectar(row(${start}::date, ${end}::date, null, null, null)::audit.janela) a
      join verdade v on v.id::text = a.registro_id where a.confianca >= 0.95`
    await sql`update audit.regras set limiar = 0.95 where nome = 'trade_marketing'`
    t.comment(`${nome}: at .95 and more but for people ${JSON.stringify(freeOnes)}`)
    t.ok(freeOnes?.['certas'] >= 0.95 * freeOnes?.['todas'], JSON.stringify(freeOnes))

    const olivia = connectAs('olivia')
    const session = async (from: string, until: string) =>
      (
        await olivia`select * from audit.processar_divergencias('auto', ${from}, ${until}, '{trade_marketing}')`
      )[0]
    const changed = async () => {
      const [row] = await sql`
        select count(*)::int as todas, count(*) filter (where v.categoria = d.valores_propostos ->> 'categoria')::int as certas
        from audit.divergencias_processadas d join verdade v on v.id::text = d.registro_id
        where d.status = 'corrigida' and not exists (select from audit.decisoes x where x.divergencia_id = d.id)`
      return row as unknown as { todas: number; certas: number }
    }
    t.match(
      await session(start, end),
      { status: 'concluida', corrigidas: 0n },
      'nothing before people have answered',
    )
    const [findings] = await sql`
      select count(*)::int as todos, avg(d.confianca)::float8 as prometida,
        avg((v.categoria = d.valores_propostos ->> 'categoria')::int)::float8 as certa
      from audit.divergencias_processadas d join verdade v on v.id::text = d.registro_id`
    t.comment(`${nome}: ${howMany} patterns, ${moved.count} moved, findings ${JSON.stringify(findings)}`)
    t.ok(
      Math.abs(Number(findings?.['prometida']) - Number(findings?.['certa'])) < 0.2,
      'the confidences keep their promise about what is true',
    )

    // people's answers on the first half count for the second
    const ana = connectAs('ana')
    for (const right of [true, false]) {
      const ids = (
        await sql`
          select d.id from audit.divergencias_processadas d
          join verdade v on v.id::text = d.registro_id join dw.lancamentos l on l.id = v.id
          where d.status = 'aberta' and l.data_lancamento < ${middle}
            and (v.categoria = d.valores_propostos ->> 'categoria') = ${right}`
      ).map((r) => r['id'] as bigint)
      if (ids.length === 0) continue
      if (right)
        await ana`select from audit.aprovar_divergencias(${`{${ids.join()}}`}::bigint[], 'conferi a nota')`
      else await ana`select from audit.rejeitar_divergencias(${`{${ids.join()}}`}::bigint[], 'está certo')`
    }
    await session(middle, end)
    const { todas, certas } = await changed()
    t.comment(`${nome}: auto changed ${todas} after people's answers, ${certas} right`)
    t.ok(todas === 0 || certas / todas >= 0.95, `${certas} of ${todas} right`)

    const [line] = await ana`
      select julgadas::int, precisao::float8, danos::int from audit.avaliar_regra('trade_marketing', ${start}, ${end})
      where fonte = 'decisoes' and faixa = 'no limiar'`
    t.comment(`${nome}: avaliar ${JSON.stringify(line)}`)
    t.ok(line?.['julgadas'] === 0 || line?.['precisao'] >= 0.95, JSON.stringify(line))
  })
}
