// The demonstration's promise on warehouses that differ in everything random: what auto corrects is right at least 99 times in 100,
// and nothing right is changed.
import t from 'tap'
import { testDatabase } from '../helper/database.ts'
import { times } from '../helper/thorough.ts'

const ROWS = 20_000
const FIRST = Math.floor(Math.random() * 10)

for (let n = 0; n < times(1, { thorough: 4 }); n++) {
  const seed = 1 + ((FIRST + n) % 10)
  t.test(`warehouse of seed ${seed}`, async (t) => {
    const { sql } = await testDatabase(t)
    await sql`select exemplo.criar_armazem(${ROWS}, ${seed})`
    await sql`select audit.salvar_padrao(campo, tipo, padrao, acao, 'do negócio') from exemplo.padroes()`
    await sql`select audit.alterar_configuracao(chave, valor, 'do negócio', true) from exemplo.rotulos()`
    const [session] =
      await sql`select * from audit.processar_divergencias('auto', '2025-11-01', '2026-10-31')`
    t.match(session, { status: 'concluida', linhas_examinadas: BigInt(ROWS) })
    const [score] = await sql`select * from exemplo.placar() where regra = '(total)'`
    t.equal(score?.['danos'], 0n, 'no right entry was changed')
    t.ok(Number(score?.['precisao_corrigidas']) >= 0.99, `precision ${score?.['precisao_corrigidas']}`)
    t.ok(Number(score?.['cobertura']) >= 0.9, `recall ${score?.['cobertura']}`)
  })
}
