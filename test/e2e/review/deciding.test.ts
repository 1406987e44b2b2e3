// One key over a group: what it does, what needs two people, and what is said about what was not done.

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

test(
  'one key decides a group; findings that need a second person leave my queue and wait on another screen',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1 }, { id: 2 }, { id: 3, valor: 150_000 }, { id: 4, confianca: 0.5 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await waitFor(page, /^4 esperam, em 2 decisões, R\$\s150\.300,00$/)
    await inHand(page, 'Errada: → CERTA').waitFor()
    t.match(
      await readable(page.locator('.hand .tally')),
      /lançamentos\s*3[\s\S]*150\.200,00[\s\S]*99%[\s\S]*\b1\b/,
      'largest amount first',
    )
    await untilReady(page)
    await page.keyboard.press('a')
    // a total above the setting is shown first
    t.match(
      await readable(page.getByRole('group', { name: 'Antes de aprovar' })),
      /3 lançamentos, R\$\s150\.200,00[\s\S]*1 vai para uma segunda pessoa/,
    )
    t.equal(await cena.status(3), 'aberta', 'not yet')
    await page.keyboard.press('a')
    t.match(await saidOnPage(page, /corrigidas/), /2 corrigidas[\s\S]*1 aguarda segunda pessoa/)
    await waitFor(page, /^1 espera/)
    await untilReady(page)
    t.match(await readable(page.locator('.hand .tally')), /lançamento\s*1/, 'the next group is selected')
    t.equal(await page.evaluate('document.activeElement.id'), 'hand', 'and has the focus')
    t.same(await Promise.all([1, 2, 3, 4].map((n) => cena.categoria(n))), ['CERTA', 'CERTA', 'ERR', 'ERR'])
    // the person who proposed sees it apart, and has no key to approve it
    await page.keyboard.press('2')
    await page.getByRole('heading', { name: 'Propostas suas, esperam outra pessoa' }).waitFor()
    await untilReady(page)
    t.equal(await page.getByRole('button', { name: /^Aprovar/ }).count(), 0)
    await page.keyboard.press('a')
    await saidOnPage(page, /a segunda aprovação precisa ser de outra pessoa/)
    t.equal(await cena.categoria(3), 'ERR')

    const other = await signIn('revisor', 'bruno')
    await waitFor(other, /^1 espera/)
    await other.getByRole('link', { name: 'Segunda aprovação 1' }).click()
    await untilReady(other)
    t.match(await readable(itemRows(other)), /proposta por ana: aprovadas na revisão, 3 de uma vez/)
    await other.keyboard.press('a')
    await other.keyboard.press('a')
    await saidOnPage(other, /1 corrigida/)
    t.equal(await cena.categoria(3), 'CERTA')
    await inHand(other, 'Nada espera por uma segunda pessoa.').waitFor()
  },
)

test(
  "in a group proposed by two people, each sees and approves only the other's findings",
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 150_000 }, { id: 2, valor: 160_000 })
    await cena.runSession()
    await cena.approve('ana', (await cena.finding(1)).id)
    await cena.approve('bruno', (await cena.finding(2)).id)
    const page = await signIn('revisor', 'ana', '?tela=segunda')
    await untilReady(page)
    t.equal(await page.locator('.list button.line').count(), 2)
    t.match(await itemRows(page).allInnerTexts(), [/proposta por bruno/])
    await page.keyboard.press('a')
    await page.getByRole('group', { name: 'Antes de aprovar' }).waitFor()
    await page.keyboard.press('a')
    await saidOnPage(page, /Feito: 1 corrigida\./)
    t.same([await cena.status(1), await cena.status(2)], ['aguardando_segunda_aprovacao', 'corrigida'])
    // what I proposed I may still reject
    await untilReady(page)
    await page.keyboard.press('r')
    await page.getByRole('group', { name: 'Rejeitar 1' }).waitFor()
    await page.keyboard.press('1')
    await saidOnPage(page, /1 rejeitada/)
    t.equal(await cena.status(1), 'rejeitada')
  },
)

test(
  'reject with a reason, undo step by step, leave out, correct by hand, declare an exception',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 300 }, { id: 2, valor: 200 }, { id: 3, descricao: 'aponta' })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await untilReady(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press(' ')
    await page.getByText('1 de fora').waitFor()
    await page.keyboard.press('r')
    await page.getByRole('group', { name: 'Rejeitar 1' }).waitFor()
    await page.keyboard.press('1')
    await saidOnPage(page, /1 rejeitada/)
    t.match(await cena.finding(1), { status: 'rejeitada', motivo: '1: o lançamento está certo como está' })
    t.equal(await cena.status(2), 'aberta', 'what was left out still waits')
    await waitFor(page, /^2 esperam/)

    await inHand(page, 'Errada').waitFor()
    await untilReady(page)
    t.equal(await page.getByRole('button', { name: /^Aprovar/ }).count(), 0, 'there is nothing to approve')
    await page.keyboard.press('a')
    await saidOnPage(page, /Só aponta/)
    await page.keyboard.press('r')
    await page.getByRole('group', { name: 'Rejeitar 1' }).waitFor()
    await page.keyboard.press('6')
    await page.getByLabel('Motivo', { exact: true }).fill('nada a ver')
    await page.keyboard.press('Enter')
    await saidOnPage(page, /1 rejeitada/)
    t.match(await cena.finding(3), { status: 'rejeitada', motivo: '6: nada a ver' })
    await page.keyboard.press('u')
    await saidOnPage(page, /Desfeito: Errada/)
    await page.keyboard.press('u')
    await saidOnPage(page, /Desfeito: Errada: → CERTA/)
    t.same([await cena.status(1), await cena.status(3)], ['aberta', 'aberta'])
    await page.keyboard.press('u')
    await saidOnPage(page, /Não há ato seu/)
    await waitFor(page, /^3 esperam/)
    await inHand(page, 'Errada: → CERTA').waitFor()

    await untilReady(page)
    await page.keyboard.press('e')
    t.equal(
      await dialogOf(page).getByLabel('categoria').inputValue(),
      'CERTA',
      'it starts with the proposed value',
    )
    // with known labels to choose from
    await dialogOf(page)
      .locator('datalist[id="valor.categoria.labels"] option[value=OUTRA]')
      .waitFor({ state: 'attached' })
    await dialogOf(page).getByRole('button', { name: 'Confirmar' }).click()
    t.equal(await cena.status(1), 'aberta', 'without a reason nothing is sent')
    await dialogOf(page).getByLabel('categoria').fill('OUTRA')
    await giveReason(page, 'a nota diz outra')
    await saidOnPage(page, /1 aguarda segunda pessoa/)
    t.equal(await cena.categoria(1), 'ERR', 'not until another person has seen it')

    await page.keyboard.press('j')
    await inHand(page, 'Errada').waitFor()
    await untilReady(page)
    await page.keyboard.press('o')
    await page.getByRole('button', { name: 'Declarar exceção' }).click()
    await page.locator('dialog input[name=ate]:not([min=""])').waitFor()
    const [{ amanha } = {}] = await cena.sql`select (audit.hoje() + 1)::text as amanha`
    t.equal(
      await dialogOf(page).getByLabel('Vale até').getAttribute('min'),
      amanha,
      'tomorrow by the clock of the finance department',
    )
    await dialogOf(page).getByLabel('Vale até').fill('2099-12-31')
    await giveReason(page, 'contrato antigo')
    await saidOnPage(page, /exceção declarada/)
    const [exception] =
      await cena.sql`select registro_id, motivo, autor, (expira_em at time zone 'America/Sao_Paulo')::text as ate from audit.excecoes`
    t.match(exception, {
      registro_id: '3',
      motivo: 'contrato antigo',
      autor: 'ana',
      ate: '2099-12-31 23:59:59',
    })
  },
)

test('one key confirms a finding that is only flagged, with a reason typed before', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1, descricao: 'aponta' }, { id: 2, descricao: 'aponta' })
  await cena.runSession()
  const page = await signIn('revisor', 'ana')
  await untilReady(page)
  await page.keyboard.press('m')
  await page.getByRole('textbox', { name: /^Motivo/ }).fill('estorno pedido')
  await page.keyboard.press('Enter')
  await page.getByText('Motivo: estorno pedido').waitFor()
  await page.keyboard.press('p')
  await saidOnPage(page, /2 fechadas/)
  t.same([await cena.status(1), await cena.status(2)], ['resolvida', 'resolvida'])
  t.match(await cena.sql`select tipo, ator, motivo from audit.decisoes order by id`, [
    {
      tipo: 'confirmacao',
      ator: 'ana',
      motivo: 'procedem, tratadas fora; dito na revisão, 2 de uma vez. estorno pedido',
    },
    { tipo: 'confirmacao' },
  ])
  await waitFor(page, 'Nada espera por decisão.')
})

test(
  'failures are not shown as done: a row that changed, a three-way conflict, somebody who was faster',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4, descricao: 'aponta' }, { id: 5 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await waitFor(page, /^5 esperam/)
    await untilReady(page)
    await cena.change(2, 'ERRO NOVO')
    await cena.reject('bruno', (await cena.finding(5)).id)
    await page.keyboard.press('a')
    const done = await saidOnPage(page, /corrigidas/)
    t.match(done, /2 corrigidas/)
    t.match(done, /1 obsoleta/)
    t.match(done, /1 deixada como estava \(nº \d+ já está rejeitada por bruno em [^)]*: está certo\)/)
    t.equal(await page.locator('.notice.missed').count(), 1)
    await cena.change(1, 'DE OUTRA PESSOA')
    await page.keyboard.press('u')
    t.match(
      await saidOnPage(page, /1 reaberta/),
      /2 deixadas como estavam .*antes {"categoria": "ERR"}; depois {"categoria": "CERTA"}; agora {"categoria": "DE OUTRA PESSOA"}/,
    )
    t.same([await cena.categoria(1), await cena.categoria(3)], ['DE OUTRA PESSOA', 'ERR'])

    await page.goto(`${page.url().split('?')[0]}`)
    await untilReady(page)
    const flagged = page
      .locator('.list')
      .getByRole('button', { name: /^Errada 1?/ })
      .last()
    await flagged.click()
    await inHand(page, 'Errada').waitFor()
    await untilReady(page)
    await cena.reject('bruno', (await cena.finding(4)).id)
    await page.keyboard.press('p')
    await page.getByRole('alert').filter({ hasText: 'já está rejeitada por bruno' }).waitFor()
    await waitFor(page, /^1 espera/)
  },
)

test(
  'a value typed after the list was loaded is not approved by somebody who did not see it',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1 })
    await cena.runSession()
    const { id } = await cena.finding(1)
    await cena.typeIn('bruno', id, { categoria: 'A' })
    const page = await signIn('revisor', 'ana', '?tela=segunda')
    await untilReady(page)
    await cena.typeIn('bruno', id, { categoria: 'B' })
    await page.keyboard.press('a')
    await page.getByRole('alert').filter({ hasText: 'nada do que foi mostrado espera mais' }).waitFor()
    t.equal(await cena.categoria(1), 'ERR')
    await itemRows(page).getByText('B', { exact: true }).waitFor()
  },
)

test(
  'in a group of more than a page, the rest loads below, once, and one key decides everything shown',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book(...Array.from({ length: 130 }, (_, i) => ({ id: i + 1, valor: 100 + i })))
    await cena.runSession()
    await cena.book({ id: 200, valor: 5000, confianca: 0.123 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await waitFor(page, /^131 esperam, em 2 decisões/)
    await untilReady(page)
    t.equal(await itemRows(page).count(), 100)
    await page.getByRole('button', { name: 'Mostrar mais (100 de 130)' }).dblclick()
    await page.getByRole('button', { name: /Mostrar mais/ }).waitFor({ state: 'detached' })
    const ids = await page
      .locator('.look')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    t.equal(new Set(ids).size, 130, 'none comes twice')
    await cena.book({ id: 300 })
    await cena.runSession()
    await page.keyboard.press('a')
    t.match(
      await readable(page.getByRole('group', { name: 'Antes de aprovar' })),
      /130 lançamentos[\s\S]*a correção é gravada agora/,
    )
    await page.keyboard.press('Escape')
    t.equal(await cena.status(1), 'aberta')
    await page.keyboard.press('a')
    await page.keyboard.press('Enter')
    await saidOnPage(page, /130 corrigidas/)
    t.equal(await cena.status(300), 'aberta', 'findings that came later were not seen')
  },
)
