// Who is signed in: roles, signing in and out, expired sign-ins.

import type { Page } from 'playwright-core'
import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import {
  type Desk,
  dialogOf,
  itemRows,
  makeDesk,
  readable,
  saidOnPage,
  untilReady,
  waitFor,
} from '../../helper/desk.ts'

test(
  'a reader sees findings but neither rows nor acts; an operator rolls back an operation',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, descricao: 'segredo do armazém' })
    await cena.runSession()
    const page = await signIn('leitor', 'leo')
    await page.getByText('leo, leitor').waitFor()
    await untilReady(page)
    await page.keyboard.press('o')
    await page.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
    t.notMatch(await page.locator('body').textContent(), /segredo do armazém|como está agora/)
    t.match(
      await readable(itemRows(page).first()),
      /Registro 1\s+a categoria está errada\s+R\$\s100,00, 99%/,
      'enough to talk about it',
    )
    t.equal(await page.getByRole('button', { name: /Aprovar|Rejeitar|Corrigir|Motivo/ }).count(), 0)
    t.equal(await page.getByRole('checkbox').count(), 0)
    for (const key of ['a', 'a', 'r', '1', 'p', 'e', 'u']) await page.keyboard.press(key)
    t.equal(await cena.status(1), 'aberta')

    await cena.runSession('auto')
    const operator = await signIn('operador', 'olivia', '?tela=corrigidas')
    await untilReady(operator)
    t.equal(
      await operator.getByRole('button', { name: /deste grupo/ }).count(),
      0,
      'a part of it is for reviewers',
    )
    await operator.keyboard.press('x')
    await operator.getByRole('group', { name: 'Desfazer a operação, 1 correção' }).waitFor()
    await operator.keyboard.press('2')
    await saidOnPage(operator, /1 revertida/)
    t.equal(await cena.categoria(1), 'ERR')
  },
)

test(
  'a one-time link waits for its button, keeps the place it leads to, and leaves no secret behind',
  noBrowser,
  async (t) => {
    const { cena, server, open } = await makeDesk(t)
    await cena.book({ id: 1 })
    await cena.runSession()
    const secret = await server.invitation('revisor', 'ana')
    const scanner = await open(`?sessao=1#convite=${secret}`)
    await scanner.getByRole('heading', { name: 'Você tem um link de entrada' }).waitFor()
    await scanner.context().close()
    t.equal((await cena.sql`select from audit.tokens`).length, 0, 'looking at it does not use it up')

    const page = await open(`?sessao=1#convite=${secret}`)
    await page.getByRole('button', { name: 'Entrar', exact: true }).click()
    await waitFor(page, /^1 espera/)
    await page.locator('.chip', { hasText: 'sessão 1' }).waitFor()
    t.notMatch(page.url(), /convite/)
    await page.reload()
    await waitFor(page, /^1 espera/)
    t.same(
      await page.evaluate('[document.cookie, JSON.stringify(sessionStorage), JSON.stringify(localStorage)]'),
      ['', '{}', '{}'],
      'no script can see who is signed in',
    )

    const without = await open('#convite=x')
    await without.route('**/entrar/convite', (route) => route.fulfill({ json: {} }))
    await without.getByRole('button', { name: 'Entrar', exact: true }).click()
    await without.getByRole('alert').filter({ hasText: 'permita cookies' }).waitFor()

    const late = await open(`#convite=${secret}`)
    await late.getByRole('button', { name: 'Entrar', exact: true }).click()
    await late.getByRole('alert').filter({ hasText: 'este link já foi usado' }).waitFor()
    await late.getByRole('button', { name: 'Entrar de outro jeito' }).click()
    await late.getByText(/Peça um link de uso único/).waitFor()
    t.notMatch(late.url(), /convite/)
  },
)

test(
  'all tabs share the sign-in; signing out in one shows the sign-in page in the other, which continues after signing in again',
  noBrowser,
  async (t) => {
    const { cena, server, signIn } = await makeDesk(t)
    await cena.book({ id: 1 })
    await cena.runSession()
    const one = await signIn('revisor', 'ana')
    await waitFor(one, /^1 espera/)
    const two = await one.context().newPage()
    await two.goto(`${server.url}/revisao`)
    await waitFor(two, /^1 espera/)
    await one.getByRole('button', { name: 'Sair' }).click()
    await one.getByText(/Peça um link de uso único/).waitFor()
    await dialogOf(two)
      .getByText(/Nada se perdeu/)
      .waitFor()
    t.equal((await cena.sql`select from audit.revogacoes where motivo = 'saiu'`).length, 1)
    await one.goto(`${server.url}/revisao?tela=geral#convite=${await server.invitation('revisor', 'ana')}`)
    await one.getByRole('button', { name: 'Entrar', exact: true }).click()
    await dialogOf(two).waitFor({ state: 'detached' })
    await untilReady(two)
    await two.keyboard.press('a')
    await saidOnPage(two, /1 corrigida/)
  },
)

test(
  'the API documentation is shown to people who have signed in, and tells others to sign in',
  noBrowser,
  async (t) => {
    const { server, open, signIn } = await makeDesk(t)
    const stranger = await open()
    await stranger.goto(`${server.url}/api/docs`)
    await stranger.getByText(/só aparece para quem entrou/).waitFor()
    t.notMatch(await stranger.locator('body').textContent(), /divergencias/)
    const page = await signIn('leitor', 'leo')
    await page.getByText('leo, leitor').waitFor()
    await page.goto(`${server.url}/api/docs`)
    await page.getByText('/api/v1/divergencias/processar').waitFor()
  },
)

/** The sign-in of a page is refused from now on. */
const expire = ({ cena }: Desk, name: string) =>
  cena.sql`select audit.revogar_acesso(motivo => 'venceu', nome => ${name})`

/** Somebody signs in in another tab of the same browser. */
async function signInBeside(page: Page, { server }: Desk, name: string): Promise<void> {
  const beside = await page.context().newPage()
  await beside.goto(`${server.url}/revisao#convite=${await server.invitation('revisor', name)}`)
  await beside.getByRole('button', { name: 'Entrar', exact: true }).click()
  await beside.getByText(`${name}, revisor`).waitFor()
  await beside.close()
}

test(
  'a sign-in that runs out in the middle of a decision loses nothing, and nobody decides in another’s name',
  noBrowser,
  async (t) => {
    const place = await makeDesk(t)
    const { cena, signIn } = place
    await cena.book({ id: 1 }, { id: 2 }, { id: 3, confianca: 0.6 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await untilReady(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press(' ')
    await expire(place, 'ana')
    await page.keyboard.press('a')
    await dialogOf(page)
      .getByText(/Nada se perdeu/)
      .waitFor()
    t.same([await cena.status(1), await cena.status(2)], ['aberta', 'aberta'])
    await signInBeside(page, place, 'ana')
    await saidOnPage(page, /1 corrigida/)
    t.equal(
      [await cena.status(1), await cena.status(2)].filter((status) => status === 'corrigida').length,
      1,
      'one was left out',
    )
    await waitFor(page, /^2 esperam/)

    await expire(place, 'ana')
    await page.keyboard.press('a')
    await dialogOf(page).waitFor()
    await signInBeside(page, place, 'bruno')
    await page.getByText('bruno, revisor').waitFor()
    await waitFor(page, /^2 esperam/)
    t.equal((await cena.sql`select from audit.decisoes where ator = 'bruno'`).length, 0)
    await expire(place, 'bruno')
    await untilReady(page)
    await page.keyboard.press('a')
    await dialogOf(page).getByRole('button', { name: 'Sair' }).click()
    await page.getByText(/Peça um link de uso único/).waitFor()
  },
)
