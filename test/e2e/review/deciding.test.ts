// One key over a group: what it does, what needs two people, what is said of what was not done.

import { test } from 'tap'
import { semNavegador } from '../../helper/browser.ts'
import { dialogo, dito, dizer, espera, itens, lido, mesa, naMao, pronto } from '../../helper/desk.ts'

test(
  'one key decides a group; what needs a second person leaves my queue, and waits on a screen for somebody else',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1 }, { id: 2 }, { id: 3, valor: 150_000 }, { id: 4, confianca: 0.5 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await espera(page, /^4 esperam, em 3 decisões, R\$\s150\.300,00$/)
    await naMao(page, 'Errada: → CERTA').waitFor()
    t.match(
      await lido(page.locator('.hand .tally')),
      /lançamento\s*1[\s\S]*150\.000,00[\s\S]*99%[\s\S]*todos/,
      'most at stake first',
    )
    await pronto(page)
    await page.keyboard.press('a')
    // an amount above the setting is weighed first
    t.match(
      await lido(page.getByRole('group', { name: 'Antes de aprovar' })),
      /1 lançamento, R\$\s150\.000,00[\s\S]*1 vai para uma segunda pessoa/,
    )
    t.equal(await cena.status(3), 'aberta', 'nothing yet')
    await page.keyboard.press('a')
    t.match(await dito(page, /aguarda/), '1 aguarda segunda pessoa')
    await espera(page, /^3 esperam, em 2 decisões/)
    await pronto(page)
    t.match(await lido(page.locator('.hand .tally')), /lançamentos\s*2/, 'the next group is in hand')
    t.equal(await page.evaluate('document.activeElement.id'), 'hand', 'and has the keyboard')
    await page.keyboard.press('a')
    await dito(page, /2 corrigidas/)
    t.same(await Promise.all([1, 2, 3, 4].map((n) => cena.categoria(n))), ['CERTA', 'CERTA', 'ERR', 'ERR'])
    // whoever proposed sees it apart, and has no key to approve it
    await page.keyboard.press('2')
    await page.getByRole('heading', { name: 'Propostas suas, esperam outra pessoa' }).waitFor()
    await pronto(page)
    t.equal(await page.getByRole('button', { name: /^Aprovar/ }).count(), 0)
    await page.keyboard.press('a')
    await dito(page, /a segunda aprovação é de outra pessoa/)
    t.equal(await cena.categoria(3), 'ERR')

    const other = await entrar('revisor', 'bruno')
    await espera(other, /^1 espera/)
    await other.getByRole('link', { name: 'Segunda aprovação 1' }).click()
    await pronto(other)
    t.match(await lido(itens(other)), /proposta por ana: aprovada na revisão/)
    await other.keyboard.press('a')
    await other.keyboard.press('a')
    await dito(other, /1 corrigida/)
    t.equal(await cena.categoria(3), 'CERTA')
    await naMao(other, 'Nada espera por uma segunda pessoa.').waitFor()
  },
)

test(
  'a group holds what two people proposed: each sees the other’s to approve, and no more than that is approved',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, valor: 150_000 }, { id: 2, valor: 160_000 })
    await cena.processar()
    await cena.aprovar('ana', (await cena.achado(1)).id)
    await cena.aprovar('bruno', (await cena.achado(2)).id)
    const page = await entrar('revisor', 'ana', '?tela=segunda')
    await pronto(page)
    t.equal(await page.locator('.list button.line').count(), 2)
    t.match(await itens(page).allInnerTexts(), [/proposta por bruno/])
    await page.keyboard.press('a')
    await page.getByRole('group', { name: 'Antes de aprovar' }).waitFor()
    await page.keyboard.press('a')
    await dito(page, /Feito: 1 corrigida\./)
    t.same([await cena.status(1), await cena.status(2)], ['aguardando_segunda_aprovacao', 'corrigida'])
    // what I proposed I may still reject
    await pronto(page)
    await page.keyboard.press('r')
    await page.getByRole('group', { name: 'Rejeitar 1' }).waitFor()
    await page.keyboard.press('1')
    await dito(page, /1 rejeitada/)
    t.equal(await cena.status(1), 'rejeitada')
  },
)

test(
  'rejected with a code, taken back step by step, left out, corrected by hand, and left in peace',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, valor: 300 }, { id: 2, valor: 200 }, { id: 3, descricao: 'aponta' })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await pronto(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press(' ')
    await page.getByText('1 de fora').waitFor()
    await page.keyboard.press('r')
    await page.getByRole('group', { name: 'Rejeitar 1' }).waitFor()
    await page.keyboard.press('1')
    await dito(page, /1 rejeitada/)
    t.match(await cena.achado(1), { status: 'rejeitada', motivo: '1: o lançamento está certo como está' })
    t.equal(await cena.status(2), 'aberta', 'what was left out still waits')
    await espera(page, /^2 esperam/)

    await naMao(page, 'Errada').waitFor()
    await pronto(page)
    t.equal(await page.getByRole('button', { name: /^Aprovar/ }).count(), 0, 'there is nothing to approve')
    await page.keyboard.press('a')
    await dito(page, /Só aponta/)
    await page.keyboard.press('r')
    await page.getByRole('group', { name: 'Rejeitar 1' }).waitFor()
    await page.keyboard.press('6')
    await page.getByLabel('Motivo', { exact: true }).fill('nada a ver')
    await page.keyboard.press('Enter')
    await dito(page, /1 rejeitada/)
    t.match(await cena.achado(3), { status: 'rejeitada', motivo: '6: nada a ver' })
    await page.keyboard.press('u')
    await dito(page, /Desfeito: Errada/)
    await page.keyboard.press('u')
    await dito(page, /Desfeito: Errada: → CERTA/)
    t.same([await cena.status(1), await cena.status(3)], ['aberta', 'aberta'])
    await page.keyboard.press('u')
    await dito(page, /Não há ato seu/)
    await espera(page, /^3 esperam/)
    await naMao(page, 'Errada: → CERTA').waitFor()

    await pronto(page)
    await page.keyboard.press('e')
    t.equal(await dialogo(page).getByLabel('categoria').inputValue(), 'CERTA', 'begins with what is proposed')
    // with what is known to choose from
    await dialogo(page)
      .locator('datalist[id="valor.categoria.labels"] option[value=OUTRA]')
      .waitFor({ state: 'attached' })
    await dialogo(page).getByRole('button', { name: 'Confirmar' }).click()
    t.equal(await cena.status(1), 'aberta', 'without a reason nothing is sent')
    await dialogo(page).getByLabel('categoria').fill('OUTRA')
    await dizer(page, 'a nota diz outra')
    await dito(page, /1 aguarda segunda pessoa/)
    t.equal(await cena.categoria(1), 'ERR', 'not before another person has seen it')

    await page.keyboard.press('j')
    await naMao(page, 'Errada').waitFor()
    await pronto(page)
    await page.keyboard.press('o')
    await page.getByRole('button', { name: 'Declarar exceção' }).click()
    await page.locator('dialog input[name=ate]:not([min=""])').waitFor()
    const [{ amanha } = {}] = await cena.sql`select (audit.hoje() + 1)::text as amanha`
    t.equal(
      await dialogo(page).getByLabel('Vale até').getAttribute('min'),
      amanha,
      'tomorrow by the clock of the finance department',
    )
    await dialogo(page).getByLabel('Vale até').fill('2099-12-31')
    await dizer(page, 'contrato antigo')
    await dito(page, /exceção declarada/)
    const [excecao] =
      await cena.sql`select registro_id, motivo, autor, (expira_em at time zone 'America/Sao_Paulo')::text as ate from audit.excecoes`
    t.match(excecao, {
      registro_id: '3',
      motivo: 'contrato antigo',
      autor: 'ana',
      ate: '2099-12-31 23:59:59',
    })
  },
)

test(
  'what can only be flagged is confirmed by one key; a reason typed before goes with it',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, descricao: 'aponta' }, { id: 2, descricao: 'aponta' })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await pronto(page)
    await page.keyboard.press('m')
    await page.getByRole('textbox', { name: /^Motivo/ }).fill('estorno pedido')
    await page.keyboard.press('Enter')
    await page.getByText('Motivo: estorno pedido').waitFor()
    await page.keyboard.press('p')
    await dito(page, /2 fechadas/)
    t.same([await cena.status(1), await cena.status(2)], ['resolvida', 'resolvida'])
    t.match(await cena.sql`select tipo, ator, motivo from audit.decisoes order by id`, [
      {
        tipo: 'confirmacao',
        ator: 'ana',
        motivo: 'procedem, tratadas fora; dito na revisão, 2 de uma vez. estorno pedido',
      },
      { tipo: 'confirmacao' },
    ])
    await espera(page, 'Nada espera por decisão.')
  },
)

test(
  'what was not achieved is not shown as done: a row that moved, a conflict three ways, somebody who was faster',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4, descricao: 'aponta' }, { id: 5 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await espera(page, /^5 esperam/)
    await pronto(page)
    await cena.mudar(2, 'ERRO NOVO')
    await cena.rejeitar('bruno', (await cena.achado(5)).id)
    await page.keyboard.press('a')
    const feito = await dito(page, /corrigidas/)
    t.match(feito, /2 corrigidas/)
    t.match(feito, /1 obsoleta/)
    t.match(feito, /1 deixada como estava \(nº \d+ já está rejeitada por bruno em [^)]*: está certo\)/)
    t.equal(await page.locator('.notice.missed').count(), 1)
    await cena.mudar(1, 'DE OUTRA PESSOA')
    await page.keyboard.press('u')
    t.match(
      await dito(page, /1 reaberta/),
      /2 deixadas como estavam .*antes {"categoria": "ERR"}; depois {"categoria": "CERTA"}; agora {"categoria": "DE OUTRA PESSOA"}/,
    )
    t.same([await cena.categoria(1), await cena.categoria(3)], ['DE OUTRA PESSOA', 'ERR'])

    await page.goto(`${page.url().split('?')[0]}`)
    await pronto(page)
    const flagged = page
      .locator('.list')
      .getByRole('button', { name: /^Errada 1?/ })
      .last()
    await flagged.click()
    await naMao(page, 'Errada').waitFor()
    await pronto(page)
    await cena.rejeitar('bruno', (await cena.achado(4)).id)
    await page.keyboard.press('p')
    await page.getByRole('alert').filter({ hasText: 'já está rejeitada por bruno' }).waitFor()
    await espera(page, /^1 espera/)
  },
)

test(
  'a value that was typed after the list was drawn is not approved by who did not see it',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1 })
    await cena.processar()
    const { id } = await cena.achado(1)
    await cena.digitar('bruno', id, { categoria: 'A' })
    const page = await entrar('revisor', 'ana', '?tela=segunda')
    await pronto(page)
    await cena.digitar('bruno', id, { categoria: 'B' })
    await page.keyboard.press('a')
    await page.getByRole('alert').filter({ hasText: 'nada do que foi visto espera ainda' }).waitFor()
    t.equal(await cena.categoria(1), 'ERR')
    await itens(page).getByText('B', { exact: true }).waitFor()
  },
)

test(
  'a group of more than a page: the rest comes below, once, and one key decides it all as it was shown',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar(...Array.from({ length: 130 }, (_, i) => ({ id: i + 1, valor: 100 + i })))
    await cena.processar()
    await cena.lancar({ id: 200, valor: 5000, confianca: 0.123 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await espera(page, /^131 esperam, em 2 decisões/)
    await pronto(page)
    t.equal(await itens(page).count(), 100)
    await page.getByRole('button', { name: 'Mostrar mais (100 de 130)' }).dblclick()
    await page.getByRole('button', { name: /Mostrar mais/ }).waitFor({ state: 'detached' })
    const ids = await page
      .locator('.look')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    t.equal(new Set(ids).size, 130, 'none twice')
    await cena.lancar({ id: 300 })
    await cena.processar()
    await page.keyboard.press('a')
    t.match(
      await lido(page.getByRole('group', { name: 'Antes de aprovar' })),
      /130 lançamentos[\s\S]*a correção é gravada agora/,
    )
    await page.keyboard.press('Escape')
    t.equal(await cena.status(1), 'aberta')
    await page.keyboard.press('a')
    await page.keyboard.press('Enter')
    await dito(page, /130 corrigidas/)
    t.equal(await cena.status(300), 'aberta', 'what came since was not seen')
  },
)
