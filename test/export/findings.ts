import type { Sql } from '../../src/db/connection.ts'

export interface Finding {
  readonly antes?: object
  readonly depois?: object
  readonly justificativa?: string
  readonly motivo?: string | null
  readonly valor?: string
  readonly status?: string
  readonly quando?: string
  readonly regra?: string
}

/** Findings as they would be in the table. */
export async function seedFindings(sql: Sql, findings: readonly Finding[]): Promise<void> {
  await sql`insert into audit.sessoes_processamento (modo, incremental, regras, solicitada_por) values ('manual', true, '{}', 'teste')`
  const rows = findings.map((f) => ({
    antes: f.antes ?? { categoria: 'PENDENTE' },
    depois: f.depois ?? { categoria: 'Frete' },
    justificativa: f.justificativa ?? 'x',
    motivo: f.motivo ?? null,
    valor: f.valor ?? '10',
    status: f.status ?? 'aberta',
    quando: f.quando ?? '2026-11-10T12:00:00Z',
    regra: f.regra ?? 'trade_marketing',
  }))
  await sql`
    insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais,
      valores_propostos, confianca, evidencia, justificativa, motivo, valor_em_risco, status, detectada_em, ultima_deteccao, identidade, impressao)
    select s.id, s.id, r.regra, '', 'dw.lancamentos', n::text, r.antes, r.depois, 0.1234, '{"tipo": "teste"}', r.justificativa, r.motivo,
      r.valor, r.status, r.quando, r.quando, sha256(gen_random_uuid()::text::bytea), ''
    from (select max(id) as id from audit.sessoes_processamento) as s,
      rows from (jsonb_to_recordset(${sql.json(rows as never)}) as (antes jsonb, depois jsonb, justificativa text, motivo text,
        valor numeric, status text, quando timestamptz, regra text)) with ordinality
        as r (antes, depois, justificativa, motivo, valor, status, quando, regra, n)
    order by r.n`
}

/** Texts that people should not write, one of each kind; all of them survive LibreOffice's own reading and writing of text. */
export const HOSTILE_TEXTS: readonly string[] = [
  '=1+1',
  '=HYPERLINK("http://x.invalid";"clique")',
  '+1',
  '-1+1',
  '@SOMA(1;2)',
  '\t=1',
  "'=1",
  '＝1+1',
  'diz "sim", ou não; talvez',
  'duas\nlinhas',
  '<b>&amp;</b>',
  '_x0041_',
  '\\N',
  ' espaços ',
  '00123',
  '12345678901234567890',
  '1e5',
  '31/12/2026',
  'VERDADEIRO',
  '😀𝒳é',
]
