// Regras: what administrators set, previewed, each change with its reason.

import type { Page } from 'playwright-core'
import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { type Desk, inHand, itemRows, makeDesk, readable, saidOnPage, waitFor } from '../../helper/desk.ts'

/** A ledger in which people book marketing, mostly where it belongs. */
async function book({ cena }: Desk) {
  await cena.asPerson(
    'adelia',
  )`select audit.alterar_configuracao('trade_marketing.categoria', '"Trade Marketing"', 'nosso plano de contas')`
  await cena.sql`
    insert into dw.lancamentos (id, data_lancamento, categoria, descricao, fornecedor, valor)
    select n, '2026-11-10', case when n <= 8 then 'Trade Marketing' else 'Serviços' end, 'Verba cooperada ' || n, 'Agência ' || n, 100
    from generate_series(1, 10) n`
}

const fragment = (page: Page, name: string) => page.locator('.list button.line', { hasText: name })
const keep = async (page: Page, form: string, reason: string) => {
  const there = page.getByRole('form', { name: form, exact: true })
  await there.getByLabel('Motivo da mudança').fill(reason)
  await there.getByRole('button', { name: 'Salvar' }).click()
}

test(
  'a pattern shows what it would match before it is saved, and is switched off and on again',
  noBrowser,
  async (t) => {
    const place = await makeDesk(t)
    const { cena, signIn } = place
    await book(place)
    const page = await signIn('administrador', 'adelia')
    await page.getByRole('link', { name: 'Regras' }).click()
    await inHand(page, 'Padrões de trade marketing').waitFor()
    await page.getByText('Escreva um padrão para ver o que ele alcança.').waitFor()
    const field = page.getByRole('textbox', { name: 'Padrão' })
    await field.pressSequentially('VERBA coop')
    const preview = page.locator('.preview')
    await preview.getByText('Em outra categoria: 2 de 10 (20%).').waitFor()
    t.match(
      await readable(preview.locator('.tally')),
      /alcançados\s+10[\s\S]*já em marketing\s+8[\s\S]*em outra categoria\s+2[\s\S]*R\$\s200,00/,
    )
    t.match(await readable(preview), /Trade Marketing \(8\), Serviços \(2\)/)
    await preview.getByRole('table').getByText('Verba cooperada 10', { exact: true }).waitFor()
    t.equal((await cena.sql`select from audit.padroes_trade_marketing`).length, 0, 'nothing is saved yet')
    // a pattern that cannot be used is reported while it is typed
    await page.getByLabel('Como compara').selectOption('regex')
    await field.fill('verba (')
    await preview.getByText('expressão regular inválida: verba (').waitFor()
    await field.fill('verba.*')
    await preview.getByText(/Em outra categoria: 2 de 10/).waitFor()
    await keep(page, 'Novo padrão', 'frase das notas das agências')
    await saidOnPage(page, /“verba\.\*”\. Feito: mudança salva\./)
    t.match(
      await cena.sql`select campo, tipo, acao, padrao, motivo, criado_por, ativo from audit.padroes_trade_marketing`,
      [
        {
          campo: 'descricao',
          tipo: 'regex',
          acao: 'incluir',
          padrao: 'verba.*',
          motivo: 'frase das notas das agências',
          criado_por: 'adelia',
          ativo: true,
        },
      ],
    )
    await page
      .getByRole('row', { name: /verba\.\*/ })
      .first()
      .waitFor()
    t.equal(await field.inputValue(), '', 'the next form starts empty')
    t.match(
      await readable(page.locator('.changes')),
      /adelia\s+“verba\.\*”, descrição: é marketing\s+frase das notas/,
    )
    await page.getByRole('button', { name: 'Desligar: verba.*' }).click()
    await keep(page, 'Desligar: verba.*', 'alcança demais')
    await saidOnPage(page, /mudança salva/)
    await page.getByText('Desligados (1)').click()
    t.match(await cena.sql`select ativo, motivo from audit.padroes_trade_marketing`, [
      { ativo: false, motivo: 'alcança demais' },
    ])
    await page.getByRole('button', { name: 'Religar: verba.*' }).click()
    await keep(page, 'Religar: verba.*', 'engano')
    await page.getByRole('button', { name: 'Desligar: verba.*' }).waitFor()
    t.match(await cena.sql`select ativo, motivo from audit.padroes_trade_marketing`, [
      { ativo: true, motivo: 'engano' },
    ])
  },
)

test(
  'a pattern that is too wide is saved only once the box "I have seen" is ticked',
  noBrowser,
  async (t) => {
    const place = await makeDesk(t)
    await book(place)
    const { cena, signIn } = place
    await cena.sql`update dw.lancamentos set categoria = 'Serviços' where id between 1 and 5`
    const page = await signIn('administrador', 'adelia', '?tela=regras')
    await inHand(page, 'Padrões de trade marketing').waitFor()
    await page.getByRole('textbox', { name: 'Padrão' }).fill('verba')
    await page
      .locator('.preview')
      .getByText(/Em outra categoria: 7 de 10/)
      .waitFor()
    await keep(page, 'Novo padrão', 'frase das notas')
    const form = page.getByRole('form', { name: 'Novo padrão', exact: true })
    await page
      .getByText(/alcança 10 lançamentos; em outra categoria: 7/)
      .first()
      .waitFor()
    t.same(await cena.sql`select from audit.padroes_trade_marketing`, [], 'nothing is saved')
    await form.getByLabel('Vi o que ele alcança').check()
    await form.getByRole('button', { name: 'Salvar' }).click()
    await saidOnPage(page, /“verba”\. Feito: mudança salva\./)
    t.match(await cena.sql`select padrao, ativo from audit.padroes_trade_marketing`, [
      { padrao: 'verba', ativo: true },
    ])
  },
)

test(
  'a pattern suggested by decisions is put into the form, with what it would match',
  noBrowser,
  async (t) => {
    const place = await makeDesk(t)
    await book(place)
    const { cena, signIn } = place
    const page = await signIn('administrador', 'adelia', '?tela=regras')
    await page.getByRole('button', { name: 'Procurar nas correções confirmadas' }).click()
    await page.getByText('Nenhuma sugestão por enquanto.').waitFor()
    await cena.asPerson(
      'adelia',
    )`select audit.salvar_padrao('descricao', 'palavra', 'verba', 'incluir', 'do negócio')`
    await cena.sql`
      insert into dw.lancamentos (id, data_lancamento, categoria, descricao, fornecedor, valor)
      select n, '2026-11-10', 'Serviços', 'verba de adesivação ' || n, 'Agência Sol', 100 from generate_series(21, 23) n`
    await cena.asPerson(
      'olivia',
    )`select from audit.processar_divergencias('manual', '2026-11-10', '2026-11-10', '{trade_marketing}')`
    await cena.asPerson(
      'ana',
    )`select from audit.aprovar_divergencias(array(select id from audit.divergencias_processadas), 'é marketing')`
    await page.reload()
    await page.getByRole('button', { name: 'Procurar nas correções confirmadas' }).click()
    await page.getByRole('button', { name: 'Usar: agencia sol' }).click()
    t.equal(await page.getByRole('textbox', { name: 'Padrão' }).inputValue(), 'agencia sol')
    await page.getByText('Nenhum está em outra categoria.').waitFor()
    await keep(page, 'Novo padrão', 'sempre é')
    await saidOnPage(page, /“agencia sol”\. Feito/)
    t.match(
      await cena.sql`select campo, tipo, acao from audit.padroes_trade_marketing where padrao = 'agencia sol'`,
      [{ campo: 'fornecedor', tipo: 'palavra', acao: 'incluir' }],
    )
  },
)

test(
  'thresholds and limits of a rule: only changes are sent, with a reason, and errors are shown in the form',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1 })
    await cena.runSession()
    const page = await signIn('administrador', 'adelia', '?tela=regras&grupo=regra.errada')
    await inHand(page, 'errada').waitFor()
    await page.locator('.sentence', { hasText: 'Categoria errada.' }).waitFor()
    const form = page.getByRole('form', { name: 'Mudar errada' })
    t.equal(await form.getByLabel('Limiar, em %').inputValue(), '95')
    t.equal(await form.getByLabel('Tempo-limite de uma etapa, em minutos').inputValue(), '10')
    await keep(page, 'Mudar errada', 'nada')
    await form.getByText('Nada mudou ainda.').waitFor()
    await form.getByLabel('Limiar, em %').fill('97,5')
    await form.getByLabel('Máximo corrigido por sessão, em R$').fill('1.250.000,50')
    await form.getByLabel('Máximo de correções por sessão').fill('mil')
    await keep(page, 'Mudar errada', 'primeiro mês')
    await form.getByText('Não dá para ler: mil').waitFor()
    await form.getByLabel('Máximo de correções por sessão').fill('1000')
    await form.getByLabel('Tempo-limite de uma etapa, em minutos').fill('2,5')
    await keep(page, 'Mudar errada', 'primeiro mês')
    await saidOnPage(page, /errada\. Feito: mudança salva\./)
    t.match(
      await cena.sql`select limiar::text, limite_valor::text, limite_linhas::int, tempo_limite::text, automatica, piso::text from audit.regras where nome = 'errada'`,
      [
        {
          limiar: '0.9750',
          limite_valor: '1250000.50',
          limite_linhas: 1000,
          tempo_limite: '00:02:30',
          automatica: true,
          piso: '0.1000',
        },
      ],
    )
    t.match(
      await cena.sql`select motivo, ator from audit.operacoes where tipo = 'regra' order by id desc limit 1`,
      [{ motivo: 'primeiro mês', ator: 'adelia' }],
    )
    await page.locator('.changes').getByText('Limiar, em %: 95% → 97,5%').waitFor()
    // the database has the last word, and what was typed stays
    await form.getByLabel('Limiar, em %').fill('120')
    await keep(page, 'Mudar errada', 'demais')
    await saidOnPage(page, /valor inválido para a regra errada/)
    t.equal(await form.getByLabel('Limiar, em %').inputValue(), '120')
    await form.getByLabel('Limiar, em %').fill('97,5')
    await form.getByLabel('Máximo de correções por sessão').fill('')
    await form.getByLabel('Colunas pelas quais se reconhece o lançamento').fill('fornecedor, documento')
    await form.getByLabel('Esquemas, funções e visões que também são código dela').fill('dw')
    await keep(page, 'Mudar errada', 'sem limite próprio')
    await saidOnPage(page, /Feito/)
    t.match(await cena.sql`select colunas_resumo, dependencias from audit.regras where nome = 'errada'`, [
      { colunas_resumo: ['fornecedor', 'documento'], dependencias: ['dw'] },
    ])
    t.match(await cena.sql`select limite_linhas from audit.regras where nome = 'errada'`, [
      { limite_linhas: null },
    ])
  },
)

test(
  'labels are chosen from the ledger; schedule, recipients and reasons are typed as people write them',
  noBrowser,
  async (t) => {
    const place = await makeDesk(t)
    await book(place)
    const { cena, signIn } = place
    const page = await signIn('administrador', 'adelia', '?tela=regras&grupo=rotulos')
    const valor = async (key: string) =>
      (await cena.sql`select valor, alterada_por from audit.configuracoes_sistema where chave = ${key}`)[0]
    const change = async (key: string) => {
      await page.getByRole('button', { name: `Mudar ${key}`, exact: true }).click()
      return page.getByRole('form', { name: `Mudar ${key}`, exact: true })
    }
    const labels = await change('pendente.rotulos')
    await labels.getByRole('button', { name: /^Serviços/ }).click()
    await labels.getByRole('button', { name: /^OUTRA/ }).click()
    await labels.getByRole('button', { name: /^OUTRA/ }).click()
    await keep(page, 'Mudar pendente.rotulos', 'assim se estaciona aqui')
    await saidOnPage(page, /pendente\.rotulos\. Feito/)
    t.match(await valor('pendente.rotulos'), { valor: ['Serviços'], alterada_por: 'adelia' })
    await page
      .locator('.changes')
      .getByRole('row', { name: /pendente\.rotulos: não definido → Serviços assim se estaciona aqui/ })
      .waitFor()

    const marketing = await change('trade_marketing.categoria')
    await marketing.getByLabel('trade_marketing.categoria').fill('Servicos')
    await keep(page, 'Mudar trade_marketing.categoria', 'ainda será carregada')
    t.match(await saidOnPage(page, /Feito/), /Feito/)
    await marketing.waitFor({ state: 'detached' })
    await (await change('trade_marketing.categoria'))
      .getByLabel('trade_marketing.categoria')
      .fill('Servissos')
    await keep(page, 'Mudar trade_marketing.categoria', 'ainda será carregada')
    t.match(
      await saidOnPage(page, /nenhum lançamento tem a categoria/),
      /nenhum lançamento tem a categoria: Servissos \(parecidas, com seus lançamentos: Serviços/,
      'the warning that psql shows',
    )

    await fragment(page, 'Agenda').click()
    await page.getByText(/^Próxima sessão: /).waitFor()
    await (await change('agenda.cron')).getByLabel('agenda.cron').fill('0 25 * * *')
    await keep(page, 'Mudar agenda.cron', 'mais cedo')
    await saidOnPage(page, /valor inválido para agenda\.cron/)
    await page.getByRole('form', { name: 'Mudar agenda.cron' }).getByLabel('agenda.cron').fill('30 6 * * 1-5')
    await keep(page, 'Mudar agenda.cron', 'mais cedo')
    await page.getByText(/^Próxima sessão: .*06:30/).waitFor()
    await (await change('agenda.modo')).getByLabel('agenda.modo').selectOption('manual')
    await keep(page, 'Mudar agenda.modo', 'só olhar')
    await saidOnPage(page, /agenda\.modo\. Feito/)
    t.match(await valor('agenda.modo'), { valor: 'manual' })

    await fragment(page, 'Destinatários e e-mail').click()
    await (await change('correio.destinatarios'))
      .getByLabel('correio.destinatarios', { exact: true })
      .fill('maria@empresa.com.br\n\nisto não é um endereço')
    await keep(page, 'Mudar correio.destinatarios', 'equipe')
    await saidOnPage(page, /valor inválido para correio\.destinatarios/)
    await page
      .getByLabel('correio.destinatarios', { exact: true })
      .fill('maria@empresa.com.br\njoao@empresa.com.br')
    await keep(page, 'Mudar correio.destinatarios', 'equipe')
    await saidOnPage(page, /correio\.destinatarios\. Feito/)
    t.match(await valor('correio.destinatarios'), { valor: ['maria@empresa.com.br', 'joao@empresa.com.br'] })

    await fragment(page, 'Limites, segunda pessoa e períodos').click()
    await (await change('aprovacao.valor_dupla')).getByLabel('aprovacao.valor_dupla').fill('50.000,00')
    await keep(page, 'Mudar aprovacao.valor_dupla', 'auditoria')
    await saidOnPage(page, /aprovacao\.valor_dupla\. Feito/)
    await page
      .getByRole('row', { name: /^aprovacao\.valor_dupla .*R\$\s50\.000,00 Valor inicial: R\$\s100\.000,00/ })
      .waitFor()
    t.equal(Number((await valor('aprovacao.valor_dupla'))?.['valor']), 50_000)

    await fragment(page, 'Revisão').click()
    const reasons = await change('revisao.motivos')
    await reasons
      .getByRole('textbox', { name: 'revisao.motivos' })
      .fill('rejeitar: fora do escopo\nesperar: nada')
    await keep(page, 'Mudar revisao.motivos', 'os nossos')
    await reasons.getByText(/Não dá para ler: “esperar: nada”/).waitFor()
    await reasons
      .getByRole('textbox', { name: 'revisao.motivos' })
      .fill('rejeitar: fora do escopo\nadiar: espero a nota')
    await keep(page, 'Mudar revisao.motivos', 'os nossos')
    await saidOnPage(page, /revisao\.motivos\. Feito/)
    t.match(await valor('revisao.motivos'), {
      valor: [
        { ato: 'rejeitar', texto: 'fora do escopo' },
        { ato: 'adiar', texto: 'espero a nota' },
      ],
    })
  },
)

test(
  'a month is closed and reopened with a reason; its findings say what to book in the open month',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 700, data: '2026-10-20' }, { id: 2 })
    await cena.runSession()
    const page = await signIn('administrador', 'adelia', '?tela=regras&grupo=periodos')
    await page.getByText('Nenhum mês está fechado.').waitFor()
    await page.getByRole('button', { name: 'Fechar um mês' }).click()
    await page.getByLabel('Mês', { exact: true }).fill('2026-10')
    await keep(page, 'Fechar um mês', 'balanço assinado')
    await page.getByRole('row', { name: /^10\/2026 a empresa toda adelia .* balanço assinado/ }).waitFor()
    const reviewer = await signIn('revisor', 'ana')
    await reviewer.getByText('1 em período fechado: nada se grava nele.').waitFor()
    await itemRows(reviewer).getByText('período fechado: R$\u00a0700,00 a lançar no período aberto').waitFor()
    t.equal(
      await itemRows(reviewer).getByText('período fechado').count(),
      1,
      'nothing is said about the other month',
    )
    await reviewer.goto(reviewer.url().replace(/[?].*|$/, `?divergencia=${(await cena.finding(1)).id}`))
    await itemRows(reviewer).getByText('a lançar no período aberto').waitFor()
    await page.getByRole('button', { name: 'Reabrir: 10/2026, a empresa toda' }).click()
    await keep(page, 'Reabrir: 10/2026, a empresa toda', 'faltou uma nota')
    await page.getByText('Nenhum mês está fechado.').waitFor()
    await page.locator('.changes').getByText('fechado 10/2026, a empresa toda').waitFor()
    await page.locator('.changes').getByText('reaberto 10/2026, a empresa toda').waitFor()
    t.same([...(await cena.sql`select mes from audit.periodos_fechados()`)], [])
  },
)

test('only administrators reach this screen, by link or by key', noBrowser, async (t) => {
  const { cena, signIn } = await makeDesk(t)
  await cena.book({ id: 1 })
  await cena.runSession()
  for (const role of ['leitor', 'revisor', 'operador'] as const) {
    const page = await signIn(role, role, '?tela=regras')
    await waitFor(page, /^1 espera/)
    t.equal(await page.getByRole('link', { name: 'Regras' }).count(), 0, role)
    await page.keyboard.press('7')
    t.equal(await page.locator('.ruling').count(), 0, role)
  }
  const page = await signIn('administrador', 'adelia')
  await waitFor(page, /^1 espera/)
  await page.keyboard.press('7')
  await inHand(page, 'Padrões de trade marketing').waitFor()
  await page.keyboard.press('j')
  await inHand(page, 'Trade marketing em outra categoria').waitFor()
})
