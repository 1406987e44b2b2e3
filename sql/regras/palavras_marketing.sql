-- Where the given words of names and descriptions are booked: a sample of some 20,000 entries between two days, drawn by their
-- keys so that the same ledger gives the same sample. For each word and category the entries, and of how many suppliers;
-- pending ones are left out, and those that a marketing pattern matches, for they are what is in question. Reads dw.lancamentos, the patterns and the settings; changes nothing. Called by regras.trade_marketing.
create or replace function regras.palavras_marketing(inicio date, fim date, palavras text[])
returns table (palavra text, categoria_dobrada text, lancamentos bigint, total bigint, fornecedores bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
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
    select greatest(1, count(*) / 20000)
    from dw.lancamentos l
    where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim);

  return query
  with amostra as (
    select l.id::text as id, audit_interno.dobrar(l.descricao) as descricao, audit_interno.dobrar(l.fornecedor) as fornecedor,
      audit_interno.dobrar(l.conta_contabil) as conta, coalesce(audit_interno.dobrar_categoria(l.categoria), '') as categoria_dobrada,
      regras.chave_fornecedor(l.fornecedor_id, l.fornecedor) as chave,
      l.fornecedor as nome, l.descricao as memoria
    from dw.lancamentos l
    where l.data_lancamento between palavras_marketing.inicio and palavras_marketing.fim
      and (v_passo = 1 or hashtextextended(l.id::text, 0) % v_passo = 0)
    offset 0
  ), outra as (
    select a.id, a.categoria_dobrada, a.chave,
      concat_ws(' ', regras.palavras_texto(a.nome), regras.palavras_texto(a.memoria)) as texto
    from amostra a
    where a.categoria_dobrada <> '' and a.categoria_dobrada <> all (v_pendentes)
      and not regras.texto_casa(a.descricao, v_descricao_filtro, v_descricao, v_descricao_livre)
      and not regras.texto_casa(a.fornecedor, v_fornecedor_filtro, v_fornecedor, v_fornecedor_livre)
      and not regras.texto_casa(a.conta, v_conta_filtro, v_conta, v_conta_livre)
    offset 0
  ), contado as (
    select w.palavra, a.categoria_dobrada, a.chave, count(distinct a.id) as lancamentos
    from outra a
    cross join lateral string_to_table(a.texto, ' ') w (palavra)
    where w.palavra = any (palavras_marketing.palavras)
    group by 1, 2, 3
  )
  select c.palavra, c.categoria_dobrada, sum(c.lancamentos)::bigint,
    (sum(sum(c.lancamentos)) over (partition by c.palavra))::bigint, count(distinct c.chave)
  from contado c
  group by c.palavra, c.categoria_dobrada;
end
$$;

comment on function regras.palavras_marketing(date, date, text[]) is
  'For each word and folded category: sampled entries with that word, all of the word, and suppliers, between two booking dates, both included.';
revoke execute on function regras.palavras_marketing(date, date, text[]) from public;
