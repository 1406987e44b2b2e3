// Postponed, forwarded, commented: by keyboard alone, and nothing is lost or counted as done.

import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { inHand, itemRows, makeDesk, readable, saidOnPage, untilReady, waitFor } from '../../helper/desk.ts'

test(
  'two or three keys postpone a group, its screen shows day, name and reason, and one key brings it back',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 300 }, { id: 2, valor: 200 }, { id: 3, confianca: 0.5 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await waitFor(page, /^3 esperam/)
    await untilReady(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press(' ')
    await page.getByText('1 de fora').waitFor()
    await page.keyboard.press('s')
    t.match(
      await readable(page.getByRole('group', { name: 'Adiar 1' })),
      /1 amanhã, [\s\S]*2 segunda-feira, [\s\S]*3 até que o registro mude[\s\S]*4 outro dia/,
    )
    await page.keyboard.press('1')
    t.match(await readable(page.getByRole('group', { name: 'Adiar 1' })), /1 espero resposta do fornecedor/)
    await page.keyboard.press('2')
    t.match(await saidOnPage(page, /adiada/), /Feito: 1 adiada\./)
    await waitFor(page, /^2 esperam/)
    await page.getByText('1 adiada', { exact: true }).waitFor()
    t.match(
      await cena.sql`select registro_id, adiada_ate = audit.hoje() + 1 as amanha, status from audit.divergencias_processadas
        where adiada_ate is not null`,
      [{ registro_id: '1', amanha: true, status: 'aberta' }],
    )
    t.match(await cena.sql`select motivo from audit.decisoes`, [{ motivo: '2: espero a nota ou o crédito' }])
    await page.keyboard.press('u')
    await saidOnPage(page, /Desfeito: .*1 como era antes/)
    await waitFor(page, /^3 esperam/)
    await untilReady(page)

    // until the row changes, and a day that is typed
    await page.keyboard.press('s')
    await page.keyboard.press('3')
    await page.keyboard.press('3')
    await page.getByLabel('Motivo', { exact: true }).fill('carta a caminho')
    await page.keyboard.press('Enter')
    await saidOnPage(page, /2 adiadas/)
    await untilReady(page)
    await page.keyboard.press('s')
    await page.keyboard.press('4')
    const day = (await cena.sql`select (audit.hoje() + 9)::text as dia`)[0]?.['dia']
    await page.getByLabel('Volta à fila em').fill(day)
    await page.keyboard.press('Enter')
    await page.keyboard.press('1')
    await saidOnPage(page, /1 adiada/)
    await inHand(page, 'Nada espera por decisão.').waitFor()

    const other = await signIn('revisor', 'bruno')
    await other.getByRole('link', { name: 'Adiadas 3' }).waitFor()
    await other.keyboard.press('3')
    await untilReady(other)
    t.match(
      (await other.locator('.list h2').allInnerTexts()).join('|'),
      /^até \d\d\/\d\d.*\|até que o registro mude$/,
      'what comes back first is listed first',
    )
    await other.keyboard.press('j')
    await other.getByText('ana: 3: carta a caminho').first().waitFor()
    t.equal(await itemRows(other).count(), 2)
    await other.keyboard.press('x')
    t.match(await saidOnPage(other, /fila/), /Feito: 2 de volta à fila\./)
    await other.getByRole('link', { name: 'Adiadas 1' }).waitFor()
    await other.keyboard.press('1')
    await waitFor(other, /^2 esperam/)
  },
)

test(
  'forwarded findings come first for their addressee and apart for others; comments are in the history',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 300 }, { id: 2, valor: 900, confianca: 0.5 })
    await cena.runSession()
    await cena.reject('bruno', (await cena.finding(2)).id)
    await cena.asPerson('bruno')`select audit.reabrir_divergencias(${[(await cena.finding(2)).id]}, 'engano')`
    const page = await signIn('revisor', 'ana')
    await untilReady(page)
    await page.keyboard.press('j')
    await inHand(page, 'Errada: → CERTA').waitFor()
    await untilReady(page)
    await page.keyboard.press('c')
    await page.getByLabel('Comentário', { exact: true }).fill('liguei, pedem uma semana')
    await page.keyboard.press('Enter')
    await saidOnPage(page, /1 comentada/)
    await page.keyboard.press('o')
    await page.locator('.opened').getByText('liguei, pedem uma semana').waitFor()
    await page.keyboard.press('f')
    t.match(
      await readable(page.getByRole('group', { name: 'Encaminhar 1' })),
      /1 bruno[\s\S]*quem administra/,
    )
    await page.keyboard.press('1')
    await saidOnPage(page, /1 encaminhada/)
    await page.getByRole('heading', { name: 'Encaminhadas a outros' }).waitFor()
    await waitFor(page, /^2 esperam/)

    const other = await signIn('revisor', 'bruno')
    await other.getByRole('heading', { name: 'Para mim' }).waitFor()
    await inHand(other, 'Errada: → CERTA').waitFor()
    t.match(await other.locator('.list h2').allInnerTexts(), [/Para mim/, /Categoria errada/])
    await other.getByRole('button', { name: 'Só o que é para mim' }).press('Enter')
    await untilReady(other)
    t.equal(await other.locator('.list button.line').count(), 1)
    await other.keyboard.press('a')
    await saidOnPage(other, /1 corrigida/)
    t.equal(await cena.categoria(1), 'CERTA')
    t.equal(await cena.categoria(2), 'ERR')
    t.match(
      await cena.sql`select tipo, ator, para, motivo from audit.decisoes where divergencia_id = ${(await cena.finding(1)).id} order by id`,
      [
        { tipo: 'comentario', ator: 'ana', motivo: 'liguei, pedem uma semana' },
        { tipo: 'encaminhamento', para: 'bruno', motivo: 'encaminhada na revisão' },
        { tipo: 'aprovacao', ator: 'bruno' },
      ],
    )
  },
)

test('the reasons come from the setting; readers have none of these keys', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.asPerson('adelia')`
    select audit.alterar_configuracao('revisao.motivos', '[{"ato": "rejeitar", "texto": "fora do escopo"}]', 'teste')`
  await cena.book({ id: 1 })
  await cena.runSession()
  const reader = await signIn('leitor', 'leo')
  await untilReady(reader)
  for (const key of ['s', 'f', 'c']) await reader.keyboard.press(key)
  t.equal(await reader.locator('.panel').count(), 0)
  await reader.keyboard.press('3')
  await inHand(reader, 'Nada está adiado.').waitFor()
  const page = await signIn('revisor', 'ana')
  await untilReady(page)
  // no reason is offered for postponing: none is asked for
  await page.keyboard.press('s')
  await page.keyboard.press('3')
  await saidOnPage(page, /1 adiada/)
  await page.keyboard.press('u')
  await saidOnPage(page, /Desfeito/)
  await untilReady(page)
  await page.keyboard.press('r')
  t.match(
    await readable(page.getByRole('group', { name: 'Rejeitar 1' })),
    /1 fora do escopo\s*2 outro motivo, escrito/,
  )
  await page.keyboard.press('1')
  await saidOnPage(page, /1 rejeitada/)
  t.match(await cena.finding(1), { motivo: '1: fora do escopo' })
})

test(
  'findings that are probably not errors are counted and kept apart, one key away',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book(
      { id: 1 },
      { id: 2, confianca: 0.1 },
      { id: 3, confianca: 0.05, descricao: 'aponta' },
      { id: 4, confianca: 0.2 },
    )
    await cena.runSession()
    const page = await signIn('revisor', 'ana')
    await waitFor(page, /^3 esperam/)
    await page.getByRole('link', { name: '1 provavelmente não é erro' }).waitFor()
    await page.keyboard.press('6')
    await inHand(page, 'Errada: → CERTA, improvável').waitFor()
    await untilReady(page)
    t.match(await readable(page.locator('.acts button.first')), /^Rejeitar 1/, 'rejecting is offered first')
    await page.keyboard.press('f')
    await page.getByRole('group', { name: 'Encaminhar 1' }).waitFor()
    await page.keyboard.press('1')
    await saidOnPage(page, /1 encaminhada/)
    await inHand(page, 'Nenhuma improvável espera.').waitFor()
    await page.keyboard.press('1')
    await waitFor(page, /^4 esperam/)
    await page.keyboard.press('u')
    await waitFor(page, /^3 esperam/)
    await cena.asPerson(
      'adelia',
    )`select audit.alterar_regra('errada', '{"piso": 0.3}', 'medido no último mês')`
    await page.reload()
    await waitFor(page, /^2 esperam/)
    await page.getByRole('link', { name: '2 provavelmente não são erros' }).waitFor()
  },
)
