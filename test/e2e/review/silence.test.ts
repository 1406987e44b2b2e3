// A server that does not answer, or too late.

import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { dialogOf, inHand, makeDesk, saidOnPage, untilReady } from '../../helper/desk.ts'

test(
  'when the server stops answering, the page says so, and work continues afterwards',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await untilReady(page)
    await page.keyboard.press('r')
    await page.getByRole('group', { name: 'Rejeitar 1' }).waitFor()
    await page.route('**/graphql', (route) => route.abort())
    await page.keyboard.press('1')
    await page.getByRole('alert').filter({ hasText: 'O servidor não responde' }).waitFor()
    await page.unroute('**/graphql')
    await untilReady(page)
    await page.keyboard.press('r')
    await page.getByRole('group', { name: 'Rejeitar 1' }).waitFor()
    await page.keyboard.press('1')
    await saidOnPage(page, /1 rejeitada/)
    // and also when it is the list that does not come
    await page.route('**/graphql', (route) => route.abort())
    await page.keyboard.press('5')
    await page.getByRole('alert').filter({ hasText: 'O servidor não responde' }).waitFor()
    await page.unroute('**/graphql')
    await page.getByRole('button', { name: 'Tentar de novo' }).click()
    await inHand(page, 'Sessões').waitFor()
  },
)

test(
  'a server that never answers is reported after ten seconds; a decision is waited for and not sent twice',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await untilReady(page)
    const held = Promise.withResolvers<void>()
    await page.route('**/graphql', async (route) => {
      await held.promise
      await route.continue().catch(() => {})
    })
    await page.keyboard.press('a')
    await page.keyboard.press('a')
    await saidOnPage(page, /ainda sem resposta depois de dez segundos/)
    const reader = await signIn('leitor', 'leo')
    await untilReady(reader)
    await reader.route('**/graphql', () => {})
    await reader.keyboard.press('5')
    await reader.getByRole('alert').filter({ hasText: 'não respondeu em dez segundos' }).waitFor()
    held.resolve()
    await saidOnPage(page, /1 corrigida/)
    t.equal((await cena.sql`select from audit.operacoes where tipo = 'aprovacao'`).length, 1)
  },
)

test('a late answer does not replace a newer one, and a double click decides once', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1 }, { id: 2, confianca: 0.6, valor: 50 })
  await cena.runSession()
  const page = await signIn('revisor', 'ana')
  await untilReady(page)
  const single = Promise.withResolvers<void>()
  await page.route('**/graphql', async (route) => {
    if (route.request().postData()?.includes('divergencia(')) await single.promise
    await route.continue().catch(() => {})
  })
  await page.goto(`${page.url().split('?')[0]}?divergencia=${(await cena.finding(1)).id}`)
  await page.getByRole('link', { name: 'Ver todas' }).click()
  await untilReady(page)
  const late = page.waitForResponse((response) =>
    Boolean(response.request().postData()?.includes('divergencia(')),
  )
  single.resolve()
  await (await late).finished()
  await page.waitForTimeout(200)
  t.equal(await page.getByText('Só a divergência').count(), 0, 'the last question')
  await page.unroute('**/graphql')

  await page.keyboard.press('e')
  await dialogOf(page).getByLabel('categoria').fill('OUTRA')
  await dialogOf(page).getByLabel('Motivo').fill('duas vezes')
  await page.evaluate("const f = document.querySelector('dialog form'); f.requestSubmit(); f.requestSubmit()")
  await saidOnPage(page, /1 aguarda segunda pessoa/)
  t.equal((await cena.sql`select from audit.operacoes where tipo = 'correcao_manual'`).length, 1)
})
