// Deciding in a spreadsheet: the page gives it out and takes it back, and says of each line what became of it.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { dialogOf, makeDesk, readable, saidOnPage, waitFor } from '../../helper/desk.ts'
import { fillIn, readRows, saveSheet } from '../../helper/sheet.ts'

test(
  'findings are downloaded, decided in a spreadsheet, sent back by keyboard, and undone like any act',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1 }, { id: 2, confianca: 0.5 }, { id: 3, valor: 150_000 })
    await cena.runSession()
    const directory = await mkdtemp(join(tmpdir(), 'planilha-'))
    t.teardown(() => rm(directory, { recursive: true }))
    const path = join(directory, 'fila.xlsx')
    const page = await signIn('revisor', 'ana')
    await waitFor(page, /^3 esperam/)

    await page.getByRole('button', { name: 'Planilha' }).focus()
    await page.keyboard.press('Enter')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialogOf(page).getByRole('button', { name: 'Baixar o que espera' }).press('Enter'),
    ])
    t.equal(download.suggestedFilename(), 'divergencias.xlsx')
    await download.saveAs(path)
    const ids = [(await cena.finding(1)).id, (await cena.finding(2)).id, (await cena.finding(3)).id] as const
    await cena.reject('bruno', ids[1])
    const rows = fillIn(await readRows(await readFile(path)), {
      [ids[0]]: ['aprovar'],
      [ids[1]]: ['aprovar'],
      [ids[2]]: ['aprovar', 'conferi a nota'],
    })
    await writeFile(path, await saveSheet(rows))

    const file = dialogOf(page).getByLabel('Planilha preenchida')
    await writeFile(join(directory, 'outra.xlsx'), 'id;decisao')
    await file.setInputFiles(join(directory, 'outra.xlsx'))
    await dialogOf(page).getByRole('button', { name: 'Enviar' }).press('Enter')
    t.match(await readable(dialogOf(page).getByRole('alert')), /não é uma planilha XLSX/)

    await file.setInputFiles(path)
    await file.focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const outcome = dialogOf(page).getByRole('region', { name: 'O que houve, linha por linha' })
    await outcome.waitFor()
    t.match(await readable(outcome), /2 decididas, 1 deixada como estava/)
    const told = await outcome.locator('tbody tr').allInnerTexts()
    t.match(told, [
      /aprovar\s+corrigida/,
      /aprovar\s+deixada\s+já está rejeitada por bruno/,
      /aguarda.*\s+outra pessoa/i,
    ])
    t.equal(await cena.categoria(1), 'CERTA')
    t.equal(await cena.categoria(3), 'ERR')
    // Until what waits is loaded again, the dialog does not close.
    await dialogOf(page).locator('.actions button:enabled').waitFor()
    await page.keyboard.press('Escape')
    await waitFor(page, /^Nada|^0 esperam|nada/i)
    t.match(await saidOnPage(page, /fila\.xlsx: aprovar/), /fila\.xlsx: aprovar/)

    await page.keyboard.press('u')
    await saidOnPage(page, /Desfeito: fila\.xlsx: aprovar/)
    t.equal(await cena.categoria(1), 'ERR')
    t.match(
      await cena.sql`select detalhes -> 'planilha' ->> 'nome' as nome from audit.operacoes where tipo = 'aprovacao'`,
      [{ nome: 'fila.xlsx' }],
    )

    const reader = await signIn('leitor', 'leo')
    await reader.getByRole('button', { name: 'Planilha' }).click()
    t.equal(
      await dialogOf(reader).getByLabel('Planilha preenchida').count(),
      0,
      'people who may not decide can only download',
    )
  },
)
