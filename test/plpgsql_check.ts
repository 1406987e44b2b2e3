// plpgsql_check over every PL/pgSQL function of a migrated database; any error or warning is a failure.
// Needs a server that carries the extension (CI: Debian's PostgreSQL 15), named by CONFERENTE_TESTE_URL as for the tests.
import { connect } from '../src/db/connection.ts'
import { SCHEMAS } from './helper/schema.ts'
import { databaseUrl, prepare, TEMPLATE } from './helper/server.ts'
import { makeLedger } from './sql/rules/ledger.ts'

const DATABASE = 'conferente_plpgsql_check'

// Working tables of the engine. Its functions make them as they go, the checker must find them already there.
const WORKING_TABLES = `
  select audit_interno.criar_lote();
  select audit_interno.criar_reversao();
  create temp table conferente_limite (nome text, tabela text, linhas_examinadas bigint, linhas bigint, valor numeric, limite text);
  select audit_interno.criar_deixadas();
  create temp table conferente_planilha (
    linha integer, decisao text, motivo text, visto text, resumo text, id bigint, celulas text[], dia text, ate date, resultado text, codigo text, explicacao text,
    status text, operacao_id bigint, aviso text);
  create temp table conferente_ausente (
    id bigint, registro_id text, identidade bytea, impressao bytea, entrada jsonb, existe boolean, mudou boolean, outra boolean);
  create temp table conferente_achado (
    registro_id text, tabela text, achado boolean, tabela_dita text, existe boolean, estranhos jsonb, forma text,
    valores_propostos jsonb, valores_originais jsonb, entrada jsonb, impressao bytea, confianca numeric, evidencia jsonb,
    justificativa text, valor_em_risco numeric, valor_decisao numeric, resumo jsonb, identidade bytea, ordem bigint, mes date, filial text, defeito text);
  create temp table conferente_corrigida (
    divergencia_id bigint, registro_id text, entrada jsonb, entrada_nossa jsonb, impressao bytea, operacao_id bigint, antes jsonb, esperado jsonb,
    corrigida_em timestamptz);
  create temp table conferente_desfeita (
    divergencia_id bigint, existe boolean, mesma_entrada boolean, voltou boolean, impressao bytea, agora jsonb, carga timestamptz,
    registro_id text, operacao_id bigint, antes jsonb, esperado jsonb, impressao_antes bytea, corrigida_em timestamptz);
  create temp table conferente_superada (id bigint, regra text, registro_id text, tipo text, por text);
  create temp table conferente_resultado of audit_interno.linha_reversao;
  create temp table conferente_palavra (
    divergencia_id bigint, regra text, operacao_id bigint, tirada boolean, digitada boolean, automatica boolean,
    corrigida_na bigint);
  create temp table conferente_caso (
    registro_id text, rejeitada boolean, recusados jsonb, originais jsonb, verdade jsonb, rebobinar boolean);
  create temp table conferente_arquivada (
    id bigint, mes date, fatos numeric, deteccoes bytea, alteracoes bytea, correcoes_desfeitas bytea, estados bytea);
  create temp table conferente_nome (nome text);
  create temp table conferente_antes (operacao_id bigint, parte text, fato_id bigint, agora bytea, selado bytea, detalhe boolean, mudou boolean);
  create temp table conferente_lugar (lugar text, linhas bigint, em_duvida bigint);
  create temp table conferente_objeto (objeto text, resumo bytea, definicao bytea);
  create temp table conferente_julgado (registro_id text, confianca numeric, propoe boolean, certa boolean, dano boolean);`

// Parameters that a signature owes to its callers, and what the checker cannot see.
const unmodified = (routine: string, name: string) => `${routine}: OUT variable "${name}" is maybe unmodified`
const INTENDED = new Set([
  // the statement that gives the rows is written at run time
  ...['chave', 'resumo', 'tabela'].map((name) => unmodified('audit_interno.estados_agora()', name)),
  ...['fatos', 'mes', 'operacao_id', 'resumo'].map((name) =>
    unmodified('audit_interno.resumos_mensais(text,regclass,date)', name),
  ),
  // asked only where Citus is
  'audit_interno.terreno(regclass,text): relation "pg_catalog.pg_dist_partition" does not exist',
  'audit_interno.distribuida(regclass): relation "pg_catalog.pg_dist_partition" does not exist',
  'audit_interno.preparar_nos(): relation "pg_catalog.pg_dist_node" does not exist',
  'audit_interno.preparar_nos(): function create_distributed_function(regprocedure) does not exist',
  'audit_interno.preparar_nos(): function run_command_on_workers(text) does not exist',
  'audit_interno.exigir_confirmadas(regclass): function run_command_on_workers(unknown) does not exist',
  'audit_interno.terreno_nos(regclass): function run_command_on_workers(text) does not exist',
  // reads a text into whatever type is asked for
  'audit_interno.valor_como(text,anyelement): target type is different type than source type',
  'audit_interno.valor_como(text,anyelement): unused parameter "modelo"',
  'audit_interno.chaves_como(text[],anyelement): unused parameter "modelo"', // gives the result its type
  'regra_pendente_verificacao.preparar(audit.janela): unused parameter "janela"', // the signature of every preparation
])

interface Finding {
  readonly function: string
  readonly lineno: number | null
  readonly level: string
  readonly sqlstate: string
  readonly message: string
  readonly detail: string | null
}

const serverUrl = process.env['CONFERENTE_TESTE_URL']
if (!serverUrl) throw new Error('CONFERENTE_TESTE_URL must name a superuser of a server with plpgsql_check')

await prepare(serverUrl)
const admin = connect(serverUrl, { max: 1 })
await admin.unsafe(`drop database if exists ${DATABASE} with (force)`)
await admin.unsafe(`create database ${DATABASE} template ${TEMPLATE}`)
const sql = connect(databaseUrl(serverUrl, DATABASE), { max: 1 })
try {
  await sql.unsafe('create extension plpgsql_check')
  await makeLedger(sql)
  const all = await sql.begin(async (tx) => {
    await tx.unsafe(WORKING_TABLES)
    // A trigger function is checked once for each table that it guards, with the transition tables that any of its triggers has.
    return tx<Finding[]>`
      select distinct p.oid::regprocedure || case when t.tgrelid is null then '' else ' on ' || t.tgrelid::regclass end as function,
        c.lineno, c.level, c.sqlstate, c.message, c.detail
      from pg_proc p
      left join pg_trigger t on t.tgfoid = p.oid and not t.tgisinternal
      cross join lateral plpgsql_check_function_tb(p.oid, coalesce(t.tgrelid, 0), fatal_errors => false,
        extra_warnings => true, performance_warnings => false, security_warnings => false,
        oldtable => case when coalesce(t.tgoldtable, t.tgnewtable) is not null then coalesce(t.tgoldtable, 'antes') end,
        newtable => case when coalesce(t.tgoldtable, t.tgnewtable) is not null then coalesce(t.tgnewtable, 'depois') end) as c
      where p.pronamespace::regnamespace::text in ${tx(SCHEMAS)}
        and p.prolang = (select oid from pg_language where lanname = 'plpgsql')
        and (p.prorettype <> 'trigger'::regtype or t.oid is not null)
      order by 1, 2`
  })
  const [{ checked } = { checked: 0 }] = await sql<{ checked: number }[]>`
    select count(*)::int as checked from pg_proc p
    where p.pronamespace::regnamespace::text in ${sql(SCHEMAS)}
      and p.prolang = (select oid from pg_language where lanname = 'plpgsql')`
  const findings = all.filter((finding) => !INTENDED.has(`${finding.function}: ${finding.message}`))
  for (const finding of findings) {
    const { level, lineno, sqlstate, message, detail } = finding
    console.log(
      `${level}: ${finding.function} line ${lineno ?? '?'}: ${sqlstate} ${message}${detail ? ` (${detail})` : ''}`,
    )
  }
  console.log(`plpgsql_check: ${checked} functions, ${findings.length} findings`)
  if (findings.length > 0 || checked === 0) process.exitCode = 1
} finally {
  await sql.end()
  await admin.unsafe(`drop database if exists ${DATABASE} with (force)`)
  await admin.end()
}
