// What nobody can do, whatever is added later: read from the catalogs, and tried as the people concerned.
import { test } from 'tap'
import { testDatabase } from '../helper/database.ts'
import { SCHEMAS } from '../helper/schema.ts'
import { PEOPLE } from '../helper/server.ts'

const FACTS = [
  'deteccoes',
  'alteracoes',
  'correcoes_desfeitas',
  'decisoes',
  'excecoes',
  'operacoes',
  'divergencias_processadas',
  'tokens',
  'revogacoes',
]

const code = (promise: PromiseLike<unknown>) =>
  Promise.resolve(promise).then(
    () => 'done',
    (error: { code?: string }) => error.code ?? String(error),
  )

test('no function is executable by everybody', async (t) => {
  const { sql } = await testDatabase(t)
  const open = await sql<{ name: string }[]>`
    select p.oid::regprocedure::text as name
    from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
    where p.pronamespace::regnamespace::text in ${sql(SCHEMAS)} and a.grantee = 0`
  t.same(
    open.map(({ name }) => name),
    [],
  )
})

test('every security definer function pins its search_path, with temporary objects last', async (t) => {
  const { sql } = await testDatabase(t)
  const loose = await sql<{ name: string }[]>`
    select p.oid::regprocedure::text as name from pg_proc p
    where p.pronamespace::regnamespace::text in ${sql(SCHEMAS)} and p.prosecdef
      and not coalesce(p.proconfig && array['search_path=pg_catalog, pg_temp', 'search_path=""'], false)`
  t.same(
    loose.map(({ name }) => name),
    [],
  )
})

test('everything public in schema audit has a comment', async (t) => {
  const { sql } = await testDatabase(t)
  const silent = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_class c
    where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and obj_description(c.oid, 'pg_class') is null
    union all
    select c.oid::regclass || '.' || a.attname
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'audit'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and col_description(c.oid, a.attnum) is null
    union all
    select p.oid::regprocedure::text from pg_proc p
    where p.pronamespace = 'audit'::regnamespace and obj_description(p.oid, 'pg_proc') is null
    union all
    select t.oid::regtype::text from pg_type t join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
    where t.typnamespace = 'audit'::regnamespace and obj_description(t.oid, 'pg_type') is null`
  t.same(
    silent.map(({ name }) => name),
    [],
  )
})

test('nobody who logs in writes a table directly', async (t) => {
  const { sql, connectAs } = await testDatabase(t)
  const tables = await sql<{ name: string; column: string }[]>`
    select c.oid::regclass::text as name, quote_ident(a.attname) as column
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum = 1
    where c.relnamespace::regnamespace::text in ('audit', 'audit_interno') and c.relkind in ('r', 'p')`
  t.ok(tables.length > 10)
  for (const who of Object.keys(PEOPLE) as (keyof typeof PEOPLE)[]) {
    const person = connectAs(who)
    const done: string[] = []
    for (const { name, column } of tables) {
      const acts = [
        `insert into ${name} default values`,
        `update ${name} set ${column} = default`,
        `delete from ${name}`,
        `truncate ${name}`,
      ]
      for (const act of acts) if ((await code(person.unsafe(act))) !== '42501') done.push(act)
    }
    t.same(done, [], `${who}: every attempt is refused for lack of privilege`)
  }
})

test('facts are append-only: not even the owner changes or deletes them', async (t) => {
  const { sql } = await testDatabase(t)
  await sql.unsafe(SCENE)
  for (const table of FACTS) {
    const column = {
      alteracoes: 'depois',
      correcoes_desfeitas: 'agora',
      deteccoes: 'confianca',
      divergencias_processadas: 'impressao',
      tokens: 'papel',
    }[table]
    const acts = [
      `update audit.${table} set ${column ?? 'motivo'} = ${column ?? 'motivo'}`,
      `delete from audit.${table}`,
      `truncate audit.${table} cascade`,
    ]
    for (const act of acts) {
      const outcome = await code(
        sql.begin(async (tx) => {
          await tx.unsafe('set local role conferente_dono')
          await tx.unsafe(act)
        }),
      )
      t.equal(outcome, 'NC013', act)
    }
  }
})

/** One fact in each table, written as the superuser, as no user could. */
const SCENE = `
  insert into audit.sessoes_processamento (modo, incremental, regras, solicitada_por) values ('manual', true, '{}', 'teste');
  insert into audit.operacoes (tipo, status, ator, motivo, finalizada_em) values ('externa', 'concluida', 'teste', 'teste', now());
  insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id, valores_originais,
    valores_propostos, confianca, evidencia, justificativa, valor_em_risco, detectada_em, ultima_deteccao, identidade, impressao)
  values (1, 1, 'trade_marketing', '', 'dw.lancamentos', '1', '{}', '{}', 0.5, '{}', 'teste', 0, now(), now(), '', '');
  insert into audit.deteccoes (operacao_id, divergencia_id, confianca, resumo) values (1, 1, 0.5, '');
  insert into audit.alteracoes (operacao_id, divergencia_id, antes, depois) values (1, 1, '{}', '{}');
  insert into audit.correcoes_desfeitas (operacao_id, divergencia_id, correcao_operacao_id, situacao, esperado, agora)
  values (1, 1, 1, 'outro_valor', '{}', '{}');
  insert into audit.decisoes (operacao_id, divergencia_id, tipo, ator, motivo) values (1, 1, 'aprovacao', 'teste', 'teste');
  insert into audit.excecoes (operacao_id, regra, tabela, registro_id, motivo, autor, expira_em)
  values (1, 'trade_marketing', 'dw.lancamentos', '1', 'teste', 'teste', now() + interval '1 day');
  insert into audit.tokens (id, operacao_id, nome, papel, emitido_por, expira_em)
  values ('1', 1, 'teste', 'conferente_leitor', 'teste', now() + interval '1 day');
  insert into audit.revogacoes (operacao_id, token_id, motivo, revogado_por) values (1, '1', 'teste', 'teste');`

test('the roles that run foreign code may not create anything in our schemas', async (t) => {
  const { sql } = await testDatabase(t)
  t.same(
    await sql`
      select r.rolname, n.nspname from pg_roles r cross join pg_namespace n
      where r.rolname in ('conferente_regra', 'conferente_escrita')
        and n.nspname = any (${SCHEMAS}) and has_schema_privilege(r.rolname, n.nspname, 'create')`,
    [],
  )
})
