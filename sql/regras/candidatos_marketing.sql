-- The entries of a window that bear a matched text under another category, with the patterns that match and the words that
-- may speak for the booked category: those of name and description that no pattern names. An excluding pattern silences
-- its entries. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function regras.candidatos_marketing(
  janela audit.janela, categoria text, descricoes text[], fornecedores text[], contas text[]
) returns table (
  id text, data_lancamento date, categoria_lancada text, categoria_dobrada text, valor numeric, codigo text, chave text, nome text,
  padroes jsonb, palavras text[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
-- a list that may not be hashed is gone through for every entry
set work_mem = '64MB'
as $$
declare
  v_categoria_dobrada text := audit_interno.dobrar(candidatos_marketing.categoria);
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
    -- hashed lists: of an array written out the planner would weigh each member, in every partition
    where (l.descricao in (select unnest(candidatos_marketing.descricoes))
        or l.fornecedor in (select unnest(candidatos_marketing.fornecedores))
        or l.conta_contabil in (select unnest(candidatos_marketing.contas)))
      and l.categoria is distinct from candidatos_marketing.categoria
      and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
      and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
      and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
      and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
      and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
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
      select p.*, regras.filtro_padrao(p.tipo, p.padrao_dobrado) as filtro
      from audit.padroes_trade_marketing p where p.ativo
      offset 0
    ) p on p.campo = t.campo
    -- the quick filter first; not every expression has one
    where (p.filtro is null or t.dobrado like p.filtro) and regras.padrao_casa(p.tipo, p.padrao, t.dobrado)
    group by t.campo, t.texto
  )
  select c.id, c.data_lancamento, c.categoria, c.categoria_dobrada, c.valor,
    c.fornecedor_id::text, regras.chave_fornecedor(c.fornecedor_id, c.fornecedor), coalesce(regras.nome_canonico(c.fornecedor), ''),
    coalesce(d.padroes, '[]') || coalesce(f.padroes, '[]') || coalesce(k.padroes, '[]'),
    array(
      select distinct w
      from string_to_table(concat_ws(' ', regras.palavras_texto(c.fornecedor), regras.palavras_texto(c.descricao)), ' ') w
      where length(w) >= 4 and w <> all (v_dos_padroes))
  from casado c
  left join nomeado d on d.campo = 'descricao' and d.texto = c.descricao
  left join nomeado f on f.campo = 'fornecedor' and f.texto = c.fornecedor
  left join nomeado k on k.campo = 'conta_contabil' and k.texto = c.conta_contabil
  where c.categoria_dobrada <> v_categoria_dobrada
    and coalesce(d.padroes, f.padroes, k.padroes) is not null
    and (d.excluido or f.excluido or k.excluido) is not true;
end
$$;

comment on function regras.candidatos_marketing(audit.janela, text, text[], text[], text[]) is
  'Entries of the window that marketing patterns match under a category other than the given one: patterns, supplier code, key and canonical name, and the words no pattern names.';
revoke execute on function regras.candidatos_marketing(audit.janela, text, text[], text[], text[]) from public;
