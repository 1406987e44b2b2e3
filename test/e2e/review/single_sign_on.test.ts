// A real browser through a real provider, which to it is another site: in, back to where a link led, and again when that has run out.

import { test } from 'tap'
import { semNavegador } from '../../helper/browser.ts'
import { dialogo, dito, espera, mesa, pronto } from '../../helper/desk.ts'
import { provedor } from '../../helper/provider.ts'

test(
  'the company’s login leads back to where the link led; run out, it lets a decision go on from another tab',
  semNavegador,
  async (t) => {
    const { port, oidc, seat } = await provedor(t, { a: { preferred_username: 'ana' } })
    const { cena, open } = await mesa(t, { changes: { port, oidc } })
    await cena.lancar({ id: 1 }, { id: 2 })
    await cena.processar()
    const session = await cena.sql`select id from audit.sessoes_processamento`
    seat.who = 'a'
    const page = await open(`?sessao=${session[0]?.['id']}`)
    await page.getByRole('link', { name: 'Entrar com o login da empresa' }).click()
    await page.getByText('ana ainda não tem um papel aqui').waitFor()
    await cena.pessoa('adelia')`select audit.registrar_pessoa('ana', 'revisor', 'contas a pagar')`
    await page.goBack()
    await page.getByRole('link', { name: 'Entrar com o login da empresa' }).click()
    await espera(page, /^2 esperam/)
    await page.getByText('ana, revisor').waitFor()
    await page.locator('.chip', { hasText: 'sessão' }).waitFor()
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name === 'conferente')
    t.match(cookie, { httpOnly: true, sameSite: 'Strict', path: '/' })

    await cena.sql`select audit.revogar_acesso('venceu', nome => 'ana')`
    await pronto(page)
    await page.keyboard.press('a')
    const [beside] = await Promise.all([
      page.context().waitForEvent('page'),
      dialogo(page).getByRole('link', { name: 'Entrar com o login da empresa' }).click(),
    ])
    await beside.getByText('ana, revisor').waitFor()
    await beside.close()
    await page.bringToFront()
    await dito(page, /2 corrigidas/)
    t.equal(await cena.status(1), 'corrigida')
  },
)
