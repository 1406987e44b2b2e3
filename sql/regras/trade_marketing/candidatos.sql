-- The entries of a window that have a matched text and another category, with the patterns that match and the words that may speak for the
-- booked category: words of name and description that no pattern names. An excluding pattern silences its entries. Reads dw.lancamentos,
-- the patterns and the settings; changes nothing. Called by regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.candidatos_marketing(
  janela audit.janela, categoria text, descricoes text[], fornecedores text[], contas text[]
) returns table (
  id text, data_lancamento date, categoria_lancada text, categoria_dobrada text, valor numeric, codigo text, chave text, nome text,
  padroes jsonb, palavras text[], conta text
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list too long to be hashed would be scanned for every entry
set work_mem = '64MB'
as $$
declare
  v_marketing text[] := regras.nomes_da_categoria(candidatos_marketing.categoria);
  v_dos_padroes text[];
begin
  select coalesce(array_agg(distinct m[1]), '{}') into v_dos_padroes
  from audit.padroes_trade_marketing p
  cross join lateral regexp_matches(audit_interno.dobrar(p.padrao), '[a-z]{3,}', 'g') m
  where p.ativo and p.acao = 'incluir';

  return query
  with casado as materialized (
    select l.id::text as id, l.data_lancamento::date as data_lancamento, l.categoria::text as categoria, l.valor::numeric as valor,
      l.fornecedor_id, l.fornecedor, l.descricao, l.conta_contabil,
      coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada
    from dw.lancamentos l
    -- hashed lists: the planner would estimate each member of a literal array, in every partition
    where (l.descricao in (select unnest(candidatos_marketing.descricoes))
        or l.fornecedor in (select unnest(candidatos_marketing.fornecedores))
        or l.conta_contabil in (select unnest(candidatos_marketing.contas)))
      and l.categoria is distinct from candidatos_marketing.categoria
      and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
  ), sucessao as materialized (
    select * from regras.sucessoes() s where s.desde <= current_date
  ), texto as (
    select 'descricao' as campo, c.descricao as texto from casado c
    union
    select 'fornecedor', c.fornecedor from casado c
    union
    select 'conta_contabil', c.conta_contabil from casado c
  ), nomeado as materialized (
    select t.campo, t.texto, bool_or(p.acao = 'excluir') as excluido,
      jsonb_agg(jsonb_build_object('id', p.id, 'campo', p.campo, 'tipo', p.tipo, 'padrao', p.padrao) order by p.id)
        filter (where p.acao = 'incluir') as padroes
    from (select x.campo, x.texto, audit_interno.dobrar(x.texto) as dobrado from texto x where x.texto <> '' offset 0) t
    join (
      select p.*, regra_trade_marketing.filtro_padrao(p.tipo, p.padrao_dobrado) as filtro
      from audit.padroes_trade_marketing p where p.ativo
      offset 0
    ) p on p.campo = t.campo
    -- the quick filter first; not every expression has one
    where (p.filtro is null or t.dobrado like p.filtro) and regra_trade_marketing.padrao_casa(p.tipo, p.padrao, t.dobrado)
    group by t.campo, t.texto
  )
  select c.id, c.data_lancamento, c.categoria, coalesce(r.para, c.categoria_dobrada), c.valor,
    c.fornecedor_id::text, regra_trade_marketing.chave_fornecedor(c.fornecedor_id, c.fornecedor), coalesce(regras.nome_canonico(c.fornecedor), ''),
    coalesce(d.padroes, '[]') || coalesce(f.padroes, '[]') || coalesce(k.padroes, '[]'),
    array(
      select distinct w
      from string_to_table(concat_ws(' ', regras.palavras_texto(c.fornecedor), regras.palavras_texto(c.descricao)), ' ') w
      where length(w) >= 4 and w <> all (v_dos_padroes)),
    nullif(btrim(c.conta_contabil), '')
  from casado c
  left join nomeado d on d.campo = 'descricao' and d.texto = c.descricao
  left join nomeado f on f.campo = 'fornecedor' and f.texto = c.fornecedor
  left join nomeado k on k.campo = 'conta_contabil' and k.texto = c.conta_contabil
  left join regras.categorias_renomeadas() r on r.de = c.categoria_dobrada
  where c.categoria_dobrada <> all (v_marketing)
    -- not under the name that marketing, perhaps with other things, had then
    and not exists (
      select 1 from sucessao s where s.de = c.categoria_dobrada and s.para = any (v_marketing) and c.data_lancamento < s.desde)
    and coalesce(d.padroes, f.padroes, k.padroes) is not null
    and (d.excluido or f.excluido or k.excluido) is not true;
end
$$;

comment on function regra_trade_marketing.candidatos_marketing(audit.janela, text, text[], text[], text[]) is
  'Entries of the window that marketing patterns match under a category other than the given one: patterns, supplier code, key and canonical name, and the words no pattern names.';
revoke execute on function regra_trade_marketing.candidatos_marketing(audit.janela, text, text[], text[], text[]) from public;

-- How much of what each marketing pattern matches is booked in the marketing category: matched entries, and those of them in the category,
-- in a sample of some 40,000 entries between two days. The sample is drawn by key, so the same ledger gives the same sample (fracao: the
-- share of the ledger that it covers). Left out are pending entries, those that a pattern excludes, and those that we booked and nobody
-- confirmed. Expressions run only on what passes the quick filter, and single patterns only on what any pattern matches. Reads
-- dw.lancamentos, the audit tables, the patterns and the settings; changes nothing. Called by regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.parcelas_padroes(inicio date, fim date, categoria text)
returns table (padrao_id bigint, lancamentos bigint, em_marketing bigint, fracao numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_marketing text[] := regras.nomes_da_categoria(parcelas_padroes.categoria);
  v_pendentes text[] := regras.rotulos_pendentes() || ''::text;
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_descricao_filtro text[] := regra_trade_marketing.filtro_padroes('incluir', 'descricao');
  v_descricao text := regra_trade_marketing.expressao_padroes('incluir', 'descricao', true);
  v_descricao_livre text := regra_trade_marketing.expressao_padroes('incluir', 'descricao', false);
  v_fornecedor_filtro text[] := regra_trade_marketing.filtro_padroes('incluir', 'fornecedor');
  v_fornecedor text := regra_trade_marketing.expressao_padroes('incluir', 'fornecedor', true);
  v_fornecedor_livre text := regra_trade_marketing.expressao_padroes('incluir', 'fornecedor', false);
  v_conta_filtro text[] := regra_trade_marketing.filtro_padroes('incluir', 'conta_contabil');
  v_conta text := regra_trade_marketing.expressao_padroes('incluir', 'conta_contabil', true);
  v_conta_livre text := regra_trade_marketing.expressao_padroes('incluir', 'conta_contabil', false);
  v_passo bigint;
  v_ids bigint[];
  v_incluem boolean[];
  v_campos text[];
  v_tipos text[];
  v_padroes text[];
  v_filtros text[];
begin
  select array_agg(p.id), array_agg(p.acao = 'incluir'), array_agg(p.campo), array_agg(p.tipo), array_agg(p.padrao),
    array_agg(regra_trade_marketing.filtro_padrao(p.tipo, p.padrao_dobrado))
  into v_ids, v_incluem, v_campos, v_tipos, v_padroes, v_filtros
  from audit.padroes_trade_marketing p
  where p.ativo;
  v_passo := (
    select greatest(1, count(*) / 40000)
    from dw.lancamentos l
    where l.data_lancamento between parcelas_padroes.inicio and parcelas_padroes.fim);

  return query
  with casado as materialized (
    -- the nodes of Citus count by the patterns that match; fences beside the entries, because one around them would bring each of them
    select m.incluem, x.categoria_dobrada = any (v_marketing) as certo, count(*) as quantos
    from dw.lancamentos l
    cross join lateral (
      select audit_interno.dobrar(l.descricao) as descricao, audit_interno.dobrar(l.fornecedor) as fornecedor,
        audit_interno.dobrar(l.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada
      offset 0
    ) x
    cross join lateral (
      select array_agg(p.id order by p.id) filter (where p.inclui) as incluem, bool_or(not p.inclui) as excluido
      from unnest(v_ids, v_incluem, v_campos, v_tipos, v_padroes, v_filtros) p (id, inclui, campo, tipo, padrao, filtro)
      cross join lateral (
        select case p.campo when 'descricao' then x.descricao when 'fornecedor' then x.fornecedor else x.conta end as texto
      ) t
      where t.texto <> '' and (p.filtro is null or t.texto like p.filtro) and regra_trade_marketing.padrao_casa(p.tipo, p.padrao, t.texto)
    ) m
    where l.data_lancamento between parcelas_padroes.inicio and parcelas_padroes.fim
      and (v_passo = 1 or hashtextextended(l.id::text, 3) % v_passo = 0)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
      and x.categoria_dobrada <> all (v_pendentes)
      and (regra_trade_marketing.texto_casa(x.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
        or regra_trade_marketing.texto_casa(x.fornecedor, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
        or regra_trade_marketing.texto_casa(x.conta, v_conta_filtro, v_conta, v_conta_livre))
      and m.incluem is not null and m.excluido is not true
    group by 1, 2
  )
  select p.id, sum(c.quantos)::bigint, coalesce(sum(c.quantos) filter (where c.certo), 0)::bigint, round(1.0 / v_passo, 6)
  from casado c
  cross join lateral unnest(c.incluem) p (id)
  group by p.id;
end
$$;

comment on function regra_trade_marketing.parcelas_padroes(date, date, text) is
  'For each active marketing pattern: sampled entries that it matches between two booking dates, both included, and how many of them are booked in the given category.';
revoke execute on function regra_trade_marketing.parcelas_padroes(date, date, text) from public;

-- A pattern's share, adjusted by the supplier's own entries: of a + b entries of the supplier, a are marketing and b in the booked
-- category. The pattern's share counts as four more entries, so that a thin history says little (m-estimate; Cestnik, Estimating
-- probabilities, 1990). Kept away from zero and one. Touches nothing. Called by regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.parcela_contestada(parcela numeric, a_favor numeric, contra numeric) returns numeric
language sql immutable parallel safe
return least(0.99999, greatest(0.00001, (a_favor + 4 * parcela) / (a_favor + contra + 4)));

comment on function regra_trade_marketing.parcela_contestada(numeric, numeric, numeric) is
  'Share of marketing among a supplier''s entries, those in marketing and those in the booked category, shrunk towards the pattern''s share.';
revoke execute on function regra_trade_marketing.parcela_contestada(numeric, numeric, numeric) from public;

-- Hits and observed precision of each marketing pattern: how many findings named it, how many of these a person or a standing correction
-- upheld, how many were rejected or rolled back. Reads the audit tables; changes nothing. Called by reports and by those who maintain the
-- patterns.
create or replace function audit.acertos_padroes()
returns table (padrao_id bigint, achados bigint, confirmados bigint, recusados bigint, precisao numeric)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.id, coalesce(a.achados, 0), coalesce(a.confirmados, 0), coalesce(a.recusados, 0),
    round(a.confirmados::numeric / nullif(a.confirmados + a.recusados, 0), 4)
  from audit.padroes_trade_marketing p
  left join (
    select (x ->> 'id')::bigint as padrao_id,
      count(*) as achados,
      count(*) filter (where d.status = 'corrigida') as confirmados,
      count(*) filter (where d.status in ('rejeitada', 'revertida')) as recusados
    from audit.divergencias_processadas d
    cross join lateral jsonb_array_elements(
      case jsonb_typeof(d.evidencia -> 'padroes') when 'array' then d.evidencia -> 'padroes' else '[]' end) x
    where d.regra = 'trade_marketing'
    group by 1
  ) a on a.padrao_id = p.id
  order by p.id
$$;

comment on function audit.acertos_padroes() is
  'For each marketing pattern: findings that named it, those corrected and still in force (confirmados), those rejected or rolled back (recusados), and confirmados / (confirmados + recusados); null precision when nothing was decided.';
revoke execute on function audit.acertos_padroes() from public;
grant execute on function audit.acertos_padroes() to conferente_leitor;

-- People's answers on the findings of each marketing pattern as it is written now, by pattern and entry: the supplier (null when unknown),
-- the category in which the entry was booked, folded, and whether the proposal was right. The last decision on a finding counts. What was
-- withdrawn does not count, nor what nobody looked at. Reads the audit tables and the patterns; changes nothing. Called by
-- regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.respostas_padroes()
returns table (padrao_id bigint, registro_id text, chave text, categoria_dobrada text, certo boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.id, d.registro_id, regra_trade_marketing.chave_fornecedor(d.entrada ->> 'fornecedor_id', d.entrada ->> 'fornecedor'),
    coalesce(audit_interno.dobrar_categoria(d.evidencia ->> 'categoria_lancada'), ''), u.tipo in ('aprovacao', 'segunda_aprovacao', 'confirmacao')
  from (
    select distinct on (p.divergencia_id) p.divergencia_id, p.tipo
    from audit.decisoes p
    where audit_interno.responde(p.tipo)
    order by p.divergencia_id, p.id desc
  ) u
  join audit.divergencias_processadas d on d.id = u.divergencia_id and d.regra = 'trade_marketing'
  cross join lateral jsonb_array_elements(
    case jsonb_typeof(d.evidencia -> 'padroes') when 'array' then d.evidencia -> 'padroes' else '[]' end) x
  join audit.padroes_trade_marketing p
    on p.id = (x ->> 'id')::bigint and p.campo = x ->> 'campo' and p.tipo = x ->> 'tipo' and p.padrao = x ->> 'padrao'
  where u.tipo in ('rejeicao', 'excecao', 'correcao_manual', 'confirmacao')
    or u.tipo in ('aprovacao', 'segunda_aprovacao') and d.status = 'corrigida'
$$;

comment on function regra_trade_marketing.respostas_padroes() is 'People''s answers on findings of each marketing pattern: pattern, entry, supplier, booked category, whether the proposal was right.';
revoke execute on function regra_trade_marketing.respostas_padroes() from public;

-- The probability that an entry which a marketing pattern matches is marketing although it is booked elsewhere. By Bayes' rule: of the
-- matching entries a share s (parcela) is marketing, of which a share m (erro) was booked elsewhere; of the others a share 1 - m is where
-- it belongs. That gives m s / (m s + (1 - m)(1 - s)). With m = .03 a share of .9 gives .22, and .95 takes a share of .9984. A pending
-- entry was not booked anywhere: m = .5, which leaves the share itself. Touches nothing. Called by regra_trade_marketing.detectar.
create or replace function regra_trade_marketing.confianca_padrao(parcela numeric, erro numeric) returns numeric
language sql immutable parallel safe
return erro * parcela / (erro * parcela + (1 - erro) * (1 - parcela));

comment on function regra_trade_marketing.confianca_padrao(numeric, numeric) is
  'Probability that an entry is marketing, if a pattern with this share of marketing matches it and marketing is booked elsewhere this often.';
revoke execute on function regra_trade_marketing.confianca_padrao(numeric, numeric) from public;
