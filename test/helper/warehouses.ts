// Warehouses unlike the demonstration's, each with a witness: a second copy of its tables that no code of ours has written, to
// which only what the audit says is applied. The base tables must hold what the witness holds, to the byte.
import type { Row, Sql } from '../../src/db/connection.ts'

export type Kind = 'estrela' | 'razao' | 'debito_credito'

/** What the warehouse does with an update; `certo` does what was asked. */
export const VARIANTS = {
  estrela: [
    'certo',
    'carga',
    'nulo',
    'nao_nulo',
    'surdo',
    'tagarela',
    'arredonda',
    'mudo',
    'mente',
    'nega',
    'vizinho',
    'sorteia',
    'adiado',
    'so_ida',
    'some',
  ],
  razao: ['certo', 'carga', 'maiusculas', 'caixa', 'depois', 'adiado', 'calado'],
  debito_credito: ['certo', 'so_debito', 'corta', 'sem_gatilho'],
} as const satisfies Record<Kind, readonly string[]>
export type Variant = (typeof VARIANTS)[Kind][number]

export interface Options {
  kind: Kind
  variant?: Variant
  /** Whether the category's look-up key may be null (estrela). */
  nullable?: boolean
}

export interface Warehouse {
  readonly kind: Kind
  readonly variant: Variant
  /** Schema of the base tables. */
  readonly base: string
  /** The nth entry's key as text. */
  key(n: number): string
  /** The category of which findings are made, another, and one more. */
  readonly wrong: string
  readonly right: string
  readonly other: string
  /** A change by somebody else, committed: `{s}` stands for the schema of the tables. */
  edit(statement: string, connection?: Sql): Promise<void>
  /**
   * Where the base tables differ from what the findings say, and from what the images, applied one after the other, say; the latter
   * is left out where somebody else has written since.
   */
  differences(options?: { images: boolean }): Promise<string[]>
}

/** How many entries there are; the nth has the nth key. */
export const ENTRIES = 44

/** A text that one entry has, because a session by itself writes no text unknown to the ledger. */
export const KNOWN_TEXT = '  Texto  "novo", ção'

interface Form {
  base: string
  key(n: number): string
  /** Tables that are compared, with the columns to copy. */
  tables: Record<string, string>
  wrong: string
  right: string
  other: string
  /** Tables in a schema, and the view over them in a relation. */
  create(schema: string, options: Options): string
  view(schema: string, name: string): string
  fill(schema: string): string
  trigger(variant: Variant): string
  /** `retrato.escrever(chave text, c jsonb)`: what a correct warehouse would do. */
  write: string
  /** Where the witness learns which columns may change along. */
  load: string
}

const field = (column: string, json = column, type = 'text') =>
  `${column} = case when c ? '${json}' then (c ->> '${json}')::${type} else t.${column} end`

const star: Form = {
  base: 'origem',
  key: (n) => String(7_000_000_000_000_000n + BigInt(n)),
  tables: { dim_categoria: '*', dim_fornecedor: '*', dim_centro: '*', fato: '*' },
  wrong: 'A DEFINIR',
  right: 'MARKETING E TRADE',
  other: 'RH',
  create: (schema, { nullable = true }) => `
    create table ${schema}.dim_categoria (sk int primary key, nome text not null unique);
    create table ${schema}.dim_fornecedor (sk int primary key, codigo text, nome text not null);
    create table ${schema}.dim_centro (sk int primary key, nome text not null);
    create table ${schema}.fato (nk bigint primary key, dia date not null, carga timestamptz not null, filial text,
      sk_centro int not null, conta text, sk_categoria int ${nullable ? '' : 'not null'},
      sk_fornecedor int, nota text, historico text, vl numeric(18,2) not null, vl_nota numeric(18,2), vl_glosa numeric(18,2))`,
  view: (schema, name) => `
    create view ${name} as select f.nk as id, f.dia as data_lancamento, f.carga as carregado_em, f.filial, cc.nome as centro_custo,
      f.conta as conta_contabil, upper(c.nome) as categoria, s.codigo as fornecedor_id, s.nome as fornecedor, f.nota as documento,
      f.historico as descricao, f.vl as valor, f.vl_nota as valor_documento, f.vl_glosa as valor_desconto
    from ${schema}.fato f left join ${schema}.dim_categoria c on c.sk = f.sk_categoria
      left join ${schema}.dim_fornecedor s on s.sk = f.sk_fornecedor join ${schema}.dim_centro cc on cc.sk = f.sk_centro`,
  fill: (schema) => `
    insert into ${schema}.dim_categoria values (1, 'A definir'), (2, 'Marketing e Trade'), (3, 'RH'), (4, 'TI'), (5, 'Frete');
    insert into ${schema}.dim_fornecedor values (1, '11222333000181', 'Gráfica Um Ltda'), (2, '22333444000172', 'Transportes Dois S.A.');
    insert into ${schema}.dim_centro values (1, 'Loja'), (2, 'Matriz');
    insert into ${schema}.fato select ${star.key(0)}::bigint + n, date '2026-02-01' + n % 25, '2026-03-01 12:00+00', 'SP', 1 + n % 2, '4.1.' || n,
      case when (n - 1) % 8 in (0, 3) then 1 when (n - 1) % 8 = 6 then 4 else 5 end, nullif(n % 3, 0), 'NF-' || n, 'Serviço  nº ' || n, 100 + n, 100 + n, 0
    from generate_series(1, ${ENTRIES}) n;
    update ${schema}.fato set sk_categoria = 2 where nk = ${star.key(44)}; update ${schema}.fato set sk_categoria = 3 where nk = ${star.key(43)};
    update ${schema}.fato set historico = '${KNOWN_TEXT}' where nk = ${star.key(37)}`,
  trigger(variant) {
    // what a correct trigger writes, and what the others do instead
    const upper = 'upper(c.nome) = new.categoria'
    const category = `(select c.sk from origem.dim_categoria c where ${
      variant === 'nulo' || variant === 'nao_nulo'
        ? 'c.nome = new.categoria'
        : variant === 'so_ida'
          ? `${upper} and c.nome <> 'A definir'`
          : upper
    })`
    const amount =
      variant === 'arredonda'
        ? 'round(new.valor)'
        : variant === 'sorteia'
          ? 'new.valor + 0.01 + (random() * 9)::int'
          : 'new.valor'
    const text =
      variant === 'tagarela'
        ? `new.descricao || '.'`
        : variant === 'arredonda'
          ? 'btrim(new.descricao)'
          : 'new.descricao'
    const where = variant === 'vizinho' ? 'nk = old.id + 1' : 'nk = old.id'
    return `create function origem.gravar() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin
        ${variant === 'mudo' ? 'if old.id % 2 = 0 then return null; end if;' : ''}
        ${variant === 'mente' ? 'if old.id % 2 = 0 then return new; end if;' : ''}
        ${variant === 'some' ? 'if old.id % 2 = 0 then delete from origem.fato where nk = old.id; return new; end if;' : ''}
        update origem.fato set vl = ${amount}, sk_categoria = ${category}, historico = ${text}, nota = new.documento,
          ${variant === 'surdo' ? '' : 'vl_nota = new.valor_documento,'} ${variant === 'carga' ? "carga = '2026-11-01 00:00+00'," : ''}
          vl_glosa = new.valor_desconto where ${where};
        ${variant === 'nega' ? 'if old.id % 2 = 0 then return null; end if;' : ''}
        return new;
      end $$;
      create trigger gravar instead of update on dw.lancamentos for each row execute function origem.gravar();
      ${
        variant === 'adiado'
          ? `create function origem.depois() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
             begin update origem.fato set vl_glosa = 1 where nk = new.nk and vl_glosa <> 1; return null; end $$;
             create constraint trigger depois after update on origem.fato deferrable initially deferred for each row execute function origem.depois()`
          : ''
      }`
  },
  write: `update retrato.fato t set ${field('vl', 'valor', 'numeric')}, ${field('vl_nota', 'valor_documento', 'numeric')},
    ${field('historico', 'descricao')}, ${field('nota', 'documento')},
    sk_categoria = case when c ? 'categoria' then (select d.sk from retrato.dim_categoria d where upper(d.nome) = c ->> 'categoria') else t.sk_categoria end
    where t.nk::text = chave`,
  load: 'update retrato.fato t set carga = o.carga from origem.fato o where o.nk = t.nk',
}

const LEDGER =
  'id, data_lancamento, carregado_em, filial, centro_custo, conta_contabil, categoria, fornecedor_id, fornecedor, documento, descricao, valor, valor_documento, valor_desconto, lote'

const ledger: Form = {
  base: 'dw',
  key: (n) => `2026/${String(n).padStart(3, '0')}`,
  tables: { lancamentos: LEDGER },
  wrong: 'A definir',
  right: 'Marketing e Trade',
  other: 'Recursos Humanos',
  create: (schema) => `
    create table ${schema}.lancamentos (id text not null, data_lancamento date not null, carregado_em timestamptz, filial text, centro_custo text,
      conta_contabil text, categoria text, fornecedor_id text, fornecedor text, documento text, descricao text, valor numeric(15,4),
      valor_documento numeric(15,4), valor_desconto numeric(15,4), lote text,
      modulo numeric generated always as (abs(valor)) stored, primary key (id, data_lancamento)) partition by range (data_lancamento);
    create table ${schema}.l_2026_02 partition of ${schema}.lancamentos for values from ('2026-02-01') to ('2026-03-01');
    create table ${schema}.l_2026_03 partition of ${schema}.lancamentos for values from ('2026-03-01') to ('2026-04-01');
    create index on ${schema}.lancamentos (id)`,
  view: () => '',
  fill: (schema) => `
    insert into ${schema}.lancamentos (${LEDGER}) select '2026/' || to_char(n, 'FM000'), date '2026-02-15' + n % 25, '2026-03-20 12:00+00', 'SP', 'Loja',
      '4.1.' || n, case when (n - 1) % 8 in (0, 3) then 'A definir' when (n - 1) % 8 = 6 then '' when (n - 1) % 8 = 5 then null else 'Frete' end, null,
      'Fornecedor ' || n % 3, 'NF-' || n, case when n % 2 = 0 then 'SERVIÇO Nº ' else 'Serviço nº ' end || n, 100.1234 + n, 100.1234 + n, 0, 'L1'
    from generate_series(1, ${ENTRIES}) n;
    update ${schema}.lancamentos set categoria = 'Marketing e Trade' where id = '2026/044'; update ${schema}.lancamentos set categoria = 'Recursos Humanos' where id = '2026/043';
    update ${schema}.lancamentos set descricao = '${KNOWN_TEXT}' where id = '2026/037'`,
  trigger(variant) {
    const body: Partial<Record<Variant, string>> = {
      carga: "new.carregado_em := '2026-11-01 00:00+00'; return new;",
      maiusculas: 'new.descricao := upper(new.descricao); return new;',
      caixa: 'new.categoria := upper(new.categoria); return new;',
      calado: "if right(old.id, 1) in ('0', '2', '4', '6', '8') then return null; end if; return new;",
      depois:
        'update dw.lancamentos set valor_desconto = 1 where id = new.id and valor_desconto <> 1; return null;',
      adiado:
        'update dw.lancamentos set valor_desconto = 1 where id = new.id and valor_desconto <> 1; return null;',
    }
    const when =
      variant === 'depois'
        ? 'trigger mudar after update on dw.lancamentos'
        : variant === 'adiado'
          ? 'constraint trigger mudar after update on dw.lancamentos deferrable initially deferred'
          : 'trigger mudar before update on dw.lancamentos'
    return body[variant] === undefined
      ? ''
      : `create function dw.mudar() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
         begin ${body[variant]} end $$; create ${when} for each row execute function dw.mudar()`
  },
  write: `update retrato.lancamentos t set ${field('valor', 'valor', 'numeric')}, ${field('valor_documento', 'valor_documento', 'numeric')},
    ${field('descricao')}, ${field('documento')}, ${field('categoria')}, ${field('data_lancamento', 'data_lancamento', 'date')} where t.id = chave`,
  load: 'update retrato.lancamentos t set carregado_em = o.carregado_em from dw.lancamentos o where o.id = t.id',
}

const debitCredit: Form = {
  base: 'origem',
  key: (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  tables: { movimento: '*' },
  wrong: 'PENDENTE',
  right: 'MARKETING E TRADE',
  other: 'RH',
  create: (schema) => `
    create table ${schema}.movimento (id uuid primary key, dia timestamp not null, carga timestamp not null, filial char(4), centro char(10),
      conta varchar(20), classe char(20), forn_codigo char(14), forn_nome varchar(60), nota varchar(20), historico varchar(40),
      debito numeric(18,2), credito numeric(18,2), valor_nota numeric(18,2), glosa numeric(18,2), check (num_nonnulls(debito, credito) = 1))`,
  view: (schema, name) => `
    create view ${name} as select m.id, m.dia::date as data_lancamento, m.carga as carregado_em, m.filial, m.centro as centro_custo,
      m.conta as conta_contabil, m.classe as categoria, m.forn_codigo as fornecedor_id, m.forn_nome as fornecedor, m.nota as documento,
      m.historico as descricao, (coalesce(m.debito, 0) - coalesce(m.credito, 0))::numeric(18,2) as valor, m.valor_nota as valor_documento, m.glosa as valor_desconto
    from ${schema}.movimento m`,
  fill: (schema) => `
    insert into ${schema}.movimento select ('00000000-0000-4000-8000-' || to_char(n, 'FM000000000000'))::uuid, timestamp '2026-02-01 23:30' + n % 25 * interval '1 day',
      '2026-03-01 00:00', 'SP', 'Loja', '4.1', case when (n - 1) % 8 in (0, 3) then 'PENDENTE' when (n - 1) % 8 = 6 then 'RH' else 'FRETE' end,
      '1122233300018' || n % 3, 'Fornecedor ' || n % 3, 'NF-' || n, 'Serviço nº ' || n, case when n % 2 = 0 then 100 + n end, case when n % 2 = 1 then 100 + n end, 100 + n, 0
    from generate_series(1, ${ENTRIES}) n;
    update ${schema}.movimento set classe = 'MARKETING E TRADE' where id = '00000000-0000-4000-8000-000000000044';
    update ${schema}.movimento set historico = '${KNOWN_TEXT}' where id = '00000000-0000-4000-8000-000000000037'`,
  trigger(variant) {
    if (variant === 'sem_gatilho') return ''
    const amounts =
      variant === 'so_debito'
        ? 'debito = case when credito is null then greatest(new.valor, 0) end'
        : 'debito = case when new.valor >= 0 then new.valor end, credito = case when new.valor < 0 then -new.valor end'
    return `create function origem.gravar() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
      begin
        update origem.movimento set ${amounts}, classe = ${variant === 'corta' ? 'left(new.categoria, 6)' : 'new.categoria'},
          historico = new.descricao, nota = new.documento, valor_nota = new.valor_documento, glosa = new.valor_desconto where id = old.id;
        return new;
      end $$;
      create trigger gravar instead of update on dw.lancamentos for each row execute function origem.gravar()`
  },
  write: `update retrato.movimento t set ${field('classe', 'categoria')}, ${field('historico', 'descricao')}, ${field('nota', 'documento')},
    ${field('valor_nota', 'valor_documento', 'numeric')},
    debito = case when c ? 'valor' then case when (c ->> 'valor')::numeric >= 0 then (c ->> 'valor')::numeric end else t.debito end,
    credito = case when c ? 'valor' then case when (c ->> 'valor')::numeric < 0 then -(c ->> 'valor')::numeric end else t.credito end
    where t.id::text = chave`,
  load: 'update retrato.movimento t set carga = o.carga from origem.movimento o where o.id = t.id',
}

const FORMS: Record<Kind, Form> = { estrela: star, razao: ledger, debito_credito: debitCredit }

/** Makes a warehouse with its entries, granted as the contract says, and its witness. */
export async function warehouse(sql: Sql, options: Options): Promise<Warehouse> {
  const form = FORMS[options.kind]
  const variant = options.variant ?? 'certo'
  const tables = Object.entries(form.tables)
  const both = (table: string, sign: string, a: string, b: string) =>
    `array(select '${table} ${sign} ' || x.linha from (select t::text as linha from ${a}.${table} t except all select t::text from ${b}.${table} t) x)`
  await sql.unsafe(`
    create schema if not exists dw; create schema if not exists ${form.base}; create schema retrato;
    ${form.create(form.base, options)};
    ${form.fill(form.base)};
    ${form.view(form.base, 'dw.lancamentos')};
    ${form.trigger(variant)};
    ${form.create('retrato', { ...options, nullable: true })};
    ${tables.map(([table, columns]) => `insert into retrato.${table} ${columns === '*' ? '' : `(${columns})`} select ${columns} from ${form.base}.${table}`).join(';')};
    create function retrato.escrever(chave text, c jsonb) returns void language plpgsql as $$ begin ${form.write}; end $$;
    -- what is applied is undone by the exception; what was seen stays in the variable
    create function retrato.diferencas(imagens boolean) returns text[] language plpgsql as $$
    declare v_vistas text[];
    begin
      begin
        perform retrato.escrever(x.registro_id, x.valores) from (
          select d.registro_id, coalesce(d.valores_digitados, d.valores_propostos) as valores,
            (select max(a.operacao_id) from audit.alteracoes a where a.divergencia_id = d.id) as ordem
          from audit.divergencias_processadas d where d.status = 'corrigida' and d.tabela = 'dw.lancamentos' and not imagens
          union all
          select d.registro_id, a.depois, a.operacao_id
          from audit.alteracoes a join audit.divergencias_processadas d on d.id = a.divergencia_id where d.tabela = 'dw.lancamentos' and imagens
          order by ordem) as x;
        ${variant === 'carga' ? form.load : 'perform 1'};
        v_vistas := ${tables.map(([table]) => `${both(table, 'should be', 'retrato', form.base)} || ${both(table, 'is', form.base, 'retrato')}`).join(' || ')};
        raise exception using errcode = 'NC997';
      exception when sqlstate 'NC997' then null;
      end;
      return v_vistas;
    end $$;
    grant usage on schema dw to conferente_regra, conferente_escrita; grant select on dw.lancamentos to conferente_regra, conferente_escrita;
    grant update on dw.lancamentos to conferente_escrita`)
  return {
    kind: options.kind,
    variant,
    base: form.base,
    key: form.key,
    wrong: form.wrong,
    right: form.right,
    other: form.other,
    async edit(statement, connection = sql) {
      await connection.unsafe(statement.replaceAll('{s}', form.base))
      await sql.unsafe(statement.replaceAll('{s}', 'retrato'))
    },
    async differences({ images } = { images: true }) {
      const [row] =
        await sql`select retrato.diferencas(false) as findings, retrato.diferencas(true) as images`
      const lines = (side: string) =>
        ((row?.[side] ?? []) as string[]).map((line) => `by the ${side}: ${line}`)
      return images ? [...lines('findings'), ...lines('images')] : lines('findings')
    },
  }
}

/** The false statements in a rollback's results. */
export async function untrue(sql: Sql, results: readonly Row[]): Promise<string[]> {
  const lies: string[] = []
  for (const r of results) {
    const said = JSON.stringify([r['registro_id'], r['resultado'], r['antes'], r['depois'], r['agora']])
    const [row] = await sql`
      select d.status, coalesce(to_jsonb(l) @> ${sql.json(r['antes'])}, false) as antes,
        to_jsonb(l) @> ${sql.json(r['agora'])} as agora, l.id is null as gone
      from audit.divergencias_processadas d left join dw.lancamentos l on l.id::text = d.registro_id
      where d.id = ${r['divergencia_id']}`
    const reverted = r['resultado'] === 'revertida' || r['resultado'] === 'ja_revertida'
    if (reverted && !row?.['antes']) lies.push(`not given back: ${said}`)
    if (!reverted && row?.['status'] === 'revertida') lies.push(`called revertida: ${said}`)
    if (!reverted && !row?.['gone'] && !row?.['agora']) lies.push(`not what is there now: ${said}`)
  }
  return lies
}

export const COLUMNS = ['categoria', 'valor', 'valor_documento', 'descricao', 'documento']

/**
 * Registers the rule `casa`, with its own schema, which proposes what its table `propostas` says as long as the row holds what it
 * held when that was written. It accepts anything else that the row may hold, like a rule that looks for one error.
 */
export async function houseRule(
  sql: Sql,
  adelia: Sql,
  { name = 'casa', columns = COLUMNS, relation = 'dw.lancamentos', before = '', after = '' } = {},
): Promise<void> {
  const conditions = columns.map(
    (c) => `(not p.valores ? '${c}' or t.${c}::text is not distinct from (p.de ->> '${c}'))`,
  )
  await sql.unsafe(`
    create schema ${name}; grant usage on schema ${name} to conferente_regra;
    create table ${name}.propostas (id text primary key, de jsonb not null, valores jsonb not null, confianca numeric not null, risco numeric not null);
    grant select on ${name}.propostas to conferente_regra;
    create function ${name}.regra(janela audit.janela) returns setof audit.achado language plpgsql stable set search_path = pg_catalog, pg_temp as $$
    begin
      ${before}
      return query select null::text, t.id::text, p.valores, p.confianca, jsonb_build_object('tipo', 'casa'), 'a casa diz outra coisa', p.risco
      from ${relation} t join ${name}.propostas p on p.id = t.id::text
      where ${conditions.join(' and ')} and (janela.chaves is null or t.id::text = any (janela.chaves));
      ${after}
    end $$;
    grant execute on function ${name}.regra(audit.janela) to conferente_regra`)
  await adelia`select audit.registrar_regra(${name}, 'o que a casa diz', ${`${name}.regra`}, ${relation}, 'id', ${columns},
    'data_lancamento', 'carregado_em', 'valor', limiar => 0.95, concessao_correcoes => 1000000, concessao_valor => 1e12,
    colunas_identidade => array['data_lancamento', 'documento', 'fornecedor', 'fornecedor_id'])`
}

export interface Proposal {
  id: string
  valores: Record<string, string | null>
  confianca?: number
  risco?: number
}

/** Makes the rule propose: it objects to what the row holds now. */
export async function propose(
  sql: Sql,
  proposals: Proposal[],
  { name = 'casa', columns = COLUMNS, relation = 'dw.lancamentos' } = {},
): Promise<void> {
  const rows = proposals.map(({ id, valores, confianca = 0.99, risco = 10 }) => ({
    id,
    valores,
    confianca,
    risco,
  }))
  await sql.unsafe(
    `insert into ${name}.propostas select p.id, jsonb_build_object(${columns.map((c) => `'${c}', t.${c}::text`).join()}), p.valores, p.confianca, p.risco
     from jsonb_to_recordset($1::text::jsonb) as p (id text, valores jsonb, confianca numeric, risco numeric) join ${relation} t on t.id::text = p.id`,
    [JSON.stringify(rows)],
  )
}
