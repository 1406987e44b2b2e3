// Visão geral: what a manager asks about the last days, and a session run, followed, simulated and cancelled from the page.

import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { type Desk, inHand, makeDesk, readable, saidOnPage, waitFor } from '../../helper/desk.ts'
import { launchWorker, until } from '../../helper/work.ts'

/** A single rule that takes this many seconds. */
async function slowOne({ cena }: Desk, seconds: number) {
  await cena.sql.unsafe(`
    update audit.regras set ativa = nome = 'errada';
    update audit.configuracoes_sistema set alterada_em = clock_timestamp() where chave like 'agenda.%';
    create or replace function dw.errada(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $f$
    begin
      perform pg_sleep(${seconds});
      return query select 'dw.lancamentos', l.id::text, '{"categoria": "CERTA"}'::jsonb, 0.99, '{}'::jsonb, 'está errada', l.valor
      from dw.lancamentos l where l.categoria = 'ERR' and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
    end $f$;
    select audit.alterar_regra('errada', '{"automatica": true}', 'teste')`)
}

const sleeping = async ({ cena }: Desk) =>
  (await cena.sql`select from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`)
    .length

test(
  'what waits and for how long, new and settled findings per day with a table, what each rule did and may do',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t)
    await cena.book({ id: 1, valor: 900 }, { id: 2, confianca: 0.5, valor: 250 }, { id: 3, confianca: 0.5 })
    await cena.runSession('auto')
    await cena.reject('ana', (await cena.finding(3)).id)
    const page = await signIn('leitor', 'leo', '?tela=geral')
    await inHand(page, 'Agora').waitFor()
    t.match(
      await readable(page.locator('.overview .tally').first()),
      /esperam uma pessoa\s+1\s+em risco\s+R\$\s250,00\s+novas em 30 dias\s+3\s+decididas em 30 dias\s+1\s+corrigidas sozinhas em 30 dias\s+1/,
    )
    t.equal(
      await page
        .getByRole('img', { name: /^Divergências novas e resolvidas, por dia, em 30 dias/ })
        .locator('rect')
        .count(),
      2,
    )
    await page.getByText('Os mesmos números em tabela').click()
    t.equal(await page.locator('table.trend tbody tr').count(), 30)
    t.match(
      await readable(page.locator('table.trend tbody tr').first()),
      /3\s+R\$\s1\.250,00\s+1\s+1\s+R\$\s900,00/,
    )
    await page.getByRole('button', { name: '90 dias' }).click()
    await page
      .getByRole('img', { name: /em 90 dias/ })
      .first()
      .waitFor()
    t.equal(await page.locator('table.trend tbody tr').count(), 90)
    t.match(await readable(page.locator('table.ages tbody tr').first()), /de hoje\s+1\s+R\$\s250,00/)
    const rule = page.getByRole('region', { name: 'Regras' }).getByRole('row', { name: /^errada/ })
    t.match(
      await readable(rule),
      /sim, sem prova\s+\S+ concedeu 1\.000\.000 correções e R\$[\s\S]*0%\s+0 de 1\s+0% a 79,35%/,
      'its interval, and what proves it',
    )
    t.match(
      await readable(
        page
          .getByRole('region', { name: 'O que cada regra fez em 90 dias' })
          .getByRole('row', { name: /^errada/ }),
      ),
      /errada\s+1\s+\d+\s+3\s+3\s+1\s+R\$\s900,00\s+0/,
    )
    await page.getByText(/^Próxima sessão: .*07:00 \(America\/Sao_Paulo\)/).waitFor()
    t.equal(await page.getByRole('button', { name: 'Rodar agora' }).count(), 0, 'a reader runs nothing')
    await cena.asPerson('adelia')`select audit.alterar_regra('errada', '{"automatica": false}', 'por ora')`
    const admin = await signIn('administrador', 'adelia', '?tela=geral')
    await admin.getByText('ninguém lhe deu a correção automática').first().waitFor()
    await admin.getByRole('row', { name: /^errada.*Devolver/ }).waitFor()
  },
)

test(
  'a session is run from the page, followed while it runs, and cancelled with a reason',
  noBrowser,
  async (t) => {
    const place = await makeDesk(t)
    const { cena, signIn } = place
    await cena.book({ id: 1 }, { id: 2 })
    await slowOne(place, 0.2)
    const page = await signIn('operador', 'olivia', '?tela=geral')
    await page.getByLabel('Modo').selectOption('auto')
    await page.getByRole('button', { name: 'Rodar agora' }).click()
    const follow = page.locator('.follow')
    await follow.getByText('Sessão 1, agendada').waitFor()
    await page.getByText('Nenhum trabalhador a pegou ainda.').waitFor()
    t.equal(await page.getByRole('button', { name: 'Rodar agora' }).isDisabled(), true, 'not twice')
    await launchWorker(t, cena.url)
    await follow.getByText('Sessão 1, concluída').waitFor()
    t.match(await readable(follow), /1 de 1 regras · 2 divergências, 2 corrigidas/)
    t.equal(await cena.categoria(1), 'CERTA')
    await page.getByRole('link', { name: 'Corrigidas hoje 2' }).waitFor()

    await slowOne(place, 60)
    await page.getByRole('button', { name: 'Rodar agora' }).click()
    await follow.getByText('Sessão 2, em andamento').waitFor()
    const other = await signIn('leitor', 'leo', '?tela=geral')
    await other.locator('.follow').getByText('Sessão 2, em andamento').waitFor()
    t.equal(await other.getByRole('button', { name: 'Cancelar' }).count(), 0, 'a reader may watch')
    await follow.getByRole('button', { name: 'Cancelar' }).click()
    await follow.getByLabel('Motivo do cancelamento').fill('carga incompleta')
    await follow.getByRole('button', { name: 'Cancelar' }).click()
    await follow.getByText('Sessão 2, cancelada').waitFor()
    await follow.getByText('cancelada por olivia: carga incompleta').waitFor()
    await until(async () => (await sleeping(place)) === 0)
    await other.locator('.follow').getByText('Sessão 2, cancelada').waitFor()
  },
)

test(
  'a simulation says what a session would do, changes nothing, and can be cancelled',
  noBrowser,
  async (t) => {
    const place = await makeDesk(t)
    const { cena, signIn } = place
    await cena.book({ id: 1, valor: 700 }, { id: 2, valor: 50 })
    await slowOne(place, 0)
    const page = await signIn('operador', 'olivia', '?tela=geral')
    await page.getByLabel('Modo').selectOption('auto')
    await page.getByLabel('De', { exact: true }).fill('2026-11-01')
    await page.getByLabel('Até', { exact: true }).fill('2026-11-30')
    await page.getByRole('button', { name: 'Simular' }).click()
    const found = page.getByRole('region', { name: 'O que a simulação achou' })
    await found.getByText('Nada mudou. A sessão encontraria e corrigiria isto:').waitFor()
    t.match(await readable(found.getByRole('row', { name: /^errada/ })), /2\s+2\s+2\s+2\s+R\$\s750,00/)
    t.equal(await cena.categoria(1), 'ERR')
    t.equal((await cena.sql`select from audit.sessoes_processamento`).length, 0)

    await slowOne(place, 60)
    await page.getByRole('button', { name: 'Simular' }).click()
    await page.getByText(/^Simulando há \d+ segundo/).waitFor()
    await page.locator('.follow').getByText('regra 1 de 1: procurando com errada').waitFor()
    await until(async () => (await sleeping(place)) === 1)
    await sleep(200)
    await page.locator('.follow').getByRole('button', { name: 'Cancelar' }).click()
    await saidOnPage(page, /Simulação cancelada\. Nada mudou\./)
    await until(async () => (await sleeping(place)) === 0)
    t.equal((await cena.sql`select from audit.divergencias_processadas`).length, 0)
    // a refusal of the database is shown, and the form is as it was
    await page.getByLabel('De', { exact: true }).fill('2026-12-30')
    await page.getByRole('button', { name: 'Simular' }).click()
    await saidOnPage(page, /Simular: /)
    t.equal(await page.getByLabel('De', { exact: true }).inputValue(), '2026-12-30')
    await page.keyboard.press('1')
    await waitFor(page, /^(Nada|\d+) esper/)
  },
)
