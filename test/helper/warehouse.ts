import type { Sql } from '../../src/db/connection.ts'
import { asOwner } from './owner.ts'

/** How the warehouse holds `dw.lancamentos`. */
export type WarehouseShape = 'tabela' | 'particionada' | 'visao' | 'estrela'
export type KeyType = 'bigint' | 'uuid' | 'text'

const COLUMN_LIST = (keyOf: string) => `id ${keyOf} not null, data_lancamento date, carregado_em timestamptz,
  filial text, centro_custo text, conta_contabil text, categoria text, fornecedor_id text, fornecedor text,
  documento text, descricao text, valor numeric(18,2), valor_documento numeric(18,2), valor_desconto numeric(18,2)`

const SHAPES: Record<WarehouseShape, (keyOf: KeyType) => string> = {
  tabela: (keyOf) => `create table dw.lancamentos (${COLUMN_LIST(keyOf)}, primary key (id))`,
  particionada: (keyOf) => `
    create table dw.lancamentos (${COLUMN_LIST(keyOf)}) partition by range (data_lancamento);
    create index on dw.lancamentos (id);
    create table dw.lancamentos_2026_01 partition of dw.lancamentos for values from ('2026-01-01') to ('2026-02-01');
    create table dw.lancamentos_2026_02 partition of dw.lancamentos for values from ('2026-02-01') to ('2026-03-01');
    create table dw.lancamentos_2026_03 partition of dw.lancamentos for values from ('2026-03-01') to ('2026-04-01');
    create table dw.lancamentos_outros partition of dw.lancamentos default`,
  visao: (keyOf) => `
    create schema origem;
    create table origem.razao (${COLUMN_LIST(keyOf).replace('categoria text', 'classe text')}, primary key (id));
    create view dw.lancamentos as select id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil,
      classe as categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto
    from origem.razao`,
  // somebody else's: names in separate tables, the supplier sometimes unknown
  estrela: (keyOf) => `
    create schema estrela;
    create table estrela.dim_categoria (sk serial primary key, nome text unique);
    create table estrela.dim_fornecedor (sk serial primary key, codigo text, nome text, unique nulls not distinct (codigo, nome));
    create table estrela.fato (nk ${keyOf} primary key, dia date, carga timestamptz, filial text, cc text, conta text,
      sk_categoria int references estrela.dim_categoria, sk_fornecedor int references estrela.dim_fornecedor,
      nota text, historico text, vl numeric(18,2), vl_nota numeric(18,2), vl_glosa numeric(18,2));
    create view dw.lancamentos as select f.nk as id, f.dia as data_lancamento, f.carga as carregado_em, f.filial,
      f.cc as centro_custo, f.conta as conta_contabil, c.nome as categoria, s.codigo as fornecedor_id,
      s.nome as fornecedor, f.nota as documento, f.historico as descricao, f.vl as valor,
      f.vl_nota as valor_documento, f.vl_glosa as valor_desconto
    from estrela.fato f left join estrela.dim_categoria c on c.sk = f.sk_categoria
      left join estrela.dim_fornecedor s on s.sk = f.sk_fornecedor;
    create function estrela.gravar() returns trigger language plpgsql security definer as $$
    begin
      insert into estrela.dim_categoria (nome) select new.categoria where new.categoria is not null on conflict do nothing;
      if tg_op = 'INSERT' then
        insert into estrela.dim_fornecedor (codigo, nome) select new.fornecedor_id, new.fornecedor
          where new.fornecedor is not null on conflict do nothing;
        insert into estrela.fato select new.id, new.data_lancamento, new.carregado_em, new.filial, new.centro_custo,
          new.conta_contabil, (select sk from estrela.dim_categoria where nome = new.categoria),
          (select sk from estrela.dim_fornecedor where nome = new.fornecedor and codigo is not distinct from new.fornecedor_id),
          new.documento, new.descricao, new.valor, new.valor_documento, new.valor_desconto;
      else
        update estrela.fato set vl = new.valor,
          sk_categoria = (select sk from estrela.dim_categoria where nome = new.categoria) where nk = old.id;
      end if;
      return new;
    end $$;
    create trigger gravar instead of insert or update on dw.lancamentos for each row execute function estrela.gravar()`,
}

/** An empty warehouse of the given form and type of key, granted as the contract says, with its labels. */
export async function makeWarehouse(
  sql: Sql,
  shape: WarehouseShape = 'tabela',
  keyOf: KeyType = 'bigint',
): Promise<void> {
  await sql.unsafe(`create schema dw; ${SHAPES[shape](keyOf)};
    grant usage on schema dw to conferente_regra, conferente_escrita; grant select on dw.lancamentos to conferente_regra, conferente_escrita; grant update on dw.lancamentos to conferente_escrita`)
  const [migrated] =
    await sql`select from pg_tables where schemaname = 'audit' and tablename = 'configuracoes_sistema'`
  if (migrated) {
    await asOwner(
      sql,
      (owner) => owner`update audit.configuracoes_sistema c set valor = r.valor::jsonb
        from (values ('pendente.rotulos', '["PENDENTE", "PENDENTE DE VERIFICAÇÃO", "A CLASSIFICAR"]'),
          ('trade_marketing.categoria', '"Trade Marketing"')) r (chave, valor) where r.chave = c.chave`,
    )
  }
}

/** The nth key of a type; text keys are the nastiest that a source may have. */
export function keyOf(type: KeyType, n: number): string {
  if (type === 'bigint') return String(9_007_199_254_740_000n + BigInt(n))
  if (type === 'uuid') return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  return `NF '${n}' "ção" \\ 🚗,{%s} ${'\u00a0'}`
}

/** Books entries; what is not given is ordinary and right. */
export async function book(sql: Sql, ...entries: Record<string, unknown>[]): Promise<void> {
  const rows = entries.map((entry) => ({
    data_lancamento: '2026-02-10',
    carregado_em: '2026-02-11T12:00:00Z',
    filial: 'Matriz',
    centro_custo: 'Administração',
    categoria: 'Serviços',
    fornecedor: 'Fornecedor Qualquer Ltda',
    descricao: 'serviço prestado',
    valor: '100.00',
    ...entry,
  }))
  await sql`insert into dw.lancamentos (id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil,
      categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto)
    select id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor,
      documento, descricao, valor, valor_documento, valor_desconto
    from jsonb_populate_recordset(null::dw.lancamentos, ${sql.json(rows as never)})`
}

/** Makes categories known to the ledger, so that auto may write them: an entry without a date for each, which is in no window. */
export async function makeKnown(sql: Sql, ...categories: string[]): Promise<void> {
  await book(
    sql,
    ...categories.map((category, i) => ({
      id: String(-1001 - i),
      data_lancamento: null,
      carregado_em: null,
      descricao: null,
      fornecedor: null,
      valor: null,
      categoria: category,
    })),
  )
}

/** A whole relation as text, in the order of its key, to be compared before and after. */
export async function photograph(sql: Sql, relation = 'dw.lancamentos'): Promise<string[]> {
  const rows = await sql.unsafe(`select t::text as linha from ${relation} t order by t.id::text collate "C"`)
  return rows.map((row) => row['linha'] as string)
}

/** Runs a session over everything. */
export async function runSession(sql: Sql, mode: 'manual' | 'auto', rules: string[] | null = null) {
  const [session] = await sql`
    select * from audit.processar_divergencias(${mode}, '-infinity', 'infinity', ${rules}::text[])`
  return session as NonNullable<typeof session>
}

/** Findings with a status, by rule and key. */
export async function findingsIn(sql: Sql, ...status: string[]) {
  return sql`select * from audit.divergencias_processadas d
    where ${status.length === 0} or d.status = any (${status}) order by d.regra, d.registro_id collate "C", d.id`
}

/** The SQLSTATE with which a statement is refused; undefined if it is not. */
export async function refusalOf(statement: PromiseLike<unknown>): Promise<string | undefined> {
  try {
    await statement
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

export interface RuleOptions {
  nome: string
  /** What follows `select` in the rule: seven columns of audit.achado, and where they come from. */
  consulta: string
  tabela?: string
  colunas?: string[]
  automatica?: boolean
}

/**
 * Makes a rule from a query over the alias t and registers it as an administrator does. It is registered while it finds nothing and
 * then gets its query, because a trial would refuse a rule that only breaks later.
 */
export async function makeRule(
  { sql, adelia }: { sql: Sql; adelia: Sql },
  { nome, consulta, tabela = 'dw.lancamentos', colunas = ['categoria'], automatica = true }: RuleOptions,
): Promise<void> {
  const fn = (body: string) => `create or replace function minhas.${nome}(janela audit.janela)
    returns setof audit.achado language plpgsql stable set search_path = pg_catalog, pg_temp as $regra$ begin ${body} end $regra$;
    grant execute on function minhas.${nome}(audit.janela) to conferente_regra;`
  await sql.unsafe(`create schema if not exists minhas; grant usage on schema minhas to conferente_regra, conferente_escrita;
    ${fn('return;')}`)
  await adelia`select audit.registrar_regra(${nome}, 'de teste', ${`minhas.${nome}`}, ${tabela}, 'id', ${colunas},
    limiar => 0.9, concessao_correcoes => ${automatica ? 1_000_000 : null}, concessao_valor => ${automatica ? 1e12 : null})`
  await sql.unsafe(fn(`return query select ${consulta};`))
  // auto is granted to the present code, which includes the others of this schema
  await asOwner(
    sql,
    (owner) =>
      owner`update audit.regras r set hash_autorizado = audit_interno.hash_regra(r) where r.automatica and r.funcao like 'minhas.%'`,
  )
}

/** A rule's query: rows t of a table that meet a condition get these values. */
export function proposing(proposed: string, where: string, table = 'dw.lancamentos'): string {
  return `null::text, t.id::text, ${proposed}, 0.99, '{}'::jsonb, 'porque sim', 10.00 from ${table} t
    where (${where}) and (janela.chaves is null or t.id::text = any (janela.chaves))`
}

/** A list of ids as PostgreSQL writes it, for `::bigint[]`. */
export const arrayOf = (...ids: unknown[]) => `{${ids.join()}}`

/** One person approves what the list shows; returns what became of the findings. */
export async function approveAll(sql: Sql, ...ids: unknown[]) {
  return sql`select * from audit.aprovar_divergencias(${arrayOf(...ids)}::bigint[], 'confere com a nota', array(
    select (select audit.divergencia_visto(d) from audit.divergencias_processadas d where d.id = u.id)
    from unnest(${arrayOf(...ids)}::bigint[]) with ordinality as u (id, n) order by u.n))`
}

/** One person rolls findings back; returns what became of the rows. */
export async function rollBack(sql: Sql, ...ids: unknown[]) {
  return sql`select * from audit.reverter_divergencias(${arrayOf(...ids)}::bigint[], 'era outra nota')`
}
