// Who sits there: roles, tokens, access that runs out.

import { test } from 'tap'
import { forge } from '../../helper/api.ts'
import { semNavegador } from '../../helper/browser.ts'
import { dialogo, dito, espera, itens, lido, type Mesa, mesa, pronto } from '../../helper/desk.ts'

test(
  'a reader sees findings, and neither the warehouse nor acts; an operator takes an operation back',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, descricao: 'segredo do armazém' })
    await cena.processar()
    const page = await entrar('leitor', 'leo')
    await page.getByText('leo, leitor').waitFor()
    await pronto(page)
    await page.keyboard.press('o')
    await page.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
    t.notMatch(await page.locator('body').textContent(), /segredo do armazém|como está agora/)
    t.match(
      await lido(itens(page).first()),
      /Registro 1\s+a categoria está errada\s+R\$\s100,00, 99%/,
      'enough to speak of it',
    )
    t.equal(await page.getByRole('button', { name: /Aprovar|Rejeitar|Corrigir|Motivo/ }).count(), 0)
    t.equal(await page.getByRole('checkbox').count(), 0)
    for (const key of ['a', 'a', 'r', '1', 'p', 'e', 'u']) await page.keyboard.press(key)
    t.equal(await cena.status(1), 'aberta')

    await cena.processar('auto')
    const operator = await entrar('operador', 'olivia', '?tela=corrigidas')
    await pronto(operator)
    t.equal(
      await operator.getByRole('button', { name: /deste grupo/ }).count(),
      0,
      'a part of it is for reviewers',
    )
    await operator.keyboard.press('x')
    await operator.getByRole('group', { name: 'Desfazer a operação, 1 correção' }).waitFor()
    await operator.keyboard.press('2')
    await dito(operator, /1 revertida/)
    t.equal(await cena.categoria(1), 'ERR')
  },
)

test(
  'a token that is no good leads back to the door, with the reason; leaving forgets the token',
  semNavegador,
  async (t) => {
    const { cena, server, open } = await mesa(t)
    await cena.lancar({ id: 1 })
    await cena.processar()
    const page = await open('?sessao=1')
    await page.getByLabel('Token').fill('eyJhbGciOiJIUzI1NiJ9.eyJ…')
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('alert').filter({ hasText: 'não é um token inteiro' }).waitFor()
    await page.getByLabel('Token').fill(await forge(server.settings, { exp: 1_700_000_000 }))
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('alert').filter({ hasText: 'o token venceu' }).waitFor()
    await page.getByLabel('Token').fill(await server.token('revisor', 'ana'))
    await page.getByRole('button', { name: 'Entrar' }).click()
    await espera(page, /^1 espera/)
    await page.locator('.chip', { hasText: 'sessão 1' }).waitFor()
    await page.reload()
    await espera(page, /^1 espera/)
    await page.getByRole('button', { name: 'Sair' }).click()
    await page.getByLabel('Token').waitFor()
    await page.reload()
    await page.getByLabel('Token').waitFor()
  },
)

/** The token that a page holds is refused from now on. */
const vencer = ({ cena }: Mesa, nome: string) =>
  cena.sql`select audit.revogar_acesso(motivo => 'venceu', nome => ${nome})`

test(
  'access that runs out in the middle of a decision loses nothing, and nobody decides in another’s name',
  semNavegador,
  async (t) => {
    const lugar = await mesa(t)
    const { cena, server, entrar } = lugar
    await cena.lancar({ id: 1 }, { id: 2 }, { id: 3, confianca: 0.6 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await pronto(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press(' ')
    await vencer(lugar, 'ana')
    await page.keyboard.press('a')
    await dialogo(page)
      .getByText(/Nada se perdeu/)
      .waitFor()
    t.same([await cena.status(1), await cena.status(2)], ['aberta', 'aberta'])
    await dialogo(page)
      .getByLabel('Token')
      .fill(await server.token('revisor', 'ana'))
    await page.keyboard.press('Enter')
    await dito(page, /1 corrigida/)
    t.equal(
      [await cena.status(1), await cena.status(2)].filter((status) => status === 'corrigida').length,
      1,
      'one was left out',
    )
    await espera(page, /^2 esperam/)

    await vencer(lugar, 'ana')
    await page.keyboard.press('a')
    await dialogo(page)
      .getByLabel('Token')
      .fill(await server.token('revisor', 'bruno'))
    await page.keyboard.press('Enter')
    await page.getByText('bruno, revisor').waitFor()
    await espera(page, /^2 esperam/)
    t.equal((await cena.sql`select from audit.decisoes where ator = 'bruno'`).length, 0)
    await vencer(lugar, 'bruno')
    await pronto(page)
    await page.keyboard.press('a')
    await dialogo(page).getByRole('button', { name: 'Sair' }).click()
    await page.getByLabel('Token').waitFor()
  },
)
