-- Under which names and with which words each company was booked in each month: of some months, of some entries, or of all when both
-- are null. Of the entries that contar_historia counts, those with a code. Reads dw.lancamentos, the audit tables,
-- estatistica_categoria and estatistica_nome; changes nothing. Called by regras.contar_meses and contar_chegadas.
create or replace function regras.contar_fornecedores(meses int[], chaves text[]) returns setof regras.estatistica_fornecedor
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := regras.rotulos_pendentes();
  v_nossas text[] := regras.corrigidas_sem_palavra();
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  return query
  with g as materialized (
    select regras.mes_indice(l.data_lancamento) as mes, left(l.fornecedor, 200) as escrito, l.fornecedor_id, l.descricao, count(*) as linhas
    from dw.lancamentos l
    where l.categoria in (
        select k.categoria from regras.estatistica_categoria k
        where audit_interno.dobrar_categoria(k.categoria) <> all (v_pendentes || ''::text))
      and l.fornecedor_id <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and regras.mes_indice(l.data_lancamento) = any (meses))
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
    group by 1, 2, 3, 4
  ), f as materialized (
    select regras.raiz_fornecedor(g.fornecedor_id) as raiz, coalesce(n.nome, '') as nome, g.mes, g.linhas,
      nullif(regras.palavras_texto(g.descricao), '') as texto
    from g
    left join regras.estatistica_nome n on n.escrito = g.escrito
    offset 0
  ), p as (
    select f.raiz, f.nome, f.mes, array_agg(distinct w) as palavras
    from (select distinct f.raiz, f.nome, f.mes, f.texto from f where f.texto is not null) f
    cross join lateral string_to_table(f.texto, ' ') w
    where length(w) >= 4
    group by 1, 2, 3
  )
  select t.raiz, t.nome, t.mes, t.textos, coalesce(p.palavras, '{}')
  from (
    select f.raiz, f.nome, f.mes, coalesce(sum(f.linhas) filter (where f.texto is not null), 0)::int as textos
    from f
    where f.raiz is not null and f.mes is not null
    group by 1, 2, 3
  ) t
  left join p on p.raiz = t.raiz and p.nome = t.nome and p.mes = t.mes;
end
$$;

comment on function regras.contar_fornecedores(int[], text[]) is
  'Names and words under which each company was booked in each month: of some months, of some entries, or of all.';
revoke execute on function regras.contar_fornecedores(int[], text[]) from public;
