// Citus has rules for statements over a distributed table. Every statement over the warehouse is held to them here, without Citus, as the
// server parsed it: what none of them does, no cluster refuses for that reason (docs/scale.md).
import t, { type Test } from 'tap'
import type { Row } from '../../src/db/connection.ts'
import { readAuthorities } from '../../src/notas/certificate.ts'
import { readFolder } from '../../src/notas/reading.ts'
import { testDatabase } from '../helper/database.ts'
import { month, notary } from '../helper/notes_ledger.ts'
import { PASSWORD } from '../helper/server.ts'
import { isTree, nodes, type Statement, type Tree, watchStatements } from '../helper/statements.ts'

type Part = Tree[string] | undefined
const SELECT = '1'
const UPDATE = '2'
const LEFT_JOIN = '1'
const TABLE = '0'
const SUBQUERY = '1'
const FUNCTION = '3'
const trees = (part: Part) =>
  isTree(part) ? [part] : Array.isArray(part) ? (part as Part[]).filter(isTree) : []
const inside = (part: Part) => (part === undefined ? [] : [...nodes(part)])
const names = (node: Tree, kind: string) => inside(node).some((inner) => inner.node === kind)

/** Whether a part reads from this kind of source. */
const reads = (part: Part, kind: string) => inside(part).some((node) => node['rtekind'] === kind)

/** What the catalogue says of functions and types, by number. */
interface Catalog {
  readonly functions: ReadonlyMap<unknown, Row>
  readonly types: ReadonlyMap<unknown, Row>
  /** The number of the warehouse's relation. */
  readonly warehouse: string
}

const TYPE_FIELDS = [
  ...['vartype', 'consttype', 'paramtype', 'funcresulttype', 'opresulttype', 'resulttype', 'casetype'],
  ...['coalescetype', 'row_typeid', 'aggtype', 'minmaxtype', 'refrestype', 'array_typeid', 'wintype'],
]
const FUNCTION_FIELDS = ['funcid', 'opfuncid', 'aggfnoid', 'winfnoid']
const field = (node: Tree, fields: string[]) => fields.map((f) => node[f]).find((v) => typeof v === 'string')

/** Whether what a node itself calls may give something else at another time or under other settings: i, s or v. */
function volatility(node: Tree, { functions, types }: Catalog): string {
  const of = (fn: unknown) => (functions.get(fn)?.['provolatile'] as string | undefined) ?? 'i'
  if (node.node === 'COERCEVIAIO') {
    const from = isTree(node['arg']) ? types.get(field(node['arg'], TYPE_FIELDS))?.['saida'] : undefined
    return of(types.get(node['resulttype'])?.['entrada']) === 's' || of(from) === 's' ? 's' : 'i'
  }
  if (['SQLVALUEFUNCTION', 'XMLEXPR'].includes(node.node)) return 's'
  return of(field(node, FUNCTION_FIELDS))
}

/** What Citus would say of one statement over a distributed table, each once. */
function refusals({ tree, where }: Statement, catalog: Catalog): string[] {
  const said = new Set<string>()
  const { functions, types, warehouse } = catalog
  const say = (what: string, node?: Tree) => {
    const fn = node && functions.get(field(node, FUNCTION_FIELDS))
    said.add(`${what}${fn ? ` ${fn['nome']}` : ''}: ${where}`)
  }
  const changing = (part: Part) => inside(part).filter((node) => volatility(node, catalog) !== 'i')
  for (const query of inside(tree).filter(({ node }) => node === 'QUERY')) {
    const tables = trees(query['rtable'])
    const isWarehouse = (index: unknown) => tables[Number(index) - 1]?.['relid'] === warehouse
    const columns = trees(query['targetList']).filter((entry) => entry['resjunk'] !== 'true')
    if (query !== tree && query['commandType'] === SELECT && columns.length === 0)
      say('a sub-select without columns')
    if (query !== tree && query['commandType'] === SELECT && tables.length === 0)
      for (const node of changing(query['targetList']))
        say('a sub-select without from that is not immutable', node)
    if (query['commandType'] === UPDATE && isWarehouse(query['resultRelation'])) {
      for (const part of [...columns.map((column) => column['expr']), query['jointree']]) {
        for (const node of changing(part))
          if (names(node, 'VAR') || volatility(node, catalog) === 'v')
            say('a guard or an assignment that is not immutable', node)
        for (const node of inside(part))
          if (/^(CASE|COALESCE)/.test(node.node) && changing(node).length > 0)
            say('case or coalesce over what is not immutable')
      }
      for (const node of changing(query['returningList'])) say('returning what is not immutable', node)
    }
    for (const join of trees(query['jointree']).flatMap(inside)) {
      const right = isTree(join['rarg']) ? join['rarg']['rtindex'] : undefined
      if (join.node === 'JOINEXPR' && join['jointype'] === LEFT_JOIN && isWarehouse(right))
        if (!inside(join['quals']).some(({ node }) => node === 'SCALARARRAYOPEXPR'))
          say('a left join that brings the whole table')
    }
    if (tables.some((entry) => entry['relid'] === warehouse)) {
      for (const table of tables.filter(
        (entry) => entry['rtekind'] === SUBQUERY && entry['lateral'] === 'true',
      ))
        if (
          inside(table['subquery']).some(({ node }) => node === 'SETOPERATIONSTMT') &&
          reads(table['subquery'], FUNCTION)
        )
          say('a union of functions beside the ledger')
      for (const table of tables.filter((entry) => entry['rtekind'] === FUNCTION))
        for (const { funcid } of inside(table['functions']))
          if (functions.get(funcid)?.['le'])
            say('a function that reads the ledger called by each of its rows')
      for (const { subselect } of inside(query['jointree']).filter(({ node }) => node === 'SUBLINK'))
        if (inside(subselect).some((node) => Number(node['varlevelsup']) > 0) && reads(subselect, TABLE))
          say('a table of ours asked about each row of the ledger')
    }
    for (const table of tables.filter((entry) => entry['rtekind'] === FUNCTION)) {
      if (query === tree && names(table, 'SUBLINK')) say('a sub-select as the argument of a function in from')
      for (const { funcid } of inside(table['functions']).map((node) => ({ funcid: node['funcid'] })))
        if (functions.get(funcid)?.['tabelas']) say('a function that brings a table of ours with it')
    }
  }
  const calls = inside(tree).flatMap((node) => functions.get(field(node, FUNCTION_FIELDS)) ?? [])
  const ours = inside(tree).some((node) => node['rtekind'] === TABLE && node['relid'] !== warehouse)
  if (!ours && calls.some((fn) => /^audit[.]na_janela[(]/.test(fn['nome'])) && calls.some((fn) => fn['le']))
    say('a window of one key that runs whole on its node, with a function that reads the ledger')
  for (const node of inside(tree))
    if (
      node.node === 'PARAM' &&
      node['paramkind'] === '0' &&
      types.get(node['paramtype'])?.['typtype'] === 'c'
    )
      say('a parameter of a composite type')
  return [...said]
}

/** The warehouse of the demonstration as one table, which the engine takes for a distributed one. */
async function demonstration(t: Pick<Test, 'teardown'>) {
  const base = await testDatabase(t)
  await base.sql.unsafe(`select exemplo.criar_armazem(1000);
    create table dw.copia as select * from dw.lancamentos;
    select count(audit.salvar_padrao(campo, tipo, padrao, acao, 'teste')) from exemplo.padroes();
    select count(c) from exemplo.rotulos() r cross join lateral audit.alterar_configuracao(r.chave, r.valor, 'teste', true) c;
    drop view dw.lancamentos; alter table dw.copia rename to lancamentos;
    alter table dw.lancamentos add primary key (id);
    grant usage on schema dw to conferente_regra, conferente_escrita;
    grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita;
    set allow_system_table_mods = on;
    create table pg_catalog.pg_dist_node (groupid int); create table pg_catalog.pg_dist_transaction (gid text);
    create function pg_catalog.recover_prepared_transactions() returns int language sql return 0; create table pg_catalog.pg_dist_partition (logicalrelid regclass);
    insert into pg_catalog.pg_dist_partition values ('dw.lancamentos');
    create table public.no (nodename text, nodeport int, success boolean, result text);
    create function pg_catalog.run_command_on_workers(command text, parallel boolean default true) returns setof public.no language sql as
      $$ select * from public.no where command ~ 'pg_prepared_xacts' $$;
    grant select on public.no to public; grant execute on function pg_catalog.run_command_on_workers(text, boolean) to public;
    grant select on pg_catalog.pg_dist_node, pg_catalog.pg_dist_partition to public; reset allow_system_table_mods`)
  return base
}

/** Notes of a month with their entries, read, and the rule that compares them switched on. */
async function withNotes(t: Test, { sql }: Awaited<ReturnType<typeof demonstration>>) {
  const office = notary(t)
  const entries = month(office, 40).map(({ entry }) => ({ ...entry, id: Number(entry['id']) + 1_000_000 }))
  await sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, categoria)
    select e.id, e.data_lancamento, now(), e.fornecedor_id, e.fornecedor, e.documento, e.descricao, e.valor, e.valor_documento, 'Serviços'
    from jsonb_to_recordset(${sql.json(entries as never)}) as e (id bigint, data_lancamento date, fornecedor_id text, fornecedor text,
      documento text, descricao text, valor numeric, valor_documento numeric)`
  await sql`set role conferente_dono`
  await readFolder(sql, office.notes, { authorities: readAuthorities(office.roots) })
  await sql`reset role`
  await sql`select audit.alterar_regra('notas_fiscais', '{"ativa": true}', 'temos as notas'),
    audit.alterar_configuracao('notas.completas_desde', '"2026-08-01"', 'temos todas', true)`
}

async function catalogOf(sql: Awaited<ReturnType<typeof testDatabase>>['sql']): Promise<Catalog> {
  const byNumber = (rows: readonly Row[]) => new Map(rows.map((row) => [row['oid'] as unknown, row]))
  const [relation] = await sql`select 'dw.lancamentos'::regclass::oid::text as oid`
  return {
    // a function that the planner writes out in its caller brings its tables along
    functions: byNumber(
      await sql`
      select p.oid::text as oid, p.provolatile, p.oid::regprocedure::text as nome,
        l.lanname = 'sql' and p.proretset and p.proconfig is null and not p.prosecdef and p.provolatile <> 'v'
          and coalesce(p.prosqlbody ~ ':relid [1-9]', p.prosrc ~ '(from|join) (audit|audit_interno|regra_[a-z_]+)[.][a-z_]+ ') as tabelas,
        p.prosrc ~ '(from|join) dw[.]lancamentos' as le
      from pg_proc p join pg_language l on l.oid = p.prolang`,
    ),
    types: byNumber(
      await sql`
      select oid::text as oid, typtype, typinput::oid::text as entrada, typoutput::oid::text as saida from pg_type`,
    ),
    warehouse: relation?.['oid'] as string,
  }
}

t.test('a rule in SQL is not registered for a distributed table, and told so', async (t) => {
  const { sql } = await demonstration(t)
  await sql.unsafe(`
    create function dw.em_sql(janela audit.janela) returns setof audit.achado language sql stable set search_path = pg_catalog, pg_temp
      as $$ select null::text, l.id::text, '{}'::jsonb, 0.5, '{}'::jsonb, 'x', 1.0 from dw.lancamentos l where l.data_lancamento >= janela.data_inicio $$;
    grant execute on function dw.em_sql(audit.janela) to conferente_regra`)
  const registered = sql`select audit.registrar_regra('em_sql', 'x', 'dw.em_sql', 'dw.lancamentos', 'id', '{categoria}')`
  await t.rejects(registered, { message: /em_sql é language sql, e dw.lancamentos é distribuída/ })
})

t.test('the nodes count the history and the habits of signs as one server does', async (t) => {
  const { sql } = await demonstration(t)
  // turned signs: some here and there, and all of two small groups
  await sql`update dw.lancamentos set valor = -abs(valor), valor_documento = abs(valor_documento)
    where id % 50 = 0 or conta_contabil = (select conta_contabil from dw.lancamentos group by 1 having count(*) >= 5 order by count(*), 1 limit 1)`
  await sql`update dw.lancamentos set valor = abs(valor), valor_documento = -abs(valor_documento)
    where id % 50 = 7 or conta_contabil = (select conta_contabil from dw.lancamentos group by 1 having count(*) >= 5 order by count(*), 1 offset 1 limit 1)`
  const counted = async () =>
    await sql.unsafe(`
      select 'historia' as o_que, count(*)::int as linhas, md5(string_agg(h::text, '|' order by h::text)) as digesto
      from regra_pendente_verificacao.contar_historia(null, null) h
      union all select 'fornecedores', count(*)::int, md5(string_agg(f::text, '|' order by f::text))
      from regra_pendente_verificacao.contar_fornecedores(null, null) f
      union all select 'dois meses', count(*)::int, md5(string_agg(h::text, '|' order by h::text))
      from (select array_agg(m.mes) as meses from (select mes from regra_pendente_verificacao.estatistica_mes order by mes desc limit 2) m) m
      cross join lateral regra_pendente_verificacao.contar_historia(m.meses, null) h
      union all select 'palavras', count(*)::int, md5(string_agg(p::text, '|' order by p::text))
      from (select array_agg(distinct w) as todas from dw.lancamentos l cross join lateral string_to_table(regras.palavras_texto(l.descricao), ' ') w
        where length(w) >= 4) w
      cross join lateral regra_trade_marketing.palavras_marketing('-infinity', 'infinity', w.todas) p
      union all select 'sinais', count(*)::int, string_agg(distinct s.como, ', ') || md5(string_agg(s::text, '|' order by s::text))
      from regra_validacao_valores.sinais((select max(data_lancamento) from dw.lancamentos), (select max(data_lancamento) from dw.lancamentos)) s`)
  await sql`select regra_pendente_verificacao.preparar(row(null, null, null, null, null)::audit.janela)`
  const onNodes = await counted()
  t.ok(
    onNodes.every((part) => part['linhas'] > 20),
    'there is something to count',
  )
  await sql`delete from pg_catalog.pg_dist_partition`
  t.same(await counted(), onNodes)
})

/**
 * Makes the door to read belong to the role that writes, as the migration does where nodes are. Roles belong to the whole server, on which
 * other tests run: what the one role gets by becoming a member of the other is granted here, in this database.
 */
async function prepareNodes({ sql }: Awaited<ReturnType<typeof demonstration>>) {
  await sql.unsafe(`set allow_system_table_mods = on;
    create table pg_catalog.pg_dist_object (classid oid, objid oid);
    create function pg_catalog.create_distributed_function(regprocedure) returns void language sql return null::void;
    create function pg_catalog.master_run_on_worker(text[], integer[], text[], boolean) returns text language sql return 'OK';
    insert into pg_catalog.pg_dist_node values (1); reset allow_system_table_mods`)
  const member = 'grant conferente_regra to conferente_escrita;'
  const [prepares] =
    await sql`select pg_get_functiondef('audit_interno.preparar_nos()'::regprocedure) as texto`
  t.ok(prepares?.['texto'].includes(member))
  await sql.unsafe(prepares?.['texto'].replace(member, ''))
  await sql`select audit_interno.preparar_nos()`
  const rooms = 'audit, audit_interno, regras, regra_trade_marketing, regra_pendente_verificacao'
  await sql.unsafe(`grant usage on schema ${rooms} to conferente_escrita;
    grant execute on all functions in schema ${rooms} to conferente_escrita;
    grant select, insert, update, delete on all tables in schema regra_pendente_verificacao to conferente_escrita;
    grant select on all tables in schema audit to conferente_escrita`)
}

t.test('a rule that reads as the role that writes cannot write on a node either', async (t) => {
  const base = await demonstration(t)
  await prepareNodes(base)
  const [may] = await base.sql`select f.escrita, f.dono from (
    select bool_or(has_function_privilege('conferente_escrita', p.oid, 'execute')) as escrita,
      bool_and(has_function_privilege('conferente_dono', p.oid, 'execute')) as dono
    from pg_proc p where p.proname in ('run_command_on_workers', 'master_run_on_worker')) as f`
  t.same(may, { escrita: false, dono: true }, 'only the owner sends a command of its own')
  await base.sql.begin(async (tx) => {
    await tx`select audit_interno.so_ler_nos()`
    t.match(await tx`show transaction_read_only`, [{ transaction_read_only: 'on' }])
  })
  await base.sql.unsafe(`create or replace function audit_interno.so_ler_nos() returns void language plpgsql
    set search_path = pg_catalog, pg_temp as $$ begin raise exception 'os nós só leem'; end $$`)
  await base.connectAs(
    'olivia',
  )`select from audit.processar_divergencias('manual', regras => '{trade_marketing}')`
  t.match(
    await base.sql`select concat(erro_mensagem, motivo) as dito from audit.execucoes_regra where regra = 'trade_marketing'`,
    [{ dito: /os nós só leem/ }],
    'nothing is read before the nodes are told so',
  )
})

t.test('our own preparations read on as the role that wrote, and nobody else does', async (t) => {
  const base = await demonstration(t)
  await prepareNodes(base)
  await base.sql.unsafe(`
    create function public.quem() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
      as $$ begin raise exception 'prepara como %', current_user; end $$;
    create trigger quem before insert on regra_pendente_verificacao.estatistica_controle execute function public.quem();
    create function dw.prepara(janela audit.janela) returns void language plpgsql set search_path = pg_catalog, pg_temp
      as $$ begin raise exception 'prepara como %', current_user; end $$;
    create function dw.acha(janela audit.janela) returns setof audit.achado language plpgsql stable set search_path = pg_catalog, pg_temp
      as $$ begin end $$;
    grant execute on function dw.prepara(audit.janela), dw.acha(audit.janela), public.quem() to conferente_regra`)
  await base.connectAs(
    'olivia',
  )`select from audit.processar_divergencias('manual', regras => '{pendente_verificacao}')`
  t.match(
    await base.sql`select erro_mensagem from audit.execucoes_regra where regra = 'pendente_verificacao'`,
    [{ erro_mensagem: 'prepara como conferente_escrita' }],
  )
  const registered = base.sql`select audit.registrar_regra('acha', 'x', 'dw.acha', 'dw.lancamentos', 'id', '{categoria}',
    preparacao => 'dw.prepara')`
  await t.rejects(registered, { message: /prepara como conferente_regra/ })
})

t.test('while a node holds a transaction in doubt, no row passes for already taken back', async (t) => {
  const { sql, connectAs } = await demonstration(t)
  await connectAs(
    'olivia',
  )`select from audit.processar_divergencias('auto', '-infinity'::date, 'infinity'::date)`
  const [corrected] = await sql`select d.id, d.registro_id, d.valores_originais ->> 'categoria' as antes
    from audit.divergencias_processadas d where d.status = 'corrigida' and d.valores_originais ? 'categoria' order by d.id limit 1`
  t.ok(corrected, 'something was corrected')
  // what a node shows that has not yet committed what the coordinator has
  await sql`update dw.lancamentos set categoria = ${corrected?.['antes']} where id = ${corrected?.['registro_id']}::text::bigint`
  await sql`insert into public.no values ('10.0.0.2', 5432, true, '1')`
  const takeBack = () =>
    connectAs(
      'bruno',
    )`select resultado from audit.reverter_divergencias(array[${corrected?.['id']}::bigint], 'engano')`
  await t.rejects(takeBack(), { code: '40001', message: /o nó 10.0.0.2:5432 .* ainda não confirmou/ })
  await sql`update public.no set success = false, result = 'connection refused'`
  await t.rejects(takeBack(), { code: '40001' }, 'nor while a node does not answer')
  await sql`delete from public.no`
  t.match(await takeBack(), [{ resultado: /./ }], 'after that the row is believed')
})

t.test('a session that lost a node says that it was a node', async (t) => {
  const { sql, connectAs } = await demonstration(t)
  const [session] = await connectAs('olivia')`select id from audit.solicitar_processamento('manual')`
  await sql`set role conferente_dono`
  await sql`select audit_interno.anotar_falha(${session?.['id']}, 'detectar', null, 'XX000', 'SSL SYSCALL error: EOF detected')`
  t.match(await sql`select mensagem from audit.sessoes_processamento where id = ${session?.['id']}`, [
    { mensagem: 'XX000: um nó do Citus não responde: SSL SYSCALL error: EOF detected' },
  ])
})

t.test('a column that our roles may not read does no harm', async (t) => {
  const { sql, connectAs } = await demonstration(t)
  const [readable] = await sql`select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
    where attrelid = 'dw.lancamentos'::regclass and attnum > 0`
  await sql.unsafe(`alter table dw.lancamentos add segredo text; revoke select on dw.lancamentos from conferente_regra, conferente_escrita;
    grant select (${readable?.['columns']}) on dw.lancamentos to conferente_regra, conferente_escrita`)
  t.match(
    await connectAs(
      'olivia',
    )`select status, encontradas > 0 as some from audit.processar_divergencias('auto', '-infinity'::date, 'infinity'::date)`,
    [{ status: 'concluida', some: true }],
  )
})

t.test('no statement over the warehouse is one that Citus refuses', async (t) => {
  const base = await demonstration(t)
  const { sql, url } = base
  await withNotes(t, base)
  const { statements, connectTo } = await watchStatements(t, url, 'dw.lancamentos')
  const [olivia, ana, bruno, adelia] = ['olivia', 'ana', 'bruno', 'adelia'].map((who) =>
    connectTo(who, PASSWORD),
  )
  if (!olivia || !ana || !bruno || !adelia) throw new Error('nobody there')
  const session = (mode: string) =>
    olivia.unsafe(`select status from audit.processar_divergencias('${mode}', '-infinity', 'infinity')`)
  t.match(await session('auto'), [{ status: 'concluida' }])
  const open = `from audit.divergencias_processadas d where d.status = 'aberta' and d.valores_propostos <> '{}' order by d.id limit 20`
  const [alike] = await ana.unsafe(
    `select from (select d.id ${open}) d cross join lateral audit.lancamentos_parecidos(d.id) limit 1`,
  )
  t.ok(alike, 'an entry like another was seen')
  await ana.unsafe(`select from audit.aprovar_divergencias(array(select d.id ${open}), 'conferido',
    array(select audit.divergencia_visto(d) ${open}))`)
  const takeBack = (which: string) =>
    bruno.unsafe(`select resultado from audit.reverter_divergencias(array(
      select d.id from audit.divergencias_processadas d where d.status = 'corrigida' order by d.id limit ${which}), 'engano')`)
  t.same([...(await takeBack('5'))], Array(5).fill({ resultado: 'revertida' }))
  // rows that moved meanwhile are read again to tell why, and corrections that a load undid are confronted
  await sql`update dw.lancamentos set categoria = 'MUDOU' where id in (
    select d.registro_id::bigint from audit.divergencias_processadas d where d.status = 'corrigida' limit 3)`
  await takeBack('10')
  await olivia.unsafe(`select from audit.processar_divergencias('manual')`)
  await session('auto')
  for (const rule of ['trade_marketing', 'pendente_verificacao', 'validacao_valores', 'notas_fiscais'])
    await adelia.unsafe(`select from audit.avaliar_regra('${rule}', '2020-01-01', '2030-01-01')`)

  const catalog = await catalogOf(sql)
  const written = statements.filter(({ tree }) =>
    inside(tree).some((node) => node['commandType'] === UPDATE && node.node === 'QUERY'),
  )
  t.ok(written.length >= 3, 'corrections, rollbacks and the rewinding of a back-test were seen')
  t.ok(statements.length >= 60, `${statements.length} statements were seen`)
  t.same([...new Set(statements.flatMap((statement) => refusals(statement, catalog)))].sort(), [])
})
