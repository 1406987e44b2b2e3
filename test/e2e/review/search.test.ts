// A search finds what waits on any screen, and says where; and says what is not listed.

import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { inHand, itemRows, makeDesk, readable, untilReady, waitFor } from '../../helper/desk.ts'

test(
  'a search says how much other screens have and links there: second approval, postponed',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book(
      { id: 71 },
      { id: 72, confianca: 0.05 },
      { id: 73, confianca: 0.6 },
      { id: 74, valor: 300_000 },
    )
    await cena.runSession()
    await cena.postpone('bruno', '2099-12-01', (await cena.finding(73)).id)
    await cena.typeIn('bruno', (await cena.finding(74)).id, { categoria: 'OUTRA' })
    const page = await signIn('revisor', 'ana')
    await waitFor(page, /^1 espera/)
    const seek = async (text: string) => {
      await page.keyboard.press('/')
      await page.getByLabel('Buscar fornecedor, documento, texto ou número').fill(text)
      await page.keyboard.press('Enter')
    }
    await seek('72')
    await page.getByText('Nada com “72”.').waitFor()
    await page.getByRole('link', { name: '1 em Improváveis' }).click()
    await inHand(page, 'Errada: → CERTA, improvável').waitFor()
    await untilReady(page)
    t.match(await readable(itemRows(page)), /Registro 72/)
    t.equal(await page.locator('a.elsewhere').count(), 0, 'it is not stored anywhere else')
    await seek('73')
    await page.getByRole('link', { name: '1 em Adiadas' }).click()
    await untilReady(page)
    t.match(await readable(itemRows(page)), /Registro 73/)
    await seek('71')
    await page.getByText('Nada com “71”.').waitFor()
    await page.getByRole('link', { name: '1 em Fila' }).click()
    await untilReady(page)
    t.match(await readable(itemRows(page)), /Registro 71/)
    await page.keyboard.press('Escape')
    t.equal(new URL(page.url()).searchParams.get('busca'), null)

    const linked = await signIn('revisor', 'ana', '?sessao=1')
    await untilReady(linked)
    t.match(await linked.locator('a.elsewhere').allInnerTexts(), [
      '1 em Segunda aprovação',
      '1 em Improváveis',
      '1 em Adiadas',
    ])
    await linked.getByRole('link', { name: '1 em Adiadas' }).click()
    await untilReady(linked)
    t.equal(await itemRows(linked).count(), 1, 'the session stays selected')
    await signIn('revisor', 'ana', '?sessao=99&tela=adiadas').then((other) =>
      other.getByText('Nada com sessão 99. 1 espera ao todo.').waitFor(),
    )
  },
)

test('with more than a thousand postponed, the page says how many it lists', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
    select n, '2026-11-10', now() - interval '1 hour', 'ERR', 'x', n, 0.99 from generate_series(1, 1100) as n`
  await cena.runSession()
  await cena.asPerson('ana')`
    select count(*) from audit.adiar(array(select id from audit.divergencias_processadas), '2099-12-01', 'fechamento')`
  const page = await signIn('revisor', 'ana', '?tela=adiadas')
  await page.getByText('Mostrando as 1.000 de maior valor, de 1.100.').waitFor()
  await page.getByRole('button', { name: 'Trazer 1.000 de volta à fila' }).waitFor()
  await page.getByRole('button', { name: 'Listar mais' }).click()
  await page.getByRole('button', { name: 'Trazer 1.100 de volta à fila' }).waitFor()
  t.equal(await page.getByText(/^Mostrando as/).count(), 0)
})
