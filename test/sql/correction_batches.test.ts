import t from 'tap'
import { onCitus } from '../helper/cluster.ts'
import { one, scenario } from '../helper/scenario.ts'

t.test('many batches correct all of it, whatever the keys look like', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_configuracao('sessao.tamanho_lote', '3', 'teste')`
  const ids = [-20, -3, 0, 7, 10, 99, 100, 1_000_000, 2_147_483_647, 9_007_199_254_740_991]
  await c.book(...ids.map((id) => ({ id })), { id: 50, categoria: 'BOA' })
  const session = await c.runSession('auto')
  t.equal(session['corrigidas'], 10n)
  t.equal(session['status'], 'concluida')
  for (const id of ids) t.equal(await c.categoria(id), 'CERTA', `row ${id}`)
  t.equal(await c.categoria(50), 'BOA')
  const batches = await c.sql`
    select linhas::int as n from audit.operacoes where tipo = 'correcao' and sessao_id = ${session['id']} order by id`
  t.same(
    batches.map(({ n }) => n),
    [3, 3, 3, 1],
  )
  const back = await c.asPerson('bruno')`
    select resultado from audit.reverter_sessao(${session['id']}, 'para ver')`
  t.same([...new Set(back.map(({ resultado }) => resultado))], ['revertida'])
  for (const id of ids) t.equal(await c.categoria(id), 'ERR', `row ${id}`)
})

t.test('contested findings stay open and block nothing, even a whole batch of them', async (t) => {
  const c = await scenario(t)
  await c.sql`select audit.alterar_configuracao('sessao.tamanho_lote', '2', 'teste')`
  await c.book({ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 })
  // another rule that wants the first two to be something else
  await c.sql.unsafe(`
    create schema outra; grant usage on schema outra to conferente_regra;
    create function outra.outra(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
    begin
      return query select 'dw.lancamentos', l.id::text, '{"categoria": "X"}'::jsonb, 0.5, '{}'::jsonb, 'outra', 1.0
      from dw.lancamentos l where l.id in (1, 2) and l.categoria <> 'X'
        and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
    end $$;`)
  await c.sql`
    select audit.registrar_regra('outra', 'Outra.', 'outra.outra', 'dw.lancamentos', 'id', array['categoria'],
      'data_lancamento', 'carregado_em', 'valor', 0.5, 0.95)`
  const session = one(
    await c.asPerson(
      'olivia',
    )`select * from audit.processar_divergencias('auto', regras => '{errada,outra}')`,
  )
  t.equal(session['corrigidas'], 3n)
  t.equal(await c.categoria(1), 'ERR')
  t.equal(await c.categoria(2), 'ERR')
  for (const id of [3, 4, 5]) t.equal(await c.categoria(id), 'CERTA')
  const [open] = await c.sql`
    select count(*)::int as n from audit.divergencias_processadas where regra = 'errada' and status = 'aberta'`
  t.equal(open?.['n'], 2)
})

t.test('contested findings do not count against a limit', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 }, { id: 3 })
  await c.sql.unsafe(`
    create schema outra; grant usage on schema outra to conferente_regra;
    create function outra.outra(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $$
    begin
      return query select 'dw.lancamentos', l.id::text, '{"categoria": "X"}'::jsonb, 0.5, '{}'::jsonb, 'outra', 1.0
      from dw.lancamentos l where l.id = 1 and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
    end $$;
    select audit.registrar_regra('outra', 'Outra.', 'outra.outra', 'dw.lancamentos', 'id', array['categoria'],
      'data_lancamento', 'carregado_em', 'valor', 0.5, 0.95);
    select audit.alterar_configuracao('limites.linhas', '2', 'teste');`)
  const session = one(
    await c.asPerson(
      'olivia',
    )`select * from audit.processar_divergencias('auto', regras => '{errada,outra}')`,
  )
  t.equal(session['limite_atingido'], null)
  t.equal(session['corrigidas'], 2n)
})

const skip = onCitus('it does not write through views')
t.test(
  'a correction changed by a trigger below the view is undone, not reported as corrected',
  { skip },
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 }, { id: 2 })
    await c.sql.unsafe(`
    alter table dw.lancamentos rename to fato;
    create view dw.lancamentos as select * from dw.fato;
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;
    create schema gatilho; grant usage on schema gatilho to conferente_escrita;
    create function gatilho.acrescentar() returns trigger language plpgsql as $$
    begin
      if new.categoria = 'CERTA' then update dw.fato set categoria = 'CERTA (revista)' where id = new.id; end if;
      return null;
    end $$;
    create trigger acrescentar after update on dw.fato for each row execute function gatilho.acrescentar();`)
    const session = await c.runSession('auto')
    t.match(session, { status: 'concluida_com_falhas', corrigidas: 0n, falhas: 2n })
    t.same(await c.sql`select from audit.alteracoes`, [])
    t.same(
      (await c.sql`select categoria from dw.fato where id > 0 order by id`).map((r) => r['categoria']),
      ['ERR', 'ERR'],
    )
    t.match(await c.sql`select status, motivo from audit.divergencias_processadas`, [
      { status: 'falha', motivo: /foi pedido "CERTA", e ficou "CERTA \(revista\)"/ },
      { status: 'falha' },
    ])
  },
)
