// Not now, not me, a word beside it: by keyboard alone, and nothing of it is lost or called done.

import { test } from 'tap'
import { semNavegador } from '../../helper/browser.ts'
import { dito, espera, itens, lido, mesa, naMao, pronto } from '../../helper/desk.ts'

test(
  'a group is postponed in two or three keys, stands on its screen with day, name and reason, and comes back with one',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, valor: 300 }, { id: 2, valor: 200 }, { id: 3, confianca: 0.5 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await espera(page, /^3 esperam/)
    await pronto(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press(' ')
    await page.getByText('1 de fora').waitFor()
    await page.keyboard.press('s')
    t.match(
      await lido(page.getByRole('group', { name: 'Adiar 1' })),
      /1 amanhã, [\s\S]*2 segunda-feira, [\s\S]*3 até que o registro mude[\s\S]*4 outro dia/,
    )
    await page.keyboard.press('1')
    t.match(await lido(page.getByRole('group', { name: 'Adiar 1' })), /1 espero resposta do fornecedor/)
    await page.keyboard.press('2')
    t.match(await dito(page, /adiada/), /Feito: 1 adiada\./)
    await espera(page, /^2 esperam/)
    await page.getByText('1 adiada', { exact: true }).waitFor()
    t.match(
      await cena.sql`select registro_id, adiada_ate = audit.hoje() + 1 as amanha, status from audit.divergencias_processadas
        where adiada_ate is not null`,
      [{ registro_id: '1', amanha: true, status: 'aberta' }],
    )
    t.match(await cena.sql`select motivo from audit.decisoes`, [{ motivo: '2: espero a nota ou o crédito' }])
    await page.keyboard.press('u')
    await dito(page, /Desfeito: .*1 como era antes/)
    await espera(page, /^3 esperam/)
    await pronto(page)

    // until the row changes, and a day that is typed
    await page.keyboard.press('s')
    await page.keyboard.press('3')
    await page.keyboard.press('3')
    await page.getByLabel('Motivo', { exact: true }).fill('carta a caminho')
    await page.keyboard.press('Enter')
    await dito(page, /2 adiadas/)
    await pronto(page)
    await page.keyboard.press('s')
    await page.keyboard.press('4')
    const day = (await cena.sql`select (audit.hoje() + 9)::text as dia`)[0]?.['dia']
    await page.getByLabel('Volta à fila em').fill(day)
    await page.keyboard.press('Enter')
    await page.keyboard.press('1')
    await dito(page, /1 adiada/)
    await naMao(page, 'Nada espera por decisão.').waitFor()

    const other = await entrar('revisor', 'bruno')
    await other.getByRole('link', { name: 'Adiadas 3' }).waitFor()
    await other.keyboard.press('3')
    await pronto(other)
    t.match(
      (await other.locator('.list h2').allInnerTexts()).join('|'),
      /^até \d\d\/\d\d.*\|até que o registro mude$/,
      'what comes back first is first',
    )
    await other.keyboard.press('j')
    await other.getByText('ana: 3: carta a caminho').first().waitFor()
    t.equal(await itens(other).count(), 2)
    await other.keyboard.press('x')
    t.match(await dito(other, /fila/), /Feito: 2 de volta à fila\./)
    await other.getByRole('link', { name: 'Adiadas 1' }).waitFor()
    await other.keyboard.press('1')
    await espera(other, /^2 esperam/)
  },
)

test(
  'what is forwarded is for somebody else: it stands first with whom it is for, apart with the others; comments are in the story',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, valor: 300 }, { id: 2, valor: 900, confianca: 0.5 })
    await cena.processar()
    await cena.rejeitar('bruno', (await cena.achado(2)).id)
    await cena.pessoa('bruno')`select audit.reabrir_divergencias(${[(await cena.achado(2)).id]}, 'engano')`
    const page = await entrar('revisor', 'ana')
    await pronto(page)
    await page.keyboard.press('j')
    await naMao(page, 'Errada: → CERTA').waitFor()
    await pronto(page)
    await page.keyboard.press('c')
    await page.getByLabel('Comentário', { exact: true }).fill('liguei, pedem uma semana')
    await page.keyboard.press('Enter')
    await dito(page, /1 comentada/)
    await page.keyboard.press('o')
    await page.locator('.opened').getByText('liguei, pedem uma semana').waitFor()
    await page.keyboard.press('f')
    t.match(await lido(page.getByRole('group', { name: 'Encaminhar 1' })), /1 bruno[\s\S]*quem administra/)
    await page.keyboard.press('1')
    await dito(page, /1 encaminhada/)
    await page.getByRole('heading', { name: 'Encaminhadas a outros' }).waitFor()
    await espera(page, /^2 esperam/)

    const other = await entrar('revisor', 'bruno')
    await other.getByRole('heading', { name: 'Para mim' }).waitFor()
    await naMao(other, 'Errada: → CERTA').waitFor()
    t.match(await other.locator('.list h2').allInnerTexts(), [/Para mim/, /Categoria errada/])
    await other.getByRole('button', { name: 'Só o que é para mim' }).press('Enter')
    await pronto(other)
    t.equal(await other.locator('.list button.line').count(), 1)
    await other.keyboard.press('a')
    await dito(other, /1 corrigida/)
    t.equal(await cena.categoria(1), 'CERTA')
    t.equal(await cena.categoria(2), 'ERR')
    t.match(
      await cena.sql`select tipo, ator, para, motivo from audit.decisoes where divergencia_id = ${(await cena.achado(1)).id} order by id`,
      [
        { tipo: 'comentario', ator: 'ana', motivo: 'liguei, pedem uma semana' },
        { tipo: 'encaminhamento', para: 'bruno', motivo: 'encaminhada na revisão' },
        { tipo: 'aprovacao', ator: 'bruno' },
      ],
    )
  },
)

test('the reasons are those of the setting; a reader has none of these keys', semNavegador, async (t) => {
  const { cena, entrar } = await mesa(t)
  await cena.pessoa('adelia')`
    select audit.alterar_configuracao('revisao.motivos', '[{"ato": "rejeitar", "texto": "fora do escopo"}]', 'teste')`
  await cena.lancar({ id: 1 })
  await cena.processar()
  const reader = await entrar('leitor', 'leo')
  await pronto(reader)
  for (const key of ['s', 'f', 'c']) await reader.keyboard.press(key)
  t.equal(await reader.locator('.panel').count(), 0)
  await reader.keyboard.press('3')
  await naMao(reader, 'Nada está adiado.').waitFor()
  const page = await entrar('revisor', 'ana')
  await pronto(page)
  // no reason is offered for postponing: none is asked for
  await page.keyboard.press('s')
  await page.keyboard.press('3')
  await dito(page, /1 adiada/)
  await page.keyboard.press('u')
  await dito(page, /Desfeito/)
  await pronto(page)
  await page.keyboard.press('r')
  t.match(
    await lido(page.getByRole('group', { name: 'Rejeitar 1' })),
    /1 fora do escopo\s*2 outro motivo, escrito/,
  )
  await page.keyboard.press('1')
  await dito(page, /1 rejeitada/)
  t.match(await cena.achado(1), { motivo: '1: fora do escopo' })
})

test(
  'what is probably no error is counted and out of the way, and one key leads there',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar(
      { id: 1 },
      { id: 2, confianca: 0.1 },
      { id: 3, confianca: 0.05, descricao: 'aponta' },
      { id: 4, confianca: 0.2 },
    )
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await espera(page, /^3 esperam/)
    await page.getByRole('link', { name: '1 provavelmente não é erro' }).waitFor()
    await page.keyboard.press('6')
    await naMao(page, 'Errada: → CERTA, improvável').waitFor()
    await pronto(page)
    t.match(await lido(page.locator('.acts button.first')), /^Rejeitar 1/, 'rejecting is offered first')
    await page.keyboard.press('f')
    await page.getByRole('group', { name: 'Encaminhar 1' }).waitFor()
    await page.keyboard.press('1')
    await dito(page, /1 encaminhada/)
    await naMao(page, 'Nenhuma improvável espera.').waitFor()
    await page.keyboard.press('1')
    await espera(page, /^4 esperam/)
    await page.keyboard.press('u')
    await espera(page, /^3 esperam/)
    await cena.pessoa('adelia')`select audit.alterar_regra('errada', '{"piso": 0.3}', 'medido no último mês')`
    await page.reload()
    await espera(page, /^2 esperam/)
    await page.getByRole('link', { name: '2 provavelmente não são erros' }).waitFor()
  },
)
