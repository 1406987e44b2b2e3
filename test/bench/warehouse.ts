// The database that everything is measured in: the demonstration's warehouse, and a rule of the bench's own that finds
// exactly one entry in ten.
import { connect, type Sql } from '../../src/db/connection.ts'
import { migrate } from '../../src/db/migrate.ts'
import { peer } from './peer.ts'

/** Makes a fresh database, migrated, without a warehouse. */
export async function emptyDatabase(serverUrl: string, database: string): Promise<string> {
  const admin = connect(serverUrl, { max: 1 })
  try {
    await admin.unsafe(`drop database if exists ${database} with (force)`)
    await admin.unsafe(`create database ${database} template template0 encoding 'UTF8'`)
  } finally {
    await admin.end()
  }
  const address = new URL(serverUrl)
  address.pathname = `/${database}`
  await migrate(address.href, { current: true })
  return address.href
}

/** With those of the demonstration, twenty patterns over descriptions. */
const MORE_PATTERNS = [
  'verba de propaganda',
  'ativação de marca',
  'material promocional',
  'campanha institucional',
  'feirão',
  'brinde promocional',
  'mídia exterior',
]

/** The same with the warehouse of `conferente demo`. */
export async function prepare(serverUrl: string, database: string, rows: number): Promise<string> {
  const url = await emptyDatabase(serverUrl, database)
  const sql = connect(url, { max: 1 })
  try {
    await sql`select exemplo.criar_armazem(${rows}, 42)`
    await sql`
      select from exemplo.padroes() as p
      cross join lateral audit.salvar_padrao(p.campo, p.tipo, p.padrao, p.acao, 'bancada', true)`
    await sql`select audit.alterar_configuracao(chave, valor, 'bancada', true) from exemplo.rotulos()`
    await sql`
      select from unnest(${MORE_PATTERNS as string[]}::text[]) as p
      cross join lateral audit.salvar_padrao('descricao', 'contem', p, 'incluir', 'bancada', true)`
    await planTargets(sql)
    await sql`vacuum analyze`
  } finally {
    await sql.end()
  }
  return url
}

/** A window without bounds. */
export const ALL = 'row(null, null, null, null, null)::audit.janela'

export const RULE = 'bancada'
/** The category with which the bench damages entries; a run's number follows. */
const WRONG = 'BANCADA '

/** One entry in ten is a target: when its category is a wrong one of the bench, the rule proposes the one it had. */
async function planTargets(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema bancada;
    create table bancada.alvo (id bigint primary key, certa text not null);
    create table bancada.achados (registro_id bigint, tipo text, valor numeric, esperado numeric, em_risco numeric, par bigint, frase text,
      vezes integer not null default 1, ultima timestamptz not null default now(), primary key (registro_id, tipo));
    insert into bancada.alvo select l.id, l.categoria from dw.lancamentos l where l.id % 10 = 0;
    insert into dw.dim_categoria (nome, grupo) select '${WRONG}' || n, 'Bancada' from generate_series(1, 100) as n;
    create function bancada.errada(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $f$
    begin
      return query select null::text, l.id::text, jsonb_build_object('categoria', a.certa), 0.99,
        jsonb_build_object('tipo', 'bancada', 'categoria_lancada', l.categoria, 'fornecedor', l.fornecedor, 'valor', l.valor),
        'A categoria lançada é "' || l.categoria || '" e a certa é "' || a.certa || '".', 1.00
      from dw.lancamentos l join bancada.alvo a on a.id = l.id
      where l.categoria like '${WRONG}%'
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)));
    end $f$;
    grant usage on schema bancada to conferente_regra, conferente_escrita;
    grant select on bancada.alvo to conferente_regra, conferente_escrita;
    select audit.registrar_regra('${RULE}', 'Categorias erradas da bancada.', 'bancada.errada', 'dw.lancamentos', 'id',
      array['categoria', 'descricao', 'fornecedor', 'valor'], 'data_lancamento', 'carregado_em', 'valor', 0.9, 0.95,
      concessao_correcoes => 1000000000, concessao_valor => 1e15);
    -- a tenth of the table is past every limit that a careful person sets
    select audit.alterar_configuracao('limites.linhas', '100000000', 'bancada');
    select audit.alterar_configuracao('limites.fracao', '1', 'bancada');
    select audit.alterar_configuracao('limites.valor', '1000000000000', 'bancada');
    select audit.alterar_configuracao('aprovacao.valor_dupla', '1000000000000', 'bancada');`)
}

/** Puts the wrong category into every target. */
export async function damage(sql: Sql, run: number): Promise<void> {
  await sql`select set_config('bancada.errada', ${WRONG + run}, false)`
  await peer(sql, 'rollback')
}

/** A rule whose corrections were rolled back is refuted; the bench clears that and gives auto back. */
export const trustAgain = (sql: Sql) =>
  sql.begin(async (tx) => {
    await tx`delete from audit_interno.automaticas_erradas`
    await tx`select from audit.alterar_regra(${RULE}, '{"automatica": true}', 'bancada')`
  })

/** Loads entries of a day a day after everything that was there, or now. Gives their load time. */
export async function loadDay(
  sql: Sql,
  entries: number,
  day: string,
  seed: number,
  when?: 'now',
): Promise<string> {
  const [load] = await sql<{ at: string }[]>`
    select case when ${when === 'now'} then clock_timestamp() else (select max(carregado_em) + interval '1 day' from dw.lancamentos) end::text as at`
  const at = load?.at ?? ''
  const [fresh] = await sql<
    { id: string }[]
  >`select exemplo.carregar_dia(${entries}, ${day}, ${seed})::text as id`
  await sql`
    update dw.fato_lancamentos set carregado_em = ${at}::text::timestamptz
    where data_lancamento = ${day} and id >= ${fresh?.id ?? ''}::text::bigint`
  return at
}

/** Both sides begin with the same: no dead rows, fresh statistics, and a checkpoint behind them. */
export async function settle(sql: Sql): Promise<void> {
  await sql`vacuum (analyze) dw.fato_lancamentos`
  await sql`checkpoint`
}

/** Waiting findings as a rule leaves them, in a database without a warehouse. */
export async function synthesise(sql: Sql, count: number): Promise<void> {
  await sql`
    insert into audit.sessoes_processamento (modo, status, incremental, regras, solicitada_por)
    values ('manual', 'concluida', false, '{trade_marketing}', 'bancada')`
  await sql`
    insert into audit.divergencias_processadas (sessao_id, sessao_ultima_id, regra, hash_regra, tabela, registro_id,
      valores_originais, valores_propostos, confianca, evidencia, justificativa, valor_em_risco, detectada_em,
      ultima_deteccao, identidade, impressao)
    select 1, 1, 'trade_marketing', repeat('0', 64), 'dw.lancamentos', n::text, jsonb_build_object('categoria', 'Serviços ' || n % 50),
      '{"categoria": "Trade Marketing"}', 0.9 + n % 10 / 100.0, jsonb_build_object('tipo', 'padrao', 'padroes', array['campanha', 'verba ' || n % 20]),
      'A descrição tem "verba cooperada ' || n % 100 || '" e a categoria lançada é "Serviços ' || n % 50 || '".', n % 100000 / 7.0, now(),
      now(), sha256(n::text::bytea), substr(sha256(n::text::bytea), 1, 16)
    from generate_series(1, ${count}::int) as n`
  await sql`vacuum analyze audit.divergencias_processadas`
}
