// A long trail is exported and proven in constant memory. `npm run long-trail`: a million facts.
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { auditTrail, inTransaction } from '../../src/export/index.ts'
import { checkTrail } from '../../src/trail/check.ts'
import { scenario } from '../helper/scenario.ts'
import { REWRITE, runScript } from '../helper/trail.ts'

const FACTS = Number(process.argv[2] ?? 10_000)
const findings = FACTS / 5

t.test(`${FACTS} facts`, async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1, confianca: 0.5 })
  await c.runSession()
  await c.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`
      insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais,
        valores_propostos, confianca, evidencia, justificativa, valor_em_risco, detectada_em, ultima_deteccao, identidade, impressao, entrada)
      select sessao_id, sessao_ultima_id, regra, hash_regra, tabela, n::text, valores_originais, valores_propostos, confianca, evidencia,
        justificativa, valor_em_risco, detectada_em, ultima_deteccao,
        audit_interno.identidade(regra, tabela, n::text, valores_propostos, evidencia, entrada, impressao), impressao, entrada
      from audit.divergencias_processadas, generate_series(2, ${findings}::int) n`
    await tx`
      insert into audit.operacoes (tipo, status, ator, iniciada_em, finalizada_em)
      select 'deteccao', 'concluida', 'x', now(), now() from generate_series(1, 8)`
    await tx`
      insert into audit.deteccoes (operacao_id, divergencia_id, confianca, resumo)
      select o.id, d.id, d.confianca, audit_interno.resumo_achado(d)
      from audit.operacoes o join audit.divergencias_processadas d on (d.id % 8 < 4) = (o.id % 2 = 0) and d.id > 1 where o.ator = 'x'`
    await tx`
      insert into audit.alteracoes (operacao_id, divergencia_id, antes, depois)
      select (select max(id) from audit.operacoes), id, valores_originais, valores_propostos from audit.divergencias_processadas where id > 1`
    await tx.unsafe(REWRITE)
  })
  await c.sql`analyze`
  const directory = await mkdtemp(join(tmpdir(), 'trilha-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const file = join(directory, 'trilha.jsonl')

  const measured = async <T>(what: string, work: () => Promise<T>) => {
    const began = { at: Date.now(), cpu: process.cpuUsage() }
    const result = await work()
    const { user, system } = process.cpuUsage(began.cpu)
    t.comment(
      `${what}: ${((Date.now() - began.at) / 1000).toFixed(1)} s, of this process's core ${((user + system) / 1e6).toFixed(1)} s; at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB so far`,
    )
    return result
  }
  const before = process.resourceUsage().maxRSS
  const exported = await auditTrail(inTransaction(c.asPerson('leo')), 'pt-BR')
  await measured('exported', () => pipeline(exported.stream, createWriteStream(file)))
  const report = await measured('proven', () => checkTrail(createReadStream(file)))
  t.match(report, { breaks: [], operacoes: 12, divergencias: findings })
  t.ok(report.fatos > FACTS * 0.99)
  const { size } = await stat(file)
  const grown = (process.resourceUsage().maxRSS - before) / 1024
  t.ok(grown < 150, `${Math.round(grown)} MB more for a file of ${Math.round(size / 2 ** 20)} MB`)
  t.match(await runScript(file), { code: 0, stdout: /^proven/ })
})
