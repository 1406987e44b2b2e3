// A morning of 200 findings, cleared by keyboard alone; the keys are counted.
import { test } from 'tap'
import { noBrowser } from '../../helper/browser.ts'
import { makeDesk, waitFor } from '../../helper/desk.ts'
import { clearImprobable, clearQueue } from '../../helper/keyboard.ts'
import { one } from '../../helper/scenario.ts'

/**
 * Groups like those of the demonstration's mornings: many small ones of one category each, a few large or expensive ones, some that
 * only flag, and a lane of what is probably no error.
 */
const MORNING = `
  insert into dw.lancamentos (id, data_lancamento, carregado_em, categoria, fornecedor, documento, filial, descricao, valor, confianca)
  select i, '2026-11-10', now() - interval '1 hour', 'ERR', 'Fornecedor ' || i % 17, 'NF ' || 1000 + i, 'SP0' || i % 4,
    case when i <= 12 then 'aponta' else 'Serviço ' || i end,
    case when i between 13 and 20 then 150000 + i when i between 21 and 80 then 10 + i else 100 + 7 * i end,
    case when i between 141 and 160 then 0.04 when i between 161 and 200 then 0.7 else 0.99 end
  from generate_series(1, 200) as i;
  -- the rule proposes a category of its own for every few entries
  create or replace function dw.errada(janela audit.janela) returns setof audit.achado language sql stable
  set search_path = pg_catalog, pg_temp as $f$
    select 'dw.lancamentos', l.id::text,
      case when l.descricao = 'aponta' then '{}' else jsonb_build_object('categoria', case when l.id between 21 and 80 then 'Frete'
        else 'Categoria ' || l.id % 14 end) end,
      l.confianca, jsonb_build_object('tipo', case when l.descricao = 'aponta' then 'dupla_' || l.id % 3 end), 'o histórico diz outra categoria', l.valor
    from dw.lancamentos l
    where l.categoria like 'ERR%' and (janela.chaves is null or l.id = any (janela.chaves::bigint[]))
  $f$;
  insert into dw.lancamentos (id, categoria) select -i, 'Categoria ' || i from generate_series(0, 13) as i;`

test(
  'a morning of 200 findings is cleared with the keyboard alone, in at most 120 keys and without a click',
  noBrowser,
  async (t) => {
    const { cena, signIn } = await makeDesk(t, { resumo: true })
    await cena.sql.unsafe(MORNING)
    await cena.runSession()
    const waiting = async () =>
      one(
        await cena.sql`select count(*)::int as n, count(distinct grupo)::int as groups
          from audit.vw_divergencias_abertas where status <> 'aguardando_segunda_aprovacao'`,
      ) as { n: number; groups: number }
    const before = await waiting()
    t.equal(before.n, 200)

    const page = await signIn('revisor', 'ana')
    await waitFor(page, /^180 esperam/)
    await page.getByRole('link', { name: '20 provavelmente não são erros' }).waitFor()
    const clicks = await page.evaluate(
      'globalThis.clicks = 0; addEventListener("click", () => clicks++, true)',
    )
    t.equal(clicks, undefined)
    const began = Date.now()
    const efforts = [await clearQueue(page), await clearImprobable(page)]
    const keys = efforts.reduce((sum, effort) => sum + effort.keys, 0)
    const decisions = efforts.reduce((sum, effort) => sum + effort.decisions, 0)
    await waitFor(page, 'Nada espera por decisão.')
    t.equal((await waiting()).n, 0)
    t.equal(await page.evaluate('globalThis.clicks'), 0)
    t.ok(keys <= 120, `${keys} keys`)
    t.ok(decisions <= before.groups, `${decisions} decisions for ${before.groups} groups`)
    t.comment(`200 findings, ${decisions} decisions, ${keys} keys, ${Date.now() - began} ms`)

    const [became] = await cena.sql`select count(*) filter (where status = 'corrigida')::int as corrigidas,
      count(*) filter (where status = 'aguardando_segunda_aprovacao')::int as segunda, count(*) filter (where status = 'rejeitada')::int as rejeitadas,
      count(*) filter (where status = 'resolvida')::int as confirmadas from audit.divergencias_processadas`
    t.match(became, { segunda: 8, rejeitadas: 20, confirmadas: 12, corrigidas: 160 })
    const [operations] =
      await cena.sql`select count(*)::int as n from audit.operacoes where tipo in ('aprovacao', 'rejeicao', 'confirmacao')`
    t.equal(operations?.['n'], decisions, 'each decision is one operation')
  },
)
