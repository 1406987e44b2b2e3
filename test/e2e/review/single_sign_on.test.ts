// A real browser and a real provider, which is another site to it: signs in, goes back to where a link led, and again when that has
// expired.

import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { dialogOf, makeDesk, saidOnPage, untilReady, waitFor } from '../../helper/desk.ts'
import { startProvider } from '../../helper/provider.ts'

test(
  'single sign-on returns to where the link led; once expired, signing in on another tab lets the decision continue',
  noBrowser,
  async (t) => {
    const { port, oidc, seat } = await startProvider(t, { a: { preferred_username: 'ana' } })
    const { cena, open } = await makeDesk(t, { changes: { port, oidc } })
    await cena.book({ id: 1 }, { id: 2 })
    await cena.runSession()
    const session = await cena.sql`select id from audit.sessoes_processamento`
    seat.who = 'a'
    const page = await open(`?sessao=${session[0]?.['id']}`)
    await page.getByRole('link', { name: 'Entrar com o login da empresa' }).click()
    await page.getByText('ana ainda não tem um papel aqui').waitFor()
    await cena.asPerson('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'contas a pagar')`
    await page.goBack()
    await page.getByRole('link', { name: 'Entrar com o login da empresa' }).click()
    await waitFor(page, /^2 esperam/)
    await page.getByText('ana, revisor').waitFor()
    await page.locator('.chip', { hasText: 'sessão' }).waitFor()
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name === 'conferente')
    t.match(cookie, { httpOnly: true, sameSite: 'Strict', path: '/' })

    await cena.sql`select audit.revogar_acesso('venceu', nome => 'ana')`
    await untilReady(page)
    await page.keyboard.press('a')
    const [beside] = await Promise.all([
      page.context().waitForEvent('page'),
      dialogOf(page).getByRole('link', { name: 'Entrar com o login da empresa' }).click(),
    ])
    await beside.getByText('ana, revisor').waitFor()
    await beside.close()
    await page.bringToFront()
    await saidOnPage(page, /2 corrigidas/)
    t.equal(await cena.status(1), 'corrigida')
  },
)
