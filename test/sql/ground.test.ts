// What the warehouse stands on: where a correction would be half done, undone by another server, or impossible, nothing is corrected.
import t, { type Test } from 'tap'
import { type Scenario, scenario } from '../helper/scenario.ts'

/** Entry 1 lies here, and one more on each of so many other servers, which are this one by another name. */
async function elsewhere(c: Scenario, servers: number) {
  const { hostname, port, username, password, pathname } = new URL(c.url)
  await c.sql.unsafe('create extension postgres_fdw; create schema longe')
  for (let n = 1; n <= servers; n++) {
    const [far] =
      await c.sql`select format('create table longe.lancamentos_%s (like dw.lancamentos)', ${n}::int) as sql`
    await c.sql.unsafe(`${far?.['sql']};
      create server servidor_${n} foreign data wrapper postgres_fdw
        options (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}');
      create user mapping for public server servidor_${n} options (user '${username}', password '${password}', password_required 'false');
      create foreign table dw.lancamentos_${n} () inherits (dw.lancamentos)
        server servidor_${n} options (schema_name 'longe', table_name 'lancamentos_${n}');
      grant select, update on dw.lancamentos_${n} to conferente_regra, conferente_escrita;
      insert into longe.lancamentos_${n} (id, data_lancamento, carregado_em, categoria, descricao, valor, confianca)
        values (${100 + n}, '2026-11-10', now() - interval '1 hour', 'ERR', 'x', 100, 0.99)`)
  }
}

const ground = (c: Scenario, ...items: string[]) =>
  c.asPerson(
    'olivia',
  )`select item, situacao, detalhe, sugestao from audit.diagnosticar_contrato() where item = any (${items})`

/** Nothing is written: not by auto, not by a person, and each is told why. */
async function isLeftAlone(t: Test, c: Scenario, why: RegExp) {
  const session = await c.runSession('auto')
  t.match(session, { status: 'concluida', encontradas: /[1-9]/ }, 'errors are found as before')
  const [ran] =
    await c.sql`select corrigidas, motivo from audit.execucoes_regra where sessao_id = ${session['id']}`
  t.match(ran, { corrigidas: 0n, motivo: why })
  const { id, status } = await c.finding(1)
  t.equal(status, 'aberta', 'auto tries nothing')
  t.match(await c.approve('ana', id), [{ explicacao: why }])
  t.equal(await c.categoria(1), 'ERR')
  t.match(await c.sql`select count(*)::int as alteracoes from audit.alteracoes`, [{ alteracoes: 0 }])
}

t.test('rows on two other servers are found and not corrected', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await elsewhere(c, 2)
  t.match(await ground(c, 'tabelas externas'), [
    {
      situacao: 'erro',
      detalhe: /lancamentos_1, .*lancamentos_2 em servidor_1, servidor_2/,
      sugestao: /pela metade/,
    },
  ])
  await isLeftAlone(t, c, /Dois servidores não confirmam juntos/)
})

t.test('rows on one other server are corrected, with a warning in the diagnosis', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await elsewhere(c, 1)
  t.match(await ground(c, 'tabelas externas'), [{ situacao: 'aviso', detalhe: /em servidor_1$/ }])
  t.match(await c.runSession('auto'), { status: 'concluida' })
  t.equal(await c.categoria(1), 'CERTA')
  t.equal(await c.categoria(101), 'CERTA')
})

t.test('a table filled by a subscription is neither corrected nor rolled back', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 }, { id: 2 })
  await c.runSession()
  const before = await c.finding(2)
  t.match(await c.approve('ana', before.id), [{ status: 'corrigida' }])
  await c.sql`create subscription do_erp connection 'host=127.0.0.1 port=1' publication p with (connect = false)`
  t.teardown(() => c.sql.unsafe('alter subscription do_erp set (slot_name = none); drop subscription do_erp'))
  await c.sql`insert into pg_subscription_rel (srsubid, srrelid, srsubstate)
    select oid, 'dw.lancamentos'::regclass, 'r' from pg_subscription where subname = 'do_erp'`
  t.match(await ground(c, 'replicação lógica'), [
    { situacao: 'erro', detalhe: /dw.lancamentos vem .* do_erp/ },
  ])
  const rolledBack = await c.asPerson('bruno')`select resultado, explicacao
    from audit.reverter_divergencias(${[before.id]}, 'engano')`
  t.match(rolledBack, [{ explicacao: /a origem desfaria/ }])
  t.equal(await c.categoria(2), 'CERTA')
  const again = await c.runSession('auto')
  t.match(await c.sql`select motivo from audit.execucoes_regra where sessao_id = ${again['id']}`, [
    { motivo: /nada corrige sozinha aqui: replicação lógica/ },
  ])
  t.equal(await c.categoria(1), 'ERR')
})

t.test(
  'a looked-up dimension filled by a subscription is a warning; the fact table is corrected',
  async (t) => {
    const c = await scenario(t)
    await c.book({ id: 1 })
    await c.sql.unsafe(`alter table dw.lancamentos set schema public; alter table public.lancamentos rename to fato;
    create table public.dimensao (id bigint, nome text);
    create view public.por_baixo as select f.*, d.nome from public.fato f left join public.dimensao d on d.id = f.id;
    create view dw.lancamentos as select id as chave, b.* from public.por_baixo b;
    create function public.gravar() returns trigger language plpgsql security definer as $$
      begin update public.fato set categoria = new.categoria where id = new.id; return new; end $$;
    create trigger gravar instead of update on dw.lancamentos for each row execute function public.gravar();
    grant select, update on dw.lancamentos to conferente_regra, conferente_escrita`)
    const subscribe = async (table: string) => {
      await c.sql.unsafe(
        `create subscription ${table} connection 'host=127.0.0.1 port=1' publication p with (connect = false)`,
      )
      t.teardown(() =>
        c.sql.unsafe(`alter subscription ${table} set (slot_name = none); drop subscription ${table}`),
      )
      await c.sql`insert into pg_subscription_rel (srsubid, srrelid, srsubstate)
      select oid, ${`public.${table}`}::regclass, 'r' from pg_subscription where subname = ${table}`
    }
    await subscribe('dimensao')
    t.match(await ground(c, 'replicação lógica'), [{ situacao: 'aviso', detalhe: /dimensao/ }])
    await c.runSession('auto')
    t.equal((await c.sql`select categoria from public.fato where id = 1`)[0]?.['categoria'], 'CERTA')
    await subscribe('fato')
    t.match(await ground(c, 'replicação lógica'), [{ situacao: 'erro', detalhe: /fato/ }])
  },
)

t.test('nothing is written through a view over a distributed table, and the diagnosis says so', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  // what Citus keeps its distributed tables in
  await c.sql.unsafe(`alter table dw.lancamentos set schema public; alter table public.lancamentos rename to fato;
    create view dw.lancamentos as select * from public.fato;
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;
    set allow_system_table_mods = on;
    create table pg_catalog.pg_dist_partition (logicalrelid regclass); grant select on pg_catalog.pg_dist_partition to public;
    insert into pg_catalog.pg_dist_partition values ('public.fato'); reset allow_system_table_mods`)
  t.match(await ground(c, 'visão sobre tabela distribuída'), [{ situacao: 'erro', detalhe: /fato/ }])
  await isLeftAlone(t, c, /não grava através de uma visão/)
})

/** The scenario's table, as if Citus had distributed it over two nodes with these settings: "zone lock_timeout". */
async function onNodes(c: Scenario, ...settings: string[]) {
  await c.sql.unsafe(`set allow_system_table_mods = on;
    create table pg_catalog.pg_dist_partition (logicalrelid regclass); grant select on pg_catalog.pg_dist_partition to public;
    insert into pg_catalog.pg_dist_partition values ('dw.lancamentos');
    create table public.no (nodename text, nodeport int, success boolean, result text); grant select on public.no to public;
    create function pg_catalog.run_command_on_workers(command text) returns setof public.no language plpgsql as
      $$ begin if command ~ 'timezone.*lock_timeout' then execute command; return query select * from public.no; end if; end $$;
    reset allow_system_table_mods`)
  for (const [n, result] of settings.entries())
    await c.sql`insert into public.no values (${`10.0.0.${n + 1}`}, 5432, true, ${result})`
}

t.test('nodes that count other days are an error, and nothing is corrected there', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await onNodes(c, 'America/Sao_Paulo 1min', 'UTC 1min')
  t.same(await ground(c, 'lock_timeout dos nós'), [])
  t.match(await ground(c, 'fuso dos nós'), [
    {
      situacao: 'erro',
      detalhe: /^10\.0\.0\.2:5432: UTC; .*America\/Sao_Paulo$/,
      sugestao: /set timezone = 'America\/Sao_Paulo'/,
    },
  ])
  await isLeftAlone(t, c, /fuso dos nós/)
  await c.sql`update public.no set success = false where result ~ 'UTC'`
  t.same(await ground(c, 'fuso dos nós'), [], 'a node that does not answer says nothing of its zone')
})

t.test('a node on which nothing ends a wait is a warning', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  await onNodes(c, 'America/Sao_Paulo 0', 'America/Sao_Paulo 1min')
  t.match(await ground(c, 'fuso dos nós', 'lock_timeout dos nós'), [
    { item: 'lock_timeout dos nós', situacao: 'aviso', detalhe: 'sem limite: 10.0.0.1:5432' },
  ])
})

t.test('another way of storing rows is a warning', async (t) => {
  const c = await scenario(t)
  await c.sql.unsafe(`create access method outro type table handler heap_tableam_handler;
    create table dw.arquivo () inherits (dw.lancamentos) using outro`)
  t.match(await ground(c, 'armazenamento'), [{ situacao: 'aviso', detalhe: 'outro: dw.arquivo' }])
  t.same(
    await ground(c, 'tabelas externas', 'replicação lógica', 'servidor'),
    [],
    'and nothing else is reported',
  )
})

t.test('one partition in columns keeps every other from being corrected', async (t) => {
  const c = await scenario(t)
  await c.book({ id: 1 })
  // Citus refuses any update of a table that has such a part
  await c.sql.unsafe(`create access method columnar type table handler heap_tableam_handler;
    create table dw.antigos () inherits (dw.lancamentos) using columnar`)
  t.match(await ground(c, 'armazenamento'), [
    { situacao: 'erro', detalhe: 'columnar: dw.antigos', sugestao: /impede a correção de qualquer outra/ },
  ])
  await isLeftAlone(t, c, /formato colunar/)
})

t.test('logging of statements inside functions, with their values, is a warning', async (t) => {
  const c = await scenario(t)
  await c.sql.unsafe(
    `alter role all in database ${new URL(c.url).pathname.slice(1)} set auto_explain.log_nested_statements = on`,
  )
  await c.sql.unsafe(
    `alter database ${new URL(c.url).pathname.slice(1)} set auto_explain.log_min_duration = 0`,
  )
  const item = 'auto_explain.log_nested_statements'
  t.match(
    await c.connectAs('adelia')`select situacao from audit.diagnosticar_contrato() where item = ${item}`,
    [{ situacao: 'aviso' }],
  )
})
