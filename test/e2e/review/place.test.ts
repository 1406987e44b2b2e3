// Finding one’s way: search, keyboard, screens.

import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import {
  dialogOf,
  giveReason,
  inHand,
  itemRows,
  makeDesk,
  readable,
  saidOnPage,
  untilReady,
  waitFor,
} from '../../helper/desk.ts'

/** Whether something covers the element that has the keyboard. */
const COVERED = `(() => {
  const { left, top, right, bottom } = document.activeElement.getBoundingClientRect()
  return [top + 2, bottom - 2].some((y) => !document.activeElement.contains(document.elementFromPoint((left + right) / 2, y)))
})()`

test('search and filter: matches are marked, no match is reported, and Back works', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t, { resumo: true })
  await cena.book(
    { id: 1, descricao: 'Café São João' },
    { id: 2, descricao: 'Açúcar' },
    { id: 3, descricao: 'café', confianca: 0.6, valor: 50 },
  )
  await cena.runSession()
  await cena.book({ id: 4, descricao: 'aponta' })
  await cena.runSession()
  const page = await signIn('revisor', 'ana')
  await waitFor(page, /^4 esperam, em 3 decisões/)
  const lines = page.locator('.list button.line')
  await page.keyboard.press('/')
  await page.keyboard.type('cafe sao')
  await page.locator('tr.hit').waitFor()
  t.equal(await lines.count(), 1)
  t.match(await readable(page.locator('tr.hit')), /Café São João/)
  t.match(page.url(), /busca=cafe\+sao/, 'the address can be kept and sent')
  await page.getByRole('searchbox').fill('inexistente')
  await page.getByText('Nada com “inexistente”. 4 esperam ao todo.').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('Nada com').waitFor({ state: 'detached' })
  t.equal(await lines.count(), 3)
  t.equal(await page.getByRole('searchbox').inputValue(), '')

  const session = await signIn('revisor', 'ana', '?sessao=2')
  await session.locator('.list button.line').nth(2).waitFor()
  const nobody = await signIn('revisor', 'ana', '?sessao=77')
  await nobody.getByText('Nada com sessão 77. 4 esperam ao todo.').waitFor()
  await nobody.getByRole('button', { name: /^Ver tudo/ }).click()
  await untilReady(nobody)

  await page.getByRole('link', { name: 'Visão geral' }).click()
  await inHand(page, 'Sessões').waitFor()
  await page.goBack()
  await untilReady(page)
  await page.goForward()
  await inHand(page, 'Sessões').waitFor()
})

test('focus returns when a dialog closes, and Escape does not hide work under way', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1 })
  await cena.runSession()
  const page = await signIn('revisor', 'ana')
  await untilReady(page)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('?')
  await dialogOf(page).getByRole('heading', { name: 'Teclas' }).waitFor()
  await page.keyboard.press('Escape')
  t.equal(await page.evaluate("document.activeElement.matches('tr.at')"), true)
  await page.getByRole('button', { name: /^Corrigir este/ }).press('Enter')
  await dialogOf(page).getByLabel('categoria').fill('OUTRA')
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/graphql', async (route) => {
    await held
    await route.continue()
  })
  await giveReason(page, 'nota conferida')
  await page.keyboard.press('Escape')
  t.equal(await dialogOf(page).count(), 1, 'still there while it runs')
  release()
  await saidOnPage(page, /1 aguarda segunda pessoa/)
  // single-letter keys can be switched off
  await page.keyboard.press('?')
  await dialogOf(page).getByLabel('Teclas de uma letra ligadas').uncheck()
  await page.keyboard.press('Escape')
  await page.keyboard.press('2')
  t.equal(await page.getByRole('link', { name: /^Segunda/ }).getAttribute('aria-current'), null)
})

test('nothing covers the focused element', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book(...Array.from({ length: 60 }, (_, i) => ({ id: i + 1, valor: 100 + i })))
  await cena.runSession()
  for (const width of [1280, 390]) {
    const page = await signIn('revisor', 'ana', '', { width })
    await page.locator('.list button.line').first().click()
    await untilReady(page)
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press('ArrowDown')
      const hidden = await page.evaluate(COVERED)
      if (hidden) t.fail(`${width}: item ${i} is covered`)
    }
  }
})

test(
  "a document booked twice is shown beside its twin, with the differences and the twin's history",
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t, { resumo: true })
    await cena.book({ id: 1, descricao: 'aponta', valor: 61_396_530 }, { id: 2, descricao: 'outra' })
    await cena.sql`update dw.lancamentos set documento = 'NF 7', filial = 'SP01' where id = 1`
    await cena.sql.unsafe(`
    create or replace function dw.errada(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $f$
      select 'dw.lancamentos', l.id::text, '{}'::jsonb, l.confianca, jsonb_build_object('tipo', 'repetida', 'gemeo',
        jsonb_build_object('id', '2', 'data_lancamento', l.data_lancamento, 'filial', 'RJ09', 'documento', l.documento)), 'já está no lançamento 2', l.valor
      from dw.lancamentos l where l.descricao = 'aponta' and (janela.chaves is null or l.id = any (janela.chaves::bigint[]))
    $f$`)
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await untilReady(page)
    t.match(await readable(itemRows(page)), /NF 7[\s\S]*61\.396\.530,00\s+nº 2, 10\/11/)
    await page.keyboard.press('o')
    await page.getByRole('heading', { name: 'Original: lançamento 2' }).waitFor()
    const twin = page.locator('.twin')
    t.match(await readable(twin), /documento\s+NF 7\s+NF 7\s+igual/)
    t.match(await readable(twin.locator('tr.differs', { hasText: 'filial' })), /SP01\s+RJ09\s+difere/)
    await page.getByRole('button', { name: 'Histórico do original' }).click()
    await page.getByText('Nada aconteceu com ele aqui.').waitFor()
    await page.locator('.list button.line').click()
    for (const width of [1280, 1024, 390]) {
      await page.setViewportSize({ width, height: 900 })
      const lines = await page.evaluate(`(() => {
      const range = document.createRange()
      range.selectNodeContents(document.querySelector('td.amount'))
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size
    })()`)
      t.equal(lines, 1, `${width}: an amount is not broken across lines`)
    }
  },
)
