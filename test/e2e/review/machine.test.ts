// What the machine did and may do, reviewed and rolled back.

import type { Page } from 'playwright-core'
import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { inHand, itemRows, makeDesk, readable, saidOnPage, untilReady, waitFor } from '../../helper/desk.ts'

test('a rule that has lost auto is shown, and an administrator gives it back', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1 })
  await cena.runSession()
  const lost = (page: Page) => page.locator('.strip').getByText('A regra errada perdeu a correção automática')
  const before = await signIn('revisor', 'ana')
  await waitFor(before, /^1 espera/)
  t.equal(await lost(before).count(), 0, 'nothing is shown for a rule that has auto')
  // code other than that for which auto was granted
  await cena.sql`alter function dw.errada(audit.janela) set jit = off`
  await cena.runSession('auto')
  const reader = await signIn('leitor', 'leo', '?tela=geral')
  await lost(reader).waitFor()
  await inHand(reader, 'Regras').waitFor()
  t.equal(
    await reader.getByRole('button', { name: 'Devolver a correção automática' }).count(),
    0,
    'a reader may not give it',
  )
  const page = await signIn('administrador', 'adelia', '?tela=geral')
  await page.getByRole('button', { name: 'Devolver a correção automática' }).click()
  await page.getByRole('textbox', { name: /^Motivo/ }).fill('código conferido')
  await page.getByRole('textbox', { name: /^Motivo/ }).press('Enter')
  await saidOnPage(page, /volta a corrigir sozinha/)
  await lost(page).waitFor({ state: 'detached' })
  t.match(await cena.sql`select automatica, automatica_perdida from audit.regras where nome = 'errada'`, [
    { automatica: true, automatica_perdida: null },
  ])
})

test(
  'corrections are checked by sample, and the page says in reais how much may be wrong',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 900 }, { id: 2 }, { id: 3 })
    await cena.runSession('auto')
    await cena.sql`select audit_interno.selar()`
    const reader = await signIn('leitor', 'leo', '?tela=geral')
    await reader
      .getByText('no máximo R$ 1.100,00 de R$ 1.100,00 corrigidos neste mês estão errados (0 conferidas)')
      .waitFor()
    t.equal(await reader.getByRole('button', { name: 'Certa' }).count(), 0, 'a reader may not answer')
    const page = await signIn('revisor', 'ana', '?tela=geral')
    const sample = page.locator('.sample')
    await sample.getByText('Faltam 3 da amostra.').waitFor()
    for (const answer of ['Certa', 'Errada', 'Certa']) {
      await sample.getByRole('button', { name: answer }).first().click()
      await page.getByRole('textbox', { name: /^Motivo/ }).fill('conferida com a nota')
      await page.getByRole('textbox', { name: /^Motivo/ }).press('Enter')
      await saidOnPage(page, answer === 'Certa' ? /conferida: certa/ : /conferida: errada/)
    }
    await sample.getByText('(3 conferidas)').waitFor()
    const [known] = await cena.sql`select valor::text, limite::text, erradas::int from audit.certificado()`
    const [wrong] = await cena.sql`select valor::text from audit.amostra() where resposta = 'errada'`
    t.match(known, { valor: '1100.00', erradas: 1 })
    t.equal(
      Number(known?.['limite']),
      Number(wrong?.['valor']),
      'everything was checked, so the share is known',
    )
  },
)

test(
  'automatic corrections are reviewed by group and rolled back in part or as a whole, never over later changes',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 900 }, { id: 2 }, { id: 3 }, { id: 4 })
    await cena.runSession('auto')
    const page = await signIn('revisor', 'ana')
    await page.getByRole('link', { name: 'Corrigidas hoje 4' }).click()
    await untilReady(page)
    t.match(
      await readable(page.locator('.hand .tally')),
      /lançamentos\s*4[\s\S]*R\$\s1\.200,00[\s\S]*em vigor\s*4/,
    )
    t.match(await readable(itemRows(page).first()), /ERR\s+CERTA/)
    for (const key of ['ArrowDown', ' ', 'ArrowDown', ' ', 'ArrowDown', ' ']) await page.keyboard.press(key)
    await page.keyboard.press('g')
    await page.getByRole('group', { name: 'Desfazer só 1 deste grupo' }).waitFor()
    await page.keyboard.press('2')
    await saidOnPage(page, /1 revertida/)
    t.equal(await cena.status(1), 'revertida')
    t.equal(await cena.categoria(2), 'CERTA')
    await page.getByText('1 desfeita', { exact: true }).waitFor()
    await cena.change(4, 'DE OUTRA PESSOA')
    await page.keyboard.press('x')
    await page.getByRole('group', { name: 'Desfazer a operação, 3 correções' }).waitFor()
    await page.keyboard.press('1')
    t.match(await saidOnPage(page, /2 revertidas/), /1 em conflito/)
    t.match(
      await readable(page.locator('.said table')),
      /4\s+categoria: ERR\s+categoria: CERTA\s+categoria: DE OUTRA PESSOA/,
    )
    t.equal(await cena.categoria(4), 'DE OUTRA PESSOA')
    await page.keyboard.press('u')
    await saidOnPage(page, /Desfeito: Operação/)
    t.equal(await cena.categoria(2), 'CERTA', 'and back again')
  },
)

test('no share is rounded up to 100%, and waiting findings are shown by age', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1, confianca: 0.9996 })
  await cena.runSession()
  await cena.sql`update audit.divergencias_processadas set detectada_em = detectada_em - interval '5 days'`.catch(
    () => {},
  )
  const page = await signIn('revisor', 'ana')
  await untilReady(page)
  t.match(await readable(page.locator('.hand .tally')), /99,96%/)
  await page.keyboard.press('5')
  await inHand(page, 'O que espera, por idade').waitFor()
  await page
    .getByRole('row', { name: /errada/ })
    .getByText('sem decisões')
    .waitFor()
})
