// The demonstration's queue, then a morning of 8,000 loaded rows, cleared by keyboard alone; the keys are counted.
import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { testDatabase } from '../../helper/database.ts'
import { openCounter, waitFor } from '../../helper/desk.ts'
import { clearImprobable, clearQueue } from '../../helper/keyboard.ts'
import { one } from '../../helper/scenario.ts'

const ROWS = 60_000

test('a morning of 8,000 rows takes at most 40 decisions and 60 keys, and no click', noBrowser, async (t) => {
  const { sql, url, connectAs } = await testDatabase(t)
  const olivia = connectAs('olivia')
  await sql`select exemplo.criar_armazem(${ROWS})`
  await sql`select audit.salvar_padrao(campo, tipo, padrao, acao, 'do negócio') from exemplo.padroes()`
  await sql`select audit.alterar_configuracao(chave, valor, 'do negócio', true) from exemplo.rotulos()`
  await olivia`select * from audit.processar_divergencias('auto', '2025-11-01', '2026-10-31')`
  const { signIn } = await openCounter(t, { sql, url })
  const waiting = async () =>
    one(
      await sql`select count(*)::int as n, count(distinct grupo)::int as groups from audit.vw_divergencias_abertas
      where status <> 'aguardando_segunda_aprovacao'`,
    ) as { n: number; groups: number }

  const page = await signIn('revisor', 'ana')
  const queue = await waiting()
  await waitFor(page, / esperam/)
  await page.evaluate('globalThis.clicks = 0; addEventListener("click", () => clicks++, true)')
  const first = await clearQueue(page)
  const lane = await clearImprobable(page)
  await waitFor(page, 'Nada espera por decisão.')
  t.equal((await waiting()).n, 0)
  t.comment(
    `the queue: ${queue.n} findings in ${queue.groups} groups, ${first.decisions + lane.decisions} decisions, ${first.keys + lane.keys} keys`,
  )

  await sql`select exemplo.carregar_dia(8000, '2026-11-02')`
  await olivia`select * from audit.processar_divergencias('auto', '2026-11-02', '2026-11-02')`
  const morning = await waiting()
  t.ok(morning.n > 50, `${morning.n} findings wait`)
  await page.keyboard.press('1')
  await page.reload()
  await waitFor(page, / esperam/)
  await page.evaluate('globalThis.clicks = 0; addEventListener("click", () => clicks++, true)')
  const effort = await clearQueue(page)
  const improbable = await clearImprobable(page)
  await waitFor(page, 'Nada espera por decisão.')
  t.equal((await waiting()).n, 0)
  t.equal(await page.evaluate('globalThis.clicks'), 0)
  t.ok(effort.decisions <= 40, `${effort.decisions} decisions`)
  t.ok(effort.keys <= 60, `${effort.keys} keys`)
  t.comment(
    `the morning: ${morning.n} findings in ${morning.groups} groups, ${effort.decisions} decisions, ${effort.keys} keys; probably no error: ${improbable.decisions} decisions, ${improbable.keys} keys`,
  )
})
