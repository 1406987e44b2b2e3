// The page for everybody: hostile texts, phones, accessibility, languages.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { test } from 'tap'
import { api } from '../../helper/api.ts'
import { noBrowser, openBrowser } from '../../helper/browser.ts'
import { dialogOf, inHand, makeDesk, saidOnPage, untilReady, waitFor } from '../../helper/desk.ts'
import { scenario } from '../../helper/scenario.ts'

/** Targets smaller than 24 pixels; a box is as large as its label. */
const SMALL = `[...document.querySelectorAll('button, input, select, textarea, nav a')]
  .map((one) => ({ one, box: (one.closest('label') ?? one).getBoundingClientRect() }))
  .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
  .map(({ one }) => one.outerHTML)`

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

test(
  'what the ledger holds is shown as text and never run, and words that fit are not broken',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    const hostile = '<img src=x onerror="document.title=1">{{1}}'
    await cena.book({ id: 1, categoria: `ERR${hostile}`, descricao: hostile })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await untilReady(page)
    await page.keyboard.press('o')
    await page.locator('.opened').getByText(hostile, { exact: true }).waitFor()
    t.equal(await page.locator('img').count(), 0)
    t.equal(await page.title(), 'Conferente: revisão')
    await cena.book({ id: 2, categoria: `ERR${'x'.repeat(3000)}`, descricao: 'y'.repeat(3000), valor: 200 })
    await cena.runSession()
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      await page.goto(`${page.url().split('?')[0]}?divergencia=${(await cena.finding(2)).id}`)
      await page.getByRole('heading', { name: 'Registro 2 de dw.lancamentos, como está agora' }).waitFor()
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      t.ok(Number(wide) <= 0, `${width}: ${wide} pixels too wide`)
    }
  },
)

test(
  'on a phone the groups are a list and each group is a page, with two buttons within reach of the thumb',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1 }, { id: 2, confianca: 0.6, valor: 50 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana', '', { width: 390 })
    await waitFor(page, /^2 esperam/)
    t.equal(await page.locator('.hand').isVisible(), false)
    await page.locator('.list button.line').first().click()
    await untilReady(page)
    t.equal(await page.locator('.side').isVisible(), false)
    const buttons = page.locator('.acts > button:visible')
    t.match(await buttons.allInnerTexts(), [/^Aprovar 1/, /^Rejeitar 1/])
    for (const button of await buttons.all()) {
      const box = await button.boundingBox()
      t.ok(box && box.height >= 44 && box.y > 700, 'at the bottom, and large enough')
    }
    await page.goBack()
    await page.locator('.list button.line').first().waitFor()
    await page.locator('.list button.line').first().click()
    await page.getByRole('button', { name: /^Aprovar 1/ }).click()
    await saidOnPage(page, /1 corrigida/)
    await untilReady(page)
    t.equal(await page.locator('.hand').isVisible(), true, 'the next group is shown')
  },
)

test('accessible: axe finds no problem, on desktop and phone, in light and dark', noBrowser, async (t) => {
  const oidc = {
    issuer: 'http://localhost:9',
    client: 'c',
    secret: 's',
    returnUrl: 'http://localhost/entrar/retorno',
  }
  const { cena, signIn, open } = await makeDesk(t, {
    resumo: true,
    changes: { oidc: { ...oidc, scopes: '', nameClaim: '', roleClaim: undefined, roles: undefined } },
    report: { sendLink: async () => {} },
  })
  await cena.book(
    { id: 1 },
    { id: 2, valor: 150_000 },
    { id: 3, descricao: 'aponta' },
    { id: 4, confianca: 0.5 },
  )
  await cena.runSession('auto')
  await cena.postpone('bruno', null, (await cena.finding(4)).id)
  const barriers = async (page: Page, where: string) => {
    await page.evaluate(AXE)
    const found = await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: axe puts itself there
      const { violations } = await (globalThis as any).axe.run()
      return violations.map((v: { id: string; nodes: { html: string }[] }) => `${v.id}: ${v.nodes[0]?.html}`)
    })
    t.same(found, [], where)
    const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    t.ok(Number(wide) <= 0, `${where}: nothing overflows`)
    t.same(await page.evaluate(SMALL), [], `${where}: every target has 24 pixels`)
  }
  for (const sight of [{ width: 1024 }, { dark: true, width: 1920 }, { width: 390 }]) {
    const name = JSON.stringify(sight)
    const door = await open('', sight)
    await door.getByRole('heading', { name: 'Entrar' }).waitFor()
    await barriers(door, `the door ${name}`)
    const link = await open('#convite=x', sight)
    await link.getByRole('heading', { name: 'Você tem um link de entrada' }).waitFor()
    await barriers(link, `a one-time link ${name}`)
    const page = await signIn('revisor', 'ana', '', sight)
    await waitFor(page, /^2 esperam/)
    await barriers(page, `the list ${name}`)
    await page.locator('.list button.line').first().click()
    await untilReady(page)
    await page.keyboard.press('o')
    await page.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
    await barriers(page, `an entry opened ${name}`)
    await page.keyboard.press('r')
    await barriers(page, `the reasons ${name}`)
    await page.keyboard.press('Escape')
    await page.keyboard.press('e')
    await dialogOf(page).getByLabel('categoria').waitFor()
    await barriers(page, `the dialog ${name}`)
    await page.keyboard.press('Escape')
    t.equal(await dialogOf(page).count(), 0, 'Escape closes')
    await untilReady(page)
    await page.keyboard.press('a')
    await page.getByRole('group', { name: 'Antes de aprovar' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('s')
    await page.getByRole('group', { name: /^Adiar/ }).waitFor()
    await barriers(page, `until when ${name}`)
    await page.keyboard.press('4')
    await page.getByLabel('Volta à fila em').waitFor()
    await barriers(page, `a day ${name}`)
    await page.keyboard.press('Escape')
    await page.keyboard.press('f')
    await page.getByRole('group', { name: /^Encaminhar/ }).waitFor()
    await barriers(page, `to whom ${name}`)
    await page.keyboard.press('Escape')
    await page.keyboard.press('3')
    if (sight.width === 390) await page.locator('.list button.line').first().click()
    await untilReady(page)
    await barriers(page, `what is postponed ${name}`)
    await page.keyboard.press('4')
    await page.locator('.list button.line').first().waitFor()
    await barriers(page, `what was corrected ${name}`)
    await page.keyboard.press('5')
    await inHand(page, 'Sessões').waitFor()
    await barriers(page, `the overview ${name}`)
    await page.keyboard.press('?')
    await barriers(page, `the keys ${name}`)
    const desk = await signIn('operador', 'olivia', '?tela=geral', sight)
    await desk.getByRole('button', { name: 'Simular' }).click()
    await desk.getByRole('region', { name: 'O que a simulação achou' }).waitFor()
    await desk.getByText('Os mesmos números em tabela').click()
    await barriers(desk, `the overview of an operator, simulated ${name}`)
    const rules = await signIn('administrador', 'adelia', '?tela=regras', sight)
    for (const part of ['padroes', 'regra.errada', 'rotulos', 'revisao']) {
      await rules.evaluate(
        `history.pushState(null, '', '?tela=regras&grupo=${part}'); dispatchEvent(new PopStateEvent('popstate'))`,
      )
      await rules.locator('#hand').waitFor()
      if (part === 'padroes') {
        await rules.getByRole('textbox', { name: 'Padrão' }).fill('x')
        await rules.getByText(/^(Em outra categoria|Nenhum está)/).waitFor()
      }
      if (part === 'rotulos') {
        await rules.getByRole('button', { name: 'Mudar pendente.rotulos' }).click()
        await rules.getByRole('button', { name: /^OUTRA/ }).waitFor()
      }
      if (part === 'revisao') await rules.getByRole('button', { name: 'Mudar revisao.motivos' }).click()
      await barriers(rules, `${part} ${name}`)
    }
  }
})

test("in the server's language, below a path prefix", noBrowser, async (t) => {
  const scene = await scenario(t)
  const server = await api(t, scene, { language: 'en', basePath: '/conferente' })
  await scene.book({ id: 1 })
  await scene.runSession()
  const open = await openBrowser(t)
  const page = await open(`${server.url}/revisao#convite=${await server.invitation('revisor', 'ana')}`)
  await page.getByRole('button', { name: 'Enter', exact: true }).click()
  await waitFor(page, /^1 waits, in 1 decision/)
  t.equal(await page.locator('html').getAttribute('lang'), 'en')
  await untilReady(page)
  t.equal(
    await page.locator('.why').getAttribute('lang'),
    'pt-BR',
    'texts from the database stay Portuguese, and are marked so',
  )
  await page.keyboard.press('?')
  await page.getByText('comes from the database, in Portuguese').waitFor()
})
