// The review page as reviewers use it: a real browser, a real server, and the warehouse looked at afterwards.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { type Test, test } from 'tap'
import type { ServerSettings } from '../../src/http/server.ts'
import { api, forge } from '../helper/api.ts'
import { cenario } from '../helper/cenario.ts'
import { navegador, type Sight, semNavegador } from '../helper/navegador.ts'
import { precos } from '../helper/precos.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A browser on the findings of a small warehouse, and people who enter with their own token. */
async function mesa(t: Test, changes: Partial<ServerSettings> = {}) {
  const cena = await cenario(t)
  const server = await api(t, cena, changes)
  const open = await navegador(t)
  return {
    cena,
    server,
    async entrar(
      papel: 'leitor' | 'revisor' | 'administrador',
      nome: string,
      search = '',
      sight?: Sight,
    ): Promise<Page> {
      const page = await open(`${server.url}/revisao${search}`, sight)
      await page.getByLabel('Token').fill(await server.token(papel, nome))
      await page.getByLabel('Token').press('Enter')
      return page
    },
    open: (search = '', sight?: Sight) => open(`${server.url}/revisao${search}`, sight),
  }
}

const dizer = async (page: Page, motivo?: string) => {
  if (motivo !== undefined) await page.getByRole('dialog').getByLabel('Motivo').fill(motivo)
  await page.getByRole('dialog').getByRole('button', { name: 'Confirmar' }).click()
}
const feito = (page: Page) => page.getByText(/^(Feito|Não feito): /).textContent()

test(
  'the link of a letter shows the finding and its row; approved, the warehouse has it, and undone it is as before',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, valor: 1234.5, categoria: 'ERRADA' }, { id: 2 })
    await cena.processar()
    const { id } = await cena.achado(1)
    const page = await entrar('revisor', 'ana', `?divergencia=${id}`)
    await page.getByText(`Só a divergência ${id}.`).waitFor()
    const row = page.getByRole('row').filter({ hasText: 'a categoria está errada' }).first()
    t.match(await row.textContent(), /R\$\s1\.234,50[\s\S]*errada[\s\S]*categoria ERRADA → CERTA[\s\S]*99%/)
    await page.getByRole('heading', { name: 'Registro 1 de dw.lancamentos, como está agora' }).waitFor()
    await page.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
    t.match(
      await page.locator('.details').textContent(),
      /valor documento\s*—[\s\S]*Histórico do registro[\s\S]*detectada/,
    )
    await page.getByRole('button', { name: 'Aprovar' }).click()
    await dizer(page)
    t.match(await feito(page), 'Feito: 1 corrigida.')
    t.equal(await cena.categoria(1), 'CERTA')
    t.equal(await cena.categoria(2), 'ERR', 'nothing but what was shown')
    t.match(await cena.achado(1), { decidida_por: 'ana', motivo: 'conferido' })
    await page.getByRole('button', { name: 'Desfazer', exact: true }).click()
    await dizer(page, 'era outra coisa')
    await page.getByText('Feito: 1 reaberta.').waitFor()
    t.equal(await cena.categoria(1), 'ERRADA', 'exactly as it was')
    await page.getByRole('link', { name: 'Ver todas' }).click()
    await page.getByText('2 divergências esperam', { exact: true }).waitFor()
  },
)

test('a rule that has lost auto is told, with the command that gives it back', semNavegador, async (t) => {
  const { cena, entrar } = await mesa(t)
  await cena.lancar({ id: 1 })
  await cena.processar()
  const lost = (page: Page) => page.getByText('A regra errada perdeu a correção automática')
  const before = await entrar('revisor', 'ana')
  await before.getByText('1 divergência espera').waitFor()
  t.equal(await lost(before).count(), 0, 'nothing is said of a rule that has it')
  // other code than what auto was given for
  await cena.sql`alter function dw.errada(audit.janela) set jit = off`
  await cena.processar('auto')
  const page = await entrar('leitor', 'leo', '?status=falha')
  await lost(page).waitFor()
  const told = (await lost(page).textContent()) ?? ''
  const [, command] = told.match(/(select audit\.alterar_regra\(.*\))$/) ?? []
  await cena.pessoa('adelia').unsafe(command ?? '')
  const after = await entrar('revisor', 'ana')
  await after.getByText('1 divergência espera').waitFor()
  t.equal(await lost(after).count(), 0, 'given back by the very command')
})

test(
  'many are approved at once; what needs a second person waits for one, who is not the first',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1 }, { id: 2, valor: 150_000 }, { id: 3, confianca: 0.5 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await page.getByText('3 divergências esperam').waitFor()
    t.same(
      await page.locator('tbody .number:nth-child(2)').allInnerTexts(),
      ['R$ 150.000,00', 'R$ 100,00', 'R$ 100,00'].map((v) => v.replace(' ', '\u00a0')),
      'most at stake first',
    )
    await page.getByLabel('Confiança mínima, %').fill('90')
    await page.getByLabel('Confiança mínima, %').press('Tab')
    await page.getByText('2 divergências esperam').waitFor()
    t.match(page.url(), /\?confianca=90$/, 'the filter can be kept and sent')
    await page.getByLabel('Marcar todas desta lista').check()
    await page.getByRole('group', { name: '2 marcadas' }).getByRole('button', { name: 'Aprovar' }).click()
    await dizer(page, 'notas conferidas')
    const dito = await feito(page)
    t.match(dito, /1 corrigida/)
    t.match(dito, /1 aguarda segunda pessoa/)
    t.same(
      [await cena.categoria(1), await cena.categoria(2), await cena.categoria(3)],
      ['CERTA', 'ERR', 'ERR'],
    )
    await page.getByText('1 divergência espera').waitFor()
    await page.getByRole('button', { name: /^Detalhes da divergência/ }).click()
    await page.getByRole('button', { name: 'Aprovar' }).click()
    await dizer(page)
    t.match(
      await page.getByRole('dialog').getByRole('alert').textContent(),
      /outra pessoa/,
      'refused to whoever proposed it',
    )
    t.equal(await cena.categoria(2), 'ERR')
    const other = await entrar('revisor', 'bruno', '?status=aguardando_segunda_aprovacao')
    await other.getByText('proposta por ana: notas conferidas').waitFor()
    await other.getByRole('button', { name: /^Detalhes da divergência/ }).click()
    await other.getByRole('button', { name: 'Aprovar' }).click()
    await dizer(other)
    t.match(await feito(other), 'Feito: 1 corrigida.')
    t.equal(await cena.categoria(2), 'CERTA')
  },
)

test(
  'rejected, reopened, corrected by hand and left in peace, each with its reason',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, valor: 300 }, { id: 2, valor: 200 }, { id: 3, descricao: 'aponta' })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    const details = async (registro: number) => {
      const { id } = await cena.achado(registro)
      await page.getByRole('button', { name: `Detalhes da divergência ${id}` }).click()
      return page.locator('tbody').filter({ has: page.getByLabel(`Marcar a divergência ${id}`) })
    }
    await (await details(1)).getByRole('button', { name: 'Rejeitar' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Confirmar' }).click()
    t.equal(await cena.status(1), 'aberta', 'without a reason nothing is sent')
    await dizer(page, 'está certo assim')
    await page.getByText('Feito: 1 rejeitada.').waitFor()
    t.match(await cena.achado(1), { status: 'rejeitada', motivo: 'está certo assim' })
    await page.getByRole('button', { name: 'Desfazer', exact: true }).click()
    await dizer(page, 'enganei-me')
    await page.getByText('Feito: 1 reaberta.').waitFor()
    t.equal(await cena.status(1), 'aberta')

    await (await details(2)).getByRole('button', { name: 'Corrigir com outro valor' }).click()
    t.equal(
      await page.getByRole('dialog').getByLabel('categoria').inputValue(),
      'CERTA',
      'begins with what is proposed',
    )
    await page.getByRole('dialog').getByLabel('categoria').fill('TERCEIRA')
    await dizer(page, 'a nota diz outra')
    await page.getByText('Feito: 1 aguarda segunda pessoa.').waitFor()
    t.equal(await cena.categoria(2), 'ERR', 'not before another person has seen it')

    const flagged = await details(3)
    t.match(await flagged.textContent(), /só aponta/)
    t.equal(await flagged.getByRole('button', { name: 'Aprovar' }).count(), 0, 'there is nothing to approve')
    await flagged.getByRole('button', { name: 'Declarar exceção' }).click()
    await page.locator('dialog input[name=ate]:not([min=""])').waitFor()
    const [{ amanha } = {}] = await cena.sql`select (audit.hoje() + 1)::text as amanha`
    t.equal(
      await page.getByRole('dialog').getByLabel('Vale até').getAttribute('min'),
      amanha,
      'tomorrow by the clock of the finance department',
    )
    await page.getByRole('dialog').getByLabel('Vale até').fill('2099-12-31')
    await dizer(page, 'contrato antigo')
    await page.getByText('Feito: exceção declarada.').waitFor()
    const [excecao] =
      await cena.sql`select registro_id, motivo, autor, (expira_em at time zone 'America/Sao_Paulo')::text as ate from audit.excecoes`
    t.match(excecao, {
      registro_id: '3',
      motivo: 'contrato antigo',
      autor: 'ana',
      ate: '2099-12-31 23:59:59',
    })

    const other = await entrar('revisor', 'bruno')
    await other.getByText('proposta por ana: a nota diz outra').waitFor()
    t.match(
      await other.locator('tbody').filter({ hasText: 'a nota diz outra' }).textContent(),
      /categoria ERR → TERCEIRA/,
    )
  },
)

test('a reader sees findings and not the warehouse, and what is refused is said', semNavegador, async (t) => {
  const { cena, entrar } = await mesa(t)
  await cena.lancar({ id: 1, descricao: 'segredo do armazém' })
  await cena.processar()
  const page = await entrar('leitor', 'leo')
  await page.getByRole('button', { name: /^Detalhes da divergência/ }).click()
  await page.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
  t.notMatch(await page.locator('body').textContent(), /segredo do armazém|como está agora/)
  await page.getByRole('button', { name: 'Aprovar' }).click()
  await dizer(page)
  await page.getByRole('dialog').getByRole('alert').waitFor()
  t.equal(await cena.status(1), 'aberta')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancelar' }).click()
  t.equal(await page.getByRole('dialog').count(), 0)
})

test(
  'a token that is no good leads back to the door, with the reason; leaving forgets the token',
  semNavegador,
  async (t) => {
    const { cena, server, entrar, open } = await mesa(t)
    await cena.lancar({ id: 1 })
    await cena.processar()
    const page = await open('?sessao=1')
    await page.getByLabel('Token').fill('eyJhbGciOiJIUzI1NiJ9.eyJ…')
    await page.getByRole('button', { name: 'Entrar' }).click()
    t.match(await page.getByRole('alert').textContent(), /não é um token inteiro/)
    await page.getByLabel('Token').fill(await forge(server.settings, { exp: 1_700_000_000 }))
    await page.getByRole('button', { name: 'Entrar' }).click()
    t.match(await page.getByRole('alert').textContent(), /o token venceu/)
    await page.getByLabel('Token').fill(await server.token('revisor', 'ana'))
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByText('1 divergência espera').waitFor()
    t.equal(await page.getByLabel('Sessão').inputValue(), '1', 'where the link led to is not lost')
    await page.getByRole('button', { name: 'Sair' }).click()
    await page.getByLabel('Token').waitFor()
    await page.reload()
    await page.getByLabel('Token').waitFor()
    const unknown = await entrar('revisor', 'ana', '?divergencia=999')
    await unknown.getByText('A divergência 999 não existe.').waitFor()
    const nobody = await entrar('revisor', 'ana', '?sessao=77')
    await nobody.getByText('Nada espera por decisão.').waitFor()
  },
)

test('what the ledger holds is shown as text, never run', semNavegador, async (t) => {
  const { cena, entrar } = await mesa(t)
  const hostile = '<img src=x onerror="document.title=1">{{1}}'
  await cena.lancar({ id: 1, categoria: `ERR${hostile}`, descricao: hostile })
  await cena.processar()
  const page = await entrar('administrador', 'adelia')
  await page.getByRole('button', { name: /^Detalhes da divergência/ }).click()
  await page.getByText(hostile, { exact: true }).waitFor()
  t.equal(await page.locator('img').count(), 0)
  t.equal(await page.title(), 'Conferente: revisão')
  await cena.lancar({ id: 2, categoria: `ERR${'x'.repeat(3000)}`, descricao: 'y'.repeat(3000), valor: 200 })
  await cena.processar()
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    await page.reload()
    await page
      .getByRole('button', { name: /^Detalhes da divergência/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'Registro 2 de dw.lancamentos, como está agora' }).waitFor()
    const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    t.ok(Number(wide) <= 0, `${width}: ${wide} pixels too wide`)
  }
})

test('when the server falls silent it is said, and the work can go on after', semNavegador, async (t) => {
  const { cena, entrar } = await mesa(t)
  await cena.lancar({ id: 1 })
  await cena.processar()
  const page = await entrar('revisor', 'ana')
  await page.getByLabel('Marcar todas desta lista').check()
  await page.getByRole('group', { name: '1 marcada' }).getByRole('button', { name: 'Rejeitar' }).click()
  await page.route('**/graphql', (route) => route.abort())
  await dizer(page, 'x')
  t.match(await page.getByRole('dialog').getByRole('alert').textContent(), /O servidor não responde/)
  await page.unroute('**/graphql')
  await dizer(page)
  await page.getByText('Feito: 1 rejeitada.').waitFor()
  // and also when it is the list that does not come
  await page.route('**/graphql', (route) => route.abort())
  await page.getByLabel('Situação').selectOption('falha')
  await page.getByText(/O servidor não responde/).waitFor()
  await page.unroute('**/graphql')
  await page.getByRole('button', { name: 'Tentar de novo' }).click()
  await page.getByText('Nada espera por decisão.').waitFor()
})

test(
  'an answer that comes late is not shown, and a decision clicked twice is one',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1 }, { id: 2, valor: 300 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await page.getByText('2 divergências esperam').waitFor()
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    await page.route(
      '**/graphql',
      async (route) => {
        await held
        await route.continue()
      },
      { times: 1 },
    )
    await page.getByLabel('Valor mínimo, R$').fill('200')
    await page.getByLabel('Valor mínimo, R$').press('Tab')
    await page.getByText('Carregando…').waitFor()
    await page.getByRole('button', { name: 'Limpar filtros' }).click()
    await page.getByText('2 divergências esperam').waitFor()
    const late = page.waitForResponse('**/graphql')
    release()
    await (await late).finished()
    await page.waitForTimeout(200)
    t.equal(await page.locator('tbody').count(), 2, 'what was asked last')

    // nor that of a single finding, over the list that was asked for after it
    const single = Promise.withResolvers<void>()
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('divergencia(')) await single.promise
      await route.continue()
    })
    await page.goto(`${page.url()}?divergencia=${(await cena.achado(1)).id}`)
    await page.getByRole('link', { name: 'Ver todas' }).click()
    await page.getByText('2 divergências esperam').waitFor()
    const lateSingle = page.waitForResponse((response) =>
      Boolean(response.request().postData()?.includes('divergencia(')),
    )
    single.resolve()
    await (await lateSingle).finished()
    await page.waitForTimeout(200)
    t.equal(await page.locator('tbody').count(), 2, 'the list, not the one')
    await page.unroute('**/graphql')

    await page.getByLabel('Marcar todas desta lista').check()
    await page.getByRole('group', { name: '2 marcadas' }).getByRole('button', { name: 'Rejeitar' }).click()
    await page.getByRole('dialog').getByLabel('Motivo').fill('duas vezes')
    await page.evaluate(
      "const f = document.querySelector('dialog form'); f.requestSubmit(); f.requestSubmit()",
    )
    await page.getByText('Feito: 2 rejeitadas.').waitFor()
    const operations = await cena.sql`select from audit.operacoes where tipo = 'rejeicao'`
    t.equal(operations.length, 1)
    t.equal(await page.getByRole('alert').count(), 0)
  },
)

test(
  'a typed correction is held against the row as it is: by its types, with what was proposed, emptied to null',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await precos(cena.sql)
    await cena.sql`update dw.precos set dia = '2026-01-31' where codigo = 'b'`
    await cena.como('olivia')`select audit.processar_divergencias('manual', regras => '{precos}')`
    const finding = async (codigo: string) => {
      const [row] =
        await cena.sql`select id::int, valores_digitados, status from audit.divergencias_processadas where registro_id = ${codigo}`
      return row as { id: number; valores_digitados: object; status: string }
    }
    const page = await entrar('revisor', 'ana', `?divergencia=${(await finding('b')).id}`)
    await page.getByRole('button', { name: 'Corrigir com outro valor' }).click()
    const dialog = page.getByRole('dialog')
    t.equal(await dialog.getByLabel('t', { exact: true }).inputValue(), 'certo', 'what is proposed')
    t.equal(await dialog.getByLabel('ativo').inputValue(), 'true')
    t.equal(
      await dialog.getByLabel('preco').inputValue(),
      '10.00',
      'what the row holds, which the rule did not note',
    )
    await dialog.getByLabel('preco').fill('1.234')
    await dizer(page, 'olhei a nota')
    t.equal((await finding('b')).status, 'aberta', 'what may be a thousand or one and a bit is not sent')
    await dialog.getByLabel('preco').fill('1234,5')
    await dialog.getByLabel('dia').fill('')
    await dizer(page)
    await page.getByText('Feito: 1 aguarda segunda pessoa.').waitFor()
    t.same((await finding('b')).valores_digitados, { t: 'certo', ativo: true, preco: 1234.5, dia: null })

    const other = await entrar('revisor', 'bruno', `?divergencia=${(await finding('b')).id}`)
    await other.getByText('proposta por ana: olhei a nota').waitFor()
    t.match(
      await other.locator('tbody').first().textContent(),
      /preco não anotado → 1234.5/,
      'a value that nobody noted is not called empty',
    )
    await other.getByRole('button', { name: 'Aprovar' }).click()
    await dizer(other)
    t.match(await feito(other), 'Feito: 1 corrigida.')
    const [row] = await cena.sql`select t, ativo, preco, dia from dw.precos where codigo = 'b'`
    t.same(row, { t: 'certo', ativo: true, preco: '1234.50', dia: null })

    // a key with odd characters, and a proposed amount of twenty digits: what JSON has rounded is not sent as if somebody had typed it
    await page.goto(page.url().replace(/divergencia=.*/, `divergencia=${(await finding('a/1 ü')).id}`))
    await page.getByText('12345678901234567890.12').waitFor()
    await page.getByRole('button', { name: 'Corrigir com outro valor' }).click()
    await dizer(page, 'só a categoria')
    await page.getByText('Feito: 1 aguarda segunda pessoa.').waitFor()
    t.same((await finding('a/1 ü')).valores_digitados, { t: 'certo', ativo: true })
  },
)

test(
  'what was not achieved is not shown as done: a row that moved, a conflict three ways, somebody who was faster',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4, descricao: 'aponta' })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await page.getByText('4 divergências esperam').waitFor()
    await cena.mudar(2, 'ERRO NOVO')
    await page.getByLabel('Marcar todas desta lista').check()
    await page.getByRole('group', { name: '4 marcadas' }).getByRole('button', { name: 'Aprovar' }).click()
    await page.getByText('1 marcada só aponta, sem correção a aprovar, e fica de fora.').waitFor()
    await dizer(page)
    t.match(await feito(page), /2 corrigidas, 1 obsoleta|1 obsoleta.*, 2 corrigidas/)
    t.equal(await page.locator('.notice.missed').count(), 1)
    await cena.mudar(1, 'DE OUTRA PESSOA')
    await page.getByRole('button', { name: 'Desfazer', exact: true }).click()
    t.match(
      await page.getByRole('dialog').textContent(),
      /Desfazer: 2 divergências/,
      'the two that were corrected',
    )
    await dizer(page, 'x')
    await page.getByText(/1 reaberta/).waitFor()
    t.match(
      await feito(page),
      /2 deixadas como estavam .*antes {"categoria": "ERR"}; depois {"categoria": "CERTA"}; agora {"categoria": "DE OUTRA PESSOA"}/,
    )
    t.same([await cena.categoria(1), await cena.categoria(3)], ['DE OUTRA PESSOA', 'ERR'])

    const flagged = await cena.achado(4)
    await page.getByLabel(`Marcar a divergência ${flagged.id}`).check()
    await cena.rejeitar('bruno', flagged.id)
    await page.getByRole('group', { name: '1 marcada' }).getByRole('button', { name: 'Rejeitar' }).click()
    await dizer(page, 'y')
    await page.getByRole('dialog').getByRole('alert').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancelar' }).click()
    await page.getByText('1 divergência espera').waitFor()
  },
)

test(
  'more than a page: the rest comes below, once, filters by session and amount hold, and back goes back',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar(...Array.from({ length: 60 }, (_, i) => ({ id: i + 1, valor: 100 + i })))
    await cena.processar()
    await cena.lancar({ id: 61, valor: 5000, confianca: 0.123 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await page.getByText('61 divergências esperam').waitFor()
    t.equal(await page.locator('tbody').count(), 50)
    await page.getByRole('button', { name: 'Mostrar mais' }).dblclick()
    await page.getByRole('button', { name: 'Mostrar mais' }).waitFor({ state: 'detached' })
    t.equal(await page.locator('tbody').count(), 61)
    const ids = await page.locator('tbody small').allTextContents()
    t.equal(new Set(ids).size, ids.length, 'none twice')
    await page.getByLabel('Valor mínimo, R$').fill('150')
    await page.getByLabel('Valor mínimo, R$').press('Tab')
    await page.getByText('11 divergências esperam').waitFor()
    await page.getByLabel('Sessão').fill('1')
    await page.getByLabel('Sessão').press('Tab')
    await page.getByText('10 divergências esperam').waitFor()
    await page.getByLabel('Sessão').fill('2')
    await page.getByLabel('Sessão').press('Tab')
    await page.getByText('11 divergências esperam').waitFor()
    await page.getByRole('checkbox').nth(1).check()
    await page.getByRole('group', { name: '1 marcada' }).getByRole('button', { name: 'Rejeitar' }).click()
    await page.goBack()
    await page.getByText('10 divergências esperam').waitFor()
    t.equal(await page.getByRole('dialog').count(), 0, 'what was marked elsewhere is not decided here')
    t.equal(await page.getByLabel('Sessão').inputValue(), '1')
    await page.goBack()
    await page.goBack()
    await page.getByText('61 divergências esperam').waitFor()
  },
)

test(
  'the keyboard is where it was when a dialog closes, and Escape does not hide what is under way',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1, valor: 150_000 })
    await cena.processar()
    const page = await entrar('revisor', 'ana')
    await page.getByRole('button', { name: /^Detalhes da divergência/ }).press('Enter')
    await page.getByRole('button', { name: 'Aprovar' }).press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Aprovar')
    await page.getByRole('button', { name: 'Aprovar' }).press('Enter')
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    await page.route('**/graphql', async (route) => {
      await held
      await route.continue()
    })
    await dizer(page, 'nota conferida')
    await page.keyboard.press('Escape')
    t.equal(await page.getByRole('dialog').count(), 1, 'still there while it runs')
    release()
    await page.getByText('Feito: 1 aguarda segunda pessoa.').waitFor()
    const row = page.locator('tbody')
    await row.getByRole('button', { name: 'Rejeitar' }).click()
    await dizer(page, 'pensando melhor')
    await page.getByText('Feito: 1 rejeitada.').waitFor()
    t.equal(await cena.status(1), 'rejeitada', 'who proposed may still reject')
  },
)

test(
  'everybody can use it: no barrier that axe knows, on a desk and on a phone, in light and dark',
  semNavegador,
  async (t) => {
    const { cena, entrar, open } = await mesa(t)
    await cena.lancar({ id: 1 }, { id: 2, valor: 150_000 }, { id: 3, descricao: 'aponta' })
    await cena.processar()
    const barriers = async (page: Page, where: string) => {
      await page.evaluate(AXE)
      const found = await page.evaluate(async () => {
        // biome-ignore lint/suspicious/noExplicitAny: axe puts itself there
        const { violations } = await (globalThis as any).axe.run()
        return violations.map(
          (v: { id: string; nodes: { html: string }[] }) => `${v.id}: ${v.nodes[0]?.html}`,
        )
      })
      t.same(found, [], where)
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      t.ok(Number(wide) <= 0, `${where}: nothing sticks out`)
    }
    for (const sight of [{}, { dark: true }, { width: 390 }]) {
      const name = JSON.stringify(sight)
      await barriers(await open('', sight), `the door ${name}`)
      const page = await entrar('revisor', 'ana', '', sight)
      await page.getByText('3 divergências esperam').waitFor()
      await page
        .getByRole('button', { name: /^Detalhes da divergência/ })
        .first()
        .click()
      await page.getByRole('heading', { name: 'Histórico do registro' }).waitFor()
      await page.getByRole('checkbox').nth(2).check()
      await barriers(page, `the list ${name}`)
      await page.getByRole('button', { name: 'Corrigir com outro valor' }).click()
      await barriers(page, `the dialog ${name}`)
      await page.keyboard.press('Escape')
      t.equal(await page.getByRole('dialog').count(), 0, 'Escape closes')
    }
  },
)

test('in the language of the server, below a path of its own', semNavegador, async (t) => {
  const { cena, server } = await mesa(t, { language: 'en', basePath: '/conferente' })
  await cena.lancar({ id: 1 })
  await cena.processar()
  const open = await navegador(t)
  const page = await open(`${server.url}/revisao`)
  await page.getByLabel('Token').fill(await server.token('revisor', 'ana'))
  await page.getByRole('button', { name: 'Enter' }).click()
  await page.getByText('1 finding waits').waitFor()
  t.equal(await page.locator('html').getAttribute('lang'), 'en')
})

test(
  'what only flags is confirmed; a value that was typed after the list was drawn is not approved',
  semNavegador,
  async (t) => {
    const { cena, entrar } = await mesa(t)
    await cena.lancar({ id: 1 }, { id: 2, descricao: 'aponta' })
    await cena.processar()
    const [um, dois] = [await cena.achado(1), await cena.achado(2)]
    await cena.digitar('bruno', um.id, { categoria: 'A' })
    const page = await entrar('revisor', 'ana')
    await page.getByText('2 divergências esperam').waitFor()
    await page.getByLabel(`Marcar a divergência ${um.id}`).check()
    await cena.digitar('bruno', um.id, { categoria: 'B' })
    await page.getByRole('group', { name: '1 marcada' }).getByRole('button', { name: 'Aprovar' }).click()
    await dizer(page)
    t.match(await page.getByRole('dialog').getByRole('alert').textContent(), /já não é o que foi visto.*"B"/)
    await page.getByRole('dialog').getByRole('button', { name: 'Cancelar' }).click()
    t.equal(await cena.categoria(1), 'ERR')
    await page.getByText('categoria ERR → B').waitFor()

    await page.getByLabel(`Marcar a divergência ${dois.id}`).check()
    const bar = page.getByRole('group', { name: '1 marcada' })
    await bar.getByRole('button', { name: 'Procede, tratada fora' }).click()
    await dizer(page, 'o fornecedor cancelou a nota')
    await page.getByText('Feito: 1 fechada.').waitFor()
    t.match(await cena.achado(2), { status: 'resolvida', motivo: 'o fornecedor cancelou a nota' })
  },
)
