// What an administrator or a warehouse's owner may try with their code that we run, and what must be the same afterwards.
import type { Sql } from '../../src/db/connection.ts'
import { SCHEMAS } from './schema.ts'

export interface Attack {
  readonly name: string
  /** Statements of PL/pgSQL. */
  readonly body: string
  /** Tried in every place, not only in the main ones. */
  readonly everywhere?: boolean
  /** Only where nothing at all may be written: elsewhere the role may do this to what it owns. */
  readonly readOnly?: boolean
  /** Only where reading rolls back what is done: elsewhere it helps nobody, and stays. */
  readonly onlyReading?: boolean
  /** Where rows are only read, its effect is rolled back with the reading, and the rule may continue. */
  readonly undone?: boolean
  /** What it leaves, if not rolled back, is removed silently: it has done no harm yet. */
  readonly healed?: boolean
  /** No rollback removes what it leaves: it is refused and reported, and stays until the connection ends. */
  readonly stays?: boolean
  /** Gives a reason if the attack cannot be tried on this server. */
  readonly unless?: (sql: Sql) => Promise<string | undefined>
}

const run = (statement: string) => `execute $command$${statement}$command$;`
const DOOR_READ = 'audit_interno.ler(text, audit.janela, text[])'

const dblink = async (sql: Sql) =>
  (await sql`select from pg_available_extensions where name = 'dblink'`)[0]
    ? undefined
    : 'this server has no dblink'

export const ATTACKS: readonly Attack[] = [
  // writing what is ours
  { name: 'rewrites an operation', body: `update audit.operacoes set ator = 'outra';`, everywhere: true },
  {
    name: 'forges an operation',
    body: `insert into audit.operacoes (tipo, ator) values ('correcao', 'ana');`,
  },
  {
    name: `lowers a rule's threshold`,
    body: `update audit.regras set limiar = 0 where nome = 'calma';`,
  },
  {
    name: 'writes a setting',
    body: `update audit.configuracoes_sistema set valor = '0.77' where chave = 'limites.fracao';`,
  },
  { name: 'closes a finding', body: `update audit.divergencias_processadas set status = 'rejeitada';` },
  {
    name: 'opens the door that it came through',
    body: 'insert into audit_interno.portas_abertas values (0); delete from audit_interno.portas_abertas;',
  },
  { name: `writes somebody else's table`, body: 'update dw.lancamentos set valor = 0;', readOnly: true },
  { name: 'reads the tokens', body: 'perform from audit.tokens;' },
  { name: `takes a number of ours`, body: `perform nextval('audit.operacoes_id_seq');` },
  { name: `sets a sequence of ours`, body: `perform setval('audit.operacoes_id_seq', 4242);` },
  // asking us to
  {
    name: 'opens an operation',
    body: `perform audit_interno.abrir_operacao('externa', motivo => 'x');`,
  },
  {
    name: 'approves',
    body: `perform audit.aprovar_divergencias(array(select id from audit.divergencias_processadas), 'sim');`,
    everywhere: true,
  },
  {
    name: 'configures',
    body: `perform audit.alterar_configuracao('limites.fracao', '0.77', 'porque sim');`,
    everywhere: true,
  },
  { name: 'runs a session', body: `perform audit.processar_divergencias('auto', '-infinity', 'infinity');` },
  { name: 'asks for a session', body: `perform audit.solicitar_processamento('auto');` },
  {
    name: 'rolls a session back',
    body: `perform audit.reverter_sessao((select max(d.sessao_id) from audit.divergencias_processadas d), 'x');`,
  },
  {
    name: 'issues a token',
    body: `perform audit.registrar_token('eu', 'administrador', now() + interval '1 day');`,
  },
  {
    name: 'writes through our door',
    body: `perform from audit_interno.escrever('select 1') as x (um int);`,
    readOnly: true,
  },
  // handing out rights
  { name: 'grants our role', body: run('grant conferente_dono to adelia'), everywhere: true },
  { name: 'grants its own role', body: run(`grant conferente_regra, conferente_escrita to adelia`) },
  { name: 'grants another role', body: run('grant conferente_revisor to ninguem') },
  { name: 'grants a table of ours', body: run('grant select on audit.tokens to adelia') },
  {
    name: 'grants the statistics',
    body: run('grant all on regra_pendente_verificacao.estatistica_peso to public'),
  },
  { name: 'grants the door for reading', body: run(`grant execute on function ${DOOR_READ} to adelia`) },
  {
    name: 'grants the doors for writing',
    body: `${run('grant execute on function audit_interno.preparar(text, audit.janela) to public')}
      perform oid from pg_proc where proname = 'escrever';`,
  },
  {
    name: 'grants what it will make',
    body: run('alter default privileges grant execute on functions to public'),
  },
  // making and changing things
  { name: 'leaves a table', body: run('create table dela.deixada ()') },
  { name: 'leaves a schema', body: run('create schema deixado') },
  {
    name: 'leaves a function',
    body: run('create function dela.deixada() returns int language sql return 1'),
  },
  { name: 'leaves a type', body: run('create type dela.deixado as (n int)') },
  { name: 'leaves a sequence', body: run('create sequence dela.deixada') },
  {
    name: 'leaves a temporary table in front of a working table of ours',
    body: run('create temp table conferente_limite (nome text)'),
    everywhere: true,
  },
  {
    name: 'leaves a temporary view in front of a table',
    body: run('create temp view lancamentos as select 1 as id'),
  },
  {
    name: 'leaves a temporary function',
    body: run('create function pg_temp.now() returns int language sql return 1'),
  },
  { name: 'alters a table of ours', body: run('alter table audit.regras add column sua text') },
  { name: `guards no more`, body: run('alter table audit.operacoes disable trigger all') },
  {
    name: 'alters the statistics',
    body: run('alter table regra_pendente_verificacao.estatistica_peso add column sua text'),
  },
  { name: 'drops the statistics', body: run('drop table regra_pendente_verificacao.estatistica_pergunta') },
  {
    name: 'lays a trigger on the statistics',
    body: run(
      'create trigger sua before insert on regra_pendente_verificacao.estatistica_peso execute function dela.gatilho_vazio()',
    ),
  },
  { name: 'opens the door for reading', body: run(`alter function ${DOOR_READ} security invoker`) },
  {
    name: 'rewrites a rule of ours',
    body: run('alter function regra_trade_marketing.detectar(audit.janela) volatile'),
  },
  { name: 'sets its role for ever', body: run(`alter role current_user set statement_timeout = '1ms'`) },
  { name: 'makes a login', body: run('create role intruso login superuser') },
  {
    name: 'changes the database',
    body: run(`do 'begin execute format(''alter database %I set x.y = 1'', current_database()); end'`),
  },
  // becoming somebody else
  { name: 'sets the role', body: run('set role conferente_dono') },
  { name: 'sets the role for a moment', body: `perform set_config('role', 'conferente_dono', true);` },
  { name: 'gives its role back', body: run('reset role'), everywhere: true },
  { name: 'sets who logged in', body: run('set session authorization adelia') },
  { name: 'gives back who logged in', body: run('reset session authorization') },
  // what outlives the call
  {
    name: 'acts under another name',
    undone: true,
    body: `perform set_config('conferente.ator', 'ana', false);`,
  },
  {
    name: 'acts under another name for a moment',
    undone: true,
    body: `perform set_config('conferente.ator', 'ana', true);`,
  },
  {
    name: 'sets a time limit',
    undone: true,
    body: `perform set_config('statement_timeout', '1', false);`,
    everywhere: true,
  },
  { name: 'sets the path', undone: true, body: `perform set_config('search_path', 'dela', false);` },
  { name: 'sets the zone', undone: true, body: `perform set_config('TimeZone', 'Asia/Tokyo', false);` },
  {
    name: 'allows itself to write',
    body: `perform set_config('transaction_read_only', 'off', true); update dw.lancamentos set valor = 0;`,
    onlyReading: true,
  },
  {
    name: 'leaves a cursor that runs at the end as whoever ends it',
    undone: true,
    body: run('declare dela cursor with hold for select dela.no_fim()'),
    everywhere: true,
  },
  {
    name: 'puts its functions before those of PostgreSQL',
    undone: true,
    body: `perform set_config('search_path', 'dela_antes, pg_catalog, pg_temp', false);`,
    everywhere: true,
  },
  {
    name: 'puts its functions before those of PostgreSQL, and hides it',
    undone: true,
    body: `perform set_config('search_path', 'dela_antes, pg_catalog, pg_temp', false);
      perform set_config('search_path', 'pg_catalog, pg_temp', true);`,
    everywhere: true,
  },
  {
    name: 'sets a zone and a style of dates, and hides it',
    undone: true,
    body: `perform set_config('TimeZone', 'Asia/Tokyo', false); perform set_config('TimeZone', 'America/Sao_Paulo', true);
      perform set_config('DateStyle', 'SQL, DMY', false); perform set_config('DateStyle', 'ISO, MDY', true);`,
  },
  {
    name: 'sets a time limit, and hides it',
    undone: true,
    body: `declare v_antes text := current_setting('statement_timeout'); begin
      perform set_config('statement_timeout', '1', false); perform set_config('statement_timeout', v_antes, true); end;`,
    everywhere: true,
  },
  {
    name: 'has commits lost, and hides it',
    undone: true,
    body: `perform set_config('synchronous_commit', 'off', false); perform set_config('synchronous_commit', 'on', true);`,
  },
  {
    name: 'sets what makes queries slower, the language of dates and its name, and hides it',
    undone: true,
    healed: true,
    body: Object.entries({
      work_mem: '64kB',
      enable_indexscan: 'off',
      lc_time: 'POSIX',
      application_name: 'dela',
    })
      .map(
        ([name, value]) => `declare v_antes text := current_setting('${name}'); begin
          perform set_config('${name}', '${value}', false); perform set_config('${name}', v_antes, true); end;`,
      )
      .join(' '),
    everywhere: true,
  },
  {
    name: `leaves a temporary table that is somebody else's`,
    body: 'perform dela.como_dona();',
    everywhere: true,
  },
  {
    name: 'raises what we raise to undo a trial',
    body: `raise exception using errcode = 'NC999', message = 'simulação';`,
    everywhere: true,
  },
  {
    name: 'raises what we raise to undo a write',
    body: `raise exception using errcode = 'NC998', message = 'não';`,
  },
  { name: 'leaves a prepared statement', body: run('prepare dela as select 1'), stays: true },
  { name: 'listens', undone: true, body: run('listen dela'), onlyReading: true },
  { name: 'keeps a lock', body: 'perform pg_advisory_lock(20261123, 4242);', stays: true },
  { name: 'leaves a large object', undone: true, body: `perform lo_from_bytea(0, 'x');`, everywhere: true },
  { name: 'reads a file', body: `perform pg_read_file('/etc/hosts');` },
  { name: 'imports a file', body: `perform lo_import('/etc/hosts');` },
  { name: 'copies to a program', body: run(`copy audit.regras to program 'true'`) },
  { name: 'copies to a file', body: run(`copy (select 1) to '/tmp/conferente_adversary'`) },
  { name: 'copies from a program', body: run(`copy audit.regras from program 'true'`) },
  {
    name: 'connects again without a password of its own',
    body: `perform dela_dblink.dblink_exec(format('dbname=%s', current_database()), 'update audit.regras set limiar = 0');`,
    unless: dblink,
  },
  {
    name: 'connects again as the server does',
    body: `perform dela_dblink.dblink_connect_u('sua', format('dbname=%s', current_database()));`,
    unless: dblink,
  },
]

/** Conditions for tables in which a session writes: only the other rows are compared. */
const OWN: Record<string, string> = {
  'audit.sessoes_processamento': `id <= $1 or solicitada_por <> 'olivia' or status = 'agendada'`,
  'audit.execucoes_regra': 'sessao_id <= $1',
  'audit.operacoes': `(tipo <> 'registro' and coalesce(sessao_id, 0) <= $1) or ator <> 'olivia' or tipo not in ('deteccao', 'correcao', 'autoverificacao', 'registro')`,
  // a session records what it changes; the tables themselves, and verificar_integridade, show that nothing else was changed
  'audit_interno.estados': `operacao_id not in (select id from audit.operacoes where sessao_id > $1 or tipo = 'registro' and ator = 'olivia')`,
  'audit_interno.sais': `operacao_id not in (select id from audit.operacoes where sessao_id > $1 or tipo = 'registro' and ator = 'olivia')`,
  'audit_interno.portas_abertas': 'false', // the last transaction of this connection
  'audit.deteccoes': 'operacao_id not in (select id from audit.operacoes where sessao_id > $1)',
  'audit.alteracoes': 'operacao_id not in (select id from audit.operacoes where sessao_id > $1)',
  'audit.correcoes_desfeitas': 'operacao_id not in (select id from audit.operacoes where sessao_id > $1)',
  'audit.divergencias_processadas': `regra = 'parada'`,
  'audit.codigos_regra': `regra = 'parada'`, // kept when code is first seen
  'audit.notificacoes': 'coalesce(sessao_id, 0) <= $1',
  'audit_interno.partes_sessao': 'sessao_id <= $1',
  'audit_interno.fila_selos': 'false',
  'audit_interno.sessoes_a_avisar': 'false', // ended sessions that channels have not heard of yet
  'audit_interno.cadeia': 'false', // its head moves; verificar_integridade proves it
}

/** Everything of ours, as digests by name: tables without what sessions after the given one wrote, objects, rights, roles. */
export async function ours(sql: Sql, session: bigint): Promise<Record<string, string>> {
  const tables = await sql`
    select format('%s.%s', n.nspname, c.relname) as nome
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (${[...SCHEMAS, 'graphile_worker', 'dw']}) and c.relkind in ('r', 'p') and not c.relispartition order by 1`
  const digest = (what: string, from: string) =>
    `select '${what}', md5(coalesce(string_agg(x, ',' order by x collate "C"), '')) from (${from}) as f (x)`
  const catalogs = {
    relations: `select format('%s %s %s %s %s %s %s', oid, relname, relacl, relowner, relhastriggers, relhasrules, relrowsecurity)
      from pg_class where relkind <> 't' and not pg_is_other_temp_schema(relnamespace)`,
    columns: `select format('%s %s', attrelid, attname) from pg_attribute a join pg_class c on c.oid = a.attrelid where relkind in ('r', 'v')
      and attnum > 0 and not pg_is_other_temp_schema(relnamespace)`,
    functions:
      "select format('%s %s', oid, xmin) from pg_proc where pronamespace <> coalesce(to_regnamespace('dela'), 0)",
    schemas: `select format('%s %s %s', nspname, nspowner, nspacl) from pg_namespace where nspname !~ '^pg_(toast_)?temp'`,
    types: `select format('%s %s', oid, typname) from pg_type t where not pg_is_other_temp_schema(typnamespace)`,
    triggers: "select format('%s %s', oid, tgenabled) from pg_trigger",
    policies: 'select oid::text from pg_policy',
    rules: 'select oid::text from pg_rewrite',
    casts: 'select oid::text from pg_cast',
    operators: 'select oid::text from pg_operator',
    'large objects': 'select oid::text from pg_largeobject_metadata',
    'default rights': "select format('%s %s', oid, defaclacl) from pg_default_acl",
    extensions: 'select extname::text from pg_extension',
    roles: `select format('%s %s %s %s %s', rolname, rolsuper, rolcreaterole, rolcanlogin, rolpassword is not null) from pg_authid
      where rolname like 'conferente%' or rolname in ('adelia', 'olivia', 'ana', 'ninguem', 'intruso')`,
    memberships: `select format('%s %s', roleid::regrole, member::regrole) from pg_auth_members
      where member::regrole::text like 'conferente%' or member::regrole::text in ('adelia', 'olivia', 'ana', 'ninguem', 'intruso')`,
    'settings of roles': `select format('%s %s %s', setdatabase, setrole, setconfig) from pg_db_role_setting
      where setrole in (0, 'conferente_regra'::regrole, 'conferente_escrita'::regrole, 'conferente_dono'::regrole)
        and setdatabase in (0, (select oid from pg_database where datname = current_database()))`,
    database: 'select datacl::text from pg_database where datname = current_database()',
  }
  const parts = tables.map(({ nome }) => {
    const [schema, table] = (nome as string).split('.')
    const own = (OWN[nome as string] ?? 'true').replaceAll('$1', String(session))
    // what a session counts for its rules is its own
    const row =
      nome === 'audit.regras' ? `format('%s %s %s %s', nome, limiar, automatica, funcao)` : 't::text'
    return digest(nome as string, `select ${row} from "${schema}"."${table}" t where ${own}`)
  })
  const rows = await sql.unsafe(
    [...parts, ...Object.entries(catalogs).map(([what, from]) => digest(what, from))].join(' union all '),
  )
  return Object.fromEntries(rows.map((row) => Object.values(row) as [string, string]))
}

interface Carried {
  readonly preparados: string[]
  readonly [what: string]: unknown
}

/** What a connection carries from one transaction to the next. Read on that connection, between transactions. */
export async function carried(connection: Sql): Promise<Carried> {
  const [row] = await connection.unsafe(`select
    current_user::text as papel, session_user::text as login, nullif(current_setting('conferente.ator', true), '') as ator,
    (select md5(string_agg(name || '=' || setting, ',' order by name collate "C")) from pg_settings) as ajustes,
    array(select relname::text from pg_class where relnamespace = pg_my_temp_schema()) as temporarias,
    array(select proname::text from pg_proc where pronamespace = pg_my_temp_schema()) as funcoes,
    array(select name from pg_cursors where is_holdable) as cursores,
    array(select name from pg_prepared_statements where from_sql) as preparados,
    array(select pg_listening_channels()) as canais,
    (select count(*)::int from pg_locks where pid = pg_backend_pid() and locktype = 'advisory') as travas`)
  return { ...row } as Carried
}
