// Exports of a million findings, against psql's own copy of the same query.
import { join } from 'node:path'
import { connect } from '../../../src/db.ts'
import { inTransaction } from '../../../src/export/copy.ts'
import { csv } from '../../../src/export/csv.ts'
import { catalogue } from '../../../src/i18n/index.ts'
import { alternate, type Measure, type Result, seconds } from '../harness.ts'
import { inChild, psql } from '../process.ts'
import { emptyDatabase } from '../warehouse.ts'

const MOST = 1_000_000

const KINDS = [
  { name: 'csv', args: ['csv', 'rfc4180'], work: 'CSV, plain', bar: 1.5, memory: 200 },
  { name: 'csv_ptbr', args: ['csv', 'pt-BR'], work: 'CSV, pt-BR', bar: 6, memory: 300 },
  { name: 'xlsx', args: ['xlsx', ''], work: 'XLSX', bar: 15, memory: 300 },
] as const

export const exportacao: Measure = {
  name: 'exportacao',
  async run({ serverUrl, rows, runs, dir, say }) {
    const count = Math.min(MOST, Math.round(rows / 2))
    const url = await emptyDatabase(serverUrl, 'conferente_bench_exporta')
    const sql = connect(url, { max: 1 })
    try {
      await sql`
        insert into audit.sessoes_processamento (modo, status, incremental, regras, solicitada_por)
        values ('manual', 'concluida', false, '{trade_marketing}', 'bancada')`
      await sql`
        insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id,
          valores_originais, valores_propostos, confianca, evidencia, justificativa, valor_em_risco, detectada_em,
          ultima_deteccao, identidade, impressao)
        select 1, 1, 'trade_marketing', repeat('0', 64), 'dw.lancamentos', n::text, jsonb_build_object('categoria', 'Serviços ' || n % 50),
          '{"categoria": "Trade Marketing"}', 0.9 + n % 10 / 100.0, jsonb_build_object('tipo', 'padrao', 'padroes', array['campanha', 'verba ' || n % 20]),
          'A descrição tem "verba cooperada ' || n % 100 || '" e a categoria lançada é "Serviços ' || n % 50 || '".', n % 100000 / 7.0, now(),
          now(), sha256(n::text::bytea), substr(sha256(n::text::bytea), 1, 16)
        from generate_series(1, ${count}::int) as n`
      await sql`vacuum analyze audit.divergencias_processadas`
      let statement = ''
      await inTransaction(sql)(async (tx) => {
        statement = await csv({}, 'rfc4180', catalogue('pt-BR')).statement(tx)
      })
      const copied = `\\copy ${statement
        .replace(/^copy /, '')
        .replaceAll(/\s+/g, ' ')
        .replace('to stdout', `to '${join(dir, 'psql.csv')}'`)}`
      const results: Result[] = []
      for (const { name, args, work, bar, memory } of KINDS) {
        const sizes: number[] = []
        const measured = await alternate(runs, {
          floor: () => seconds(() => psql(url, copied)),
          ours: () =>
            seconds(async () => {
              sizes.push(await inChild('exportar', url, ...args, join(dir, 'export')))
            }),
        })
        say(`  ${name}: ${sizes.map((size) => size.toFixed(0)).join(', ')} MB resident`)
        results.push(
          {
            name: `exportacao_${name}`,
            work: `${work}: ${count} findings`,
            floor: "`psql \\copy` of the plain CSV's query",
            unit: 's',
            ...measured,
            bar,
          },
          {
            name: `exportacao_${name}_memoria`,
            work: `${work}: greatest resident memory`,
            floor: '',
            unit: 'MB',
            floorRuns: [],
            runs: sizes,
            bar: memory,
          },
        )
      }
      return results
    } finally {
      await sql.end()
    }
  },
}
