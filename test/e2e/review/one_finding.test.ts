// The link in a mail: one finding, in any state, and values that a person types.

import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { dialogOf, giveReason, itemRows, makeDesk, readable, saidOnPage, waitFor } from '../../helper/desk.ts'
import { prices } from '../../helper/prices.ts'

test(
  'a link in a mail shows the finding and its row; approving changes the warehouse, undoing restores it',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 1234.5, categoria: 'ERRADA' }, { id: 2 })
    await cena.runSession()
    const { id } = await cena.finding(1)
    const page = await signIn('revisor', 'ana', `?divergencia=${id}`)
    await page.getByText(`Só a divergência ${id}.`).waitFor()
    await waitFor(page, 'Errada: → CERTA')
    t.match(await readable(page.locator('main')), /aberta R\$\s1\.234,50, 99%/)
    t.match(await readable(itemRows(page)), /ERRADA\s*CERTA/)
    await page.getByRole('heading', { name: 'Registro 1 de dw.lancamentos, como está agora' }).waitFor()
    await page.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
    t.match(await readable(page.locator('.opened')), /valor do documento\s*—[\s\S]*detectada/)
    await page.getByRole('button', { name: /^Aprovar/ }).click()
    t.match(await saidOnPage(page, /Feito/), 'Feito: 1 corrigida.')
    t.equal(await cena.categoria(1), 'CERTA')
    t.equal(await cena.categoria(2), 'ERR', 'nothing but what was shown')
    t.match(
      await cena.finding(1),
      { decidida_por: 'ana', motivo: 'aprovada na revisão' },
      'it does not claim that anything was checked',
    )
    await page.getByRole('button', { name: 'Desfazer a correção' }).waitFor()
    await page.keyboard.press('u')
    await saidOnPage(page, /1 reaberta/)
    t.equal(await cena.categoria(1), 'ERRADA', 'exactly as it was')
    await page.getByRole('link', { name: 'Ver todas' }).click()
    await waitFor(page, /^2 esperam, em 1 decisão/)
    const unknown = await signIn('revisor', 'ana', '?divergencia=999')
    await waitFor(unknown, 'A divergência 999 não existe.')
  },
)

test(
  'the dialog refuses a label that the ledger does not have, and offers those it has',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.sql`insert into dw.lancamentos (id, categoria, descricao) select n, case when n < 60 then 'CERTA' else 'OUTRA' end, 'texto ' || n from generate_series(1000, 1100) n`
    await cena.book({ id: 1 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana', `?divergencia=${(await cena.finding(1)).id}`)
    await page.getByRole('button', { name: /^Corrigir este/ }).click()
    await dialogOf(page)
      .locator('datalist[id="valor.categoria.labels"] option[value=OUTRA]')
      .waitFor({ state: 'attached' })
    await dialogOf(page).getByLabel('categoria').fill('OUTRO')
    await dialogOf(page).getByRole('status').getByText('categoria: nenhum lançamento tem “OUTRO”.').waitFor() // before anything is sent
    t.equal(await dialogOf(page).getByLabel('categoria').getAttribute('aria-invalid'), 'true')
    await giveReason(page, 'a nota diz outra')
    await dialogOf(page)
      .getByRole('alert')
      .getByText('categoria: nenhum lançamento tem “OUTRO”. Escolha um valor que já exista.')
      .waitFor()
    t.equal(await dialogOf(page).getByLabel('Motivo').inputValue(), 'a nota diz outra', 'nothing is lost')
    t.equal((await cena.sql`select from audit.decisoes`).length, 0)
    await dialogOf(page).getByLabel('categoria').fill('OUTRA')
    await dialogOf(page).getByLabel('descrição').fill('um texto que ninguém escreveu')
    await dialogOf(page).getByRole('button', { name: 'Confirmar' }).click()
    await saidOnPage(page, /1 aguarda segunda pessoa/)
    t.match(await cena.sql`select valores from audit.decisoes`, [
      { valores: { categoria: 'OUTRA', descricao: 'um texto que ninguém escreveu' } },
    ])
  },
)

test(
  'with more labels than a list can hold, matches are offered while typing, and unknown labels refused',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.sql`insert into dw.lancamentos (id, categoria) select n, 'Conta ' || n from generate_series(2000, 2400) n`
    await cena.book({ id: 1 })
    await cena.runSession()
    const page = await signIn('revisor', 'ana', `?divergencia=${(await cena.finding(1)).id}`)
    await page.getByRole('button', { name: /^Corrigir este/ }).click()
    const field = dialogOf(page).getByLabel('categoria')
    const offered = dialogOf(page).locator('datalist[id="valor.categoria.labels"] option')
    await offered.first().waitFor({ state: 'attached' })
    t.equal(
      await offered.evaluateAll((all) => all.some((one) => one.getAttribute('value') === 'Conta 2399')),
      false,
    )
    await field.fill('conta 2399')
    await dialogOf(page).getByRole('status').getByText('nenhum lançamento tem “conta 2399”').waitFor()
    await dialogOf(page)
      .locator('datalist[id="valor.categoria.labels"] option[value="Conta 2399"]')
      .waitFor({ state: 'attached' })
    await giveReason(page, 'a nota diz')
    await dialogOf(page)
      .getByRole('alert')
      .getByText('categoria: nenhum lançamento tem “conta 2399”.')
      .waitFor()
    t.equal((await cena.sql`select from audit.decisoes`).length, 0)
    await field.fill('Conta 2399')
    await dialogOf(page).getByRole('button', { name: 'Confirmar' }).click()
    await saidOnPage(page, /1 aguarda segunda pessoa/)
  },
)

test('an opened entry shows similar entries of the ledger, but not to readers', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1, descricao: 'verba cooperada' })
  await cena.book(
    { id: 2, categoria: 'Verbas', descricao: 'VERBA de outubro', valor: 1234.5, data: '2026-10-31' },
    { id: 3, categoria: 'Fretes', descricao: 'frete' },
  )
  await cena.sql`update dw.lancamentos set documento = 'NF 7' where id = 2`
  await cena.runSession()
  const { id } = await cena.finding(1)
  const page = await signIn('revisor', 'ana')
  await itemRows(page).first().waitFor()
  await page.keyboard.press('o')
  const alike = page.getByRole('table', { name: 'Lançamentos parecidos' })
  await alike.waitFor()
  t.equal(await alike.locator('tbody tr').count(), 1)
  t.match(
    await readable(alike.locator('tbody tr')),
    /31\/10\s+NF 7\s+—\s+VERBA de outubro\s+1\.234,50\s+Verbas\s+verba/,
  )
  await cena.sql`update dw.lancamentos set descricao = null where id = 1`
  await page.reload()
  await itemRows(page).first().waitFor()
  await page.keyboard.press('o')
  await page.getByText('Não há lançamento da mesma empresa').waitFor()
  const reader = await signIn('leitor', 'leo', `?divergencia=${id}`)
  await reader.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
  t.equal(await reader.getByRole('heading', { name: 'Lançamentos parecidos' }).count(), 0)
})

test("the group's keys also work for one finding: postpone, forward, comment", noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1 }, { id: 2 })
  await cena.runSession()
  const page = await signIn('revisor', 'ana', `?divergencia=${(await cena.finding(1)).id}`)
  await page.getByRole('button', { name: /^Adiar/ }).waitFor()
  await page.keyboard.press('c')
  await page.getByLabel('Comentário', { exact: true }).fill('liguei')
  await page.keyboard.press('Enter')
  await saidOnPage(page, /1 comentada/)
  await page.keyboard.press('f')
  await page.getByRole('group', { name: 'Encaminhar 1' }).waitFor()
  await page.keyboard.press('1')
  await saidOnPage(page, /1 encaminhada/)
  await page.keyboard.press('s')
  await page.getByRole('group', { name: 'Adiar 1' }).waitFor()
  await page.keyboard.press('3')
  await page.getByRole('button', { name: '1 espero resposta do fornecedor' }).waitFor()
  await page.keyboard.press('1')
  await saidOnPage(page, /1 adiada/)
  t.match(await cena.sql`select tipo from audit.decisoes order by id`, [
    { tipo: 'comentario' },
    { tipo: 'encaminhamento' },
    { tipo: 'adiamento' },
  ])
  t.equal(
    (await cena.sql`select from audit.decisoes where divergencia_id <> ${(await cena.finding(1)).id}`).length,
    0,
  )
})

test("the history of a row shows the rule's code as it was at the time", noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1 })
  await cena.runSession()
  await cena.sql.unsafe(`
    create or replace function dw.errada(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as $f$
      select 'dw.lancamentos', l.id::text, '{"categoria": "CERTA"}'::jsonb, 0.9, '{}'::jsonb, 'outra frase', l.valor
      from dw.lancamentos l where l.categoria = 'ERR' and (janela.chaves is null or l.id = any (janela.chaves::bigint[]))
    $f$`)
  await cena.runSession()
  const page = await signIn('leitor', 'leo', `?divergencia=${(await cena.finding(1)).id}`)
  const then = page.getByRole('button', { name: 'a regra errada como era' })
  // the latest event stands first
  await then.last().click()
  const code = page.locator('.source pre')
  await code.getByText('a categoria está errada').waitFor()
  t.notMatch(await readable(code), /outra frase/)
  await then.first().click()
  await code.getByText('outra frase').waitFor()
  await then.first().click()
  t.equal(await code.count(), 0)
})

test('an old correction is rolled back and reopened from its link', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1 })
  await cena.runSession('auto')
  const page = await signIn('revisor', 'ana', `?divergencia=${(await cena.finding(1)).id}`)
  await page.getByRole('button', { name: 'Desfazer a correção' }).click()
  await dialogOf(page)
    .getByLabel(/estava errada/)
    .check()
  await giveReason(page, 'a nota diz outra coisa')
  await page.getByRole('button', { name: 'Reabrir' }).waitFor()
  t.equal(await cena.categoria(1), 'ERR')
  t.equal(
    (await cena.sql`select automaticas_revertidas::int as n from audit.regras where nome = 'errada'`)[0]?.[
      'n'
    ],
    1,
    'it counts',
  )
  await page.getByRole('button', { name: 'Reabrir' }).click()
  await giveReason(page, 'olhar de novo')
  await page.getByRole('button', { name: /^Aprovar/ }).waitFor()
  t.equal(await cena.status(1), 'aberta')
})

test(
  'a typed correction is checked against the row as it is: types, proposed values, null when emptied',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await prices(cena.sql)
    await cena.sql`update dw.precos set dia = '2026-01-31' where codigo = 'b'`
    await cena.connectAs('olivia')`select audit.processar_divergencias('manual', regras => '{precos}')`
    const finding = async (sqlstate: string) => {
      const [row] =
        await cena.sql`select id::int, valores_digitados, status from audit.divergencias_processadas where registro_id = ${sqlstate}`
      return row as { id: number; valores_digitados: object; status: string }
    }
    const page = await signIn('revisor', 'ana', `?divergencia=${(await finding('b')).id}`)
    await page.getByRole('button', { name: 'Corrigir este' }).click()
    const dialog = dialogOf(page)
    t.equal(await dialog.getByLabel('t', { exact: true }).inputValue(), 'certo', 'the proposed value')
    t.equal(await dialog.getByLabel('ativo').inputValue(), 'true')
    t.equal(
      await dialog.getByLabel('preco').inputValue(),
      '10.00',
      "the row's own value, which the rule did not record",
    )
    await dialog.getByLabel('preco').fill('1.234')
    await giveReason(page, 'olhei a nota')
    t.equal(
      (await finding('b')).status,
      'aberta',
      'a number that may mean a thousand or one and a bit is not sent',
    )
    await dialog.getByLabel('preco').fill('1234,5')
    await dialog.getByLabel('dia').fill('')
    await giveReason(page, 'olhei a nota')
    await saidOnPage(page, /1 aguarda segunda pessoa/)
    t.same((await finding('b')).valores_digitados, { t: 'certo', ativo: true, preco: 1234.5, dia: null })

    const other = await signIn('revisor', 'bruno', `?divergencia=${(await finding('b')).id}`)
    await itemRows(other).getByText('proposta por ana: olhei a nota').waitFor()
    t.match(
      await readable(itemRows(other)),
      /preco não anotado[\s\S]*preco 1\.234,50/,
      'a value that was not recorded is not called empty',
    )
    await other.getByRole('button', { name: /^Aprovar/ }).click()
    await saidOnPage(other, /1 corrigida/)
    const [row] = await cena.sql`select t, ativo, preco, dia from dw.precos where codigo = 'b'`
    t.same(row, { t: 'certo', ativo: true, preco: '1234.50', dia: null })

    // a key with odd characters, and a proposed amount of twenty digits: a value that JSON has rounded is not sent as if somebody
    // had typed it
    await page.goto(page.url().replace(/divergencia=.*/, `divergencia=${(await finding('a/1 ü')).id}`))
    await page.locator('.opened').getByText('12345678901234567890.12').waitFor()
    await page.getByRole('button', { name: 'Corrigir este' }).click()
    await giveReason(page, 'só a categoria')
    await saidOnPage(page, /1 aguarda segunda pessoa/)
    t.same((await finding('a/1 ü')).valores_digitados, { t: 'certo', ativo: true })
  },
)
