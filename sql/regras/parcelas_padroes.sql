-- How much of what each marketing pattern matches is booked in the marketing category: entries it matches and those of them in the
-- category, in a sample of some 40,000 entries between two days, drawn by their keys so that the same ledger gives the same sample
-- (fracao: how much of the ledger that is). Pending ones are left out, those that a pattern excludes, and those that we booked and
-- nobody confirmed. Only what passes the quick filter meets the expressions, and only what any pattern matches is held against each.
-- Reads dw.lancamentos, the audit tables, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function regras.parcelas_padroes(inicio date, fim date, categoria text)
returns table (padrao_id bigint, lancamentos bigint, em_marketing bigint, fracao numeric)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(parcelas_padroes.categoria);
  v_pendentes text[] := regras.rotulos_pendentes() || ''::text;
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_descricao_filtro text[] := regras.filtro_padroes('incluir', 'descricao');
  v_descricao text := regras.expressao_padroes('incluir', 'descricao', true);
  v_descricao_livre text := regras.expressao_padroes('incluir', 'descricao', false);
  v_fornecedor_filtro text[] := regras.filtro_padroes('incluir', 'fornecedor');
  v_fornecedor text := regras.expressao_padroes('incluir', 'fornecedor', true);
  v_fornecedor_livre text := regras.expressao_padroes('incluir', 'fornecedor', false);
  v_conta_filtro text[] := regras.filtro_padroes('incluir', 'conta_contabil');
  v_conta text := regras.expressao_padroes('incluir', 'conta_contabil', true);
  v_conta_livre text := regras.expressao_padroes('incluir', 'conta_contabil', false);
  v_passo bigint;
begin
  v_passo := (
    select greatest(1, count(*) / 40000)
    from dw.lancamentos l
    where l.data_lancamento between parcelas_padroes.inicio and parcelas_padroes.fim);

  return query
  with amostra as (
    select audit_interno.dobrar(l.descricao) as descricao, audit_interno.dobrar(l.fornecedor) as fornecedor,
      audit_interno.dobrar(l.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada
    from dw.lancamentos l
    where l.data_lancamento between parcelas_padroes.inicio and parcelas_padroes.fim
      and (v_passo = 1 or hashtextextended(l.id::text, 3) % v_passo = 0)
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    offset 0
  ), casado as materialized (
    select row_number() over () as n, a.descricao, a.fornecedor, a.conta, a.categoria_dobrada = v_categoria as certo
    from amostra a
    where a.categoria_dobrada <> all (v_pendentes)
      and (regras.texto_casa(a.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
        or regras.texto_casa(a.fornecedor, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
        or regras.texto_casa(a.conta, v_conta_filtro, v_conta, v_conta_livre))
  ), texto as materialized (
    select c.n, c.certo, t.campo, t.texto
    from casado c
    cross join lateral (values ('descricao', c.descricao), ('fornecedor', c.fornecedor), ('conta_contabil', c.conta)) t (campo, texto)
    where t.texto <> ''
  ), nomeado as materialized (
    select t.campo, t.texto, p.id, p.acao
    from (select distinct x.campo, x.texto from texto x) t
    join (
      select p.*, regras.filtro_padrao(p.tipo, p.padrao_dobrado) as filtro
      from audit.padroes_trade_marketing p where p.ativo
      offset 0
    ) p on p.campo = t.campo
    where (p.filtro is null or t.texto like p.filtro) and regras.padrao_casa(p.tipo, p.padrao, t.texto)
  ), excluido as (
    select distinct t.n from texto t join nomeado m on m.campo = t.campo and m.texto = t.texto where m.acao = 'excluir'
  )
  select m.id, count(*), count(*) filter (where t.certo), round(1.0 / v_passo, 6)
  from texto t
  join nomeado m on m.campo = t.campo and m.texto = t.texto and m.acao = 'incluir'
  where t.n not in (select e.n from excluido e)
  group by m.id;
end
$$;

comment on function regras.parcelas_padroes(date, date, text) is
  'For each active marketing pattern: sampled entries that it matches between two booking dates, both included, and those of them booked in the given category.';
revoke execute on function regras.parcelas_padroes(date, date, text) from public;
