-- Counts what the learnable history says: how often each key of each level went with a category in each booking month, of some
-- months, of some entries, or of all when both are null. Never learns from entries that are pending, have no category or no
-- usable date, or were corrected by us without a person's word. Each kind of key has a query of its own, grouped first by what
-- it needs and no more, so that amounts do not multiply words; return query, because it may run in parallel.
-- Reads dw.lancamentos, the audit tables, estatistica_categoria and estatistica_nome (which must know the entries' categories
-- and names); changes nothing. Called by audit_interno.contar_meses and contar_chegadas.
create or replace function audit_interno.contar_historia(meses int[], chaves text[])
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
language plpgsql stable rows 1000000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_pendentes text[] := audit_interno.rotulos_pendentes();
  v_nossas text[] := audit_interno.corrigidas_sem_palavra();
  v_inicio date;
  v_fim date;
begin
  select make_date(min(m) / 12, min(m) % 12 + 1, 1), (make_date(max(m) / 12, max(m) % 12 + 1, 1) + interval '1 month')::date
  into v_inicio, v_fim
  from unnest(meses) m;

  return query
  select f.nivel, f.chave, h.mes, c.id, sum(h.linhas)::int
  from (
    select audit_interno.mes_indice(l.data_lancamento) as mes, l.categoria, left(l.fornecedor, 200) as escrito, l.fornecedor_id,
      l.centro_custo, l.conta_contabil, count(*) as linhas
    from dw.lancamentos l
    where btrim(l.categoria) <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and audit_interno.mes_indice(l.data_lancamento) = any (meses))
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and not exists (select from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id)
    group by audit_interno.mes_indice(l.data_lancamento), l.categoria, left(l.fornecedor, 200), l.fornecedor_id,
      l.centro_custo, l.conta_contabil
  ) h
  join (
    select k.id, k.categoria
    from audit_interno.estatistica_categoria k
    where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
    offset 0
  ) c on c.categoria = h.categoria
  left join audit_interno.estatistica_nome n on n.escrito = h.escrito
  cross join lateral (select audit_interno.raiz_fornecedor(h.fornecedor_id) as raiz offset 0) r
  cross join lateral audit_interno.chaves_fornecedor(r.raiz, n.nome, nullif(btrim(h.fornecedor_id), ''),
    coalesce(r.raiz, '=' || n.nome), nullif(btrim(h.centro_custo), ''), nullif(btrim(h.conta_contabil), '')) f
  where h.mes is not null
  group by f.nivel, f.chave, h.mes, c.id;

  return query
  select f.nivel, f.chave, h.mes, c.id, count(*)::int
  from (
    select audit_interno.mes_indice(l.data_lancamento) as mes, l.categoria, left(l.fornecedor, 200) as escrito,
      audit_interno.raiz_fornecedor(l.fornecedor_id) as raiz, nullif(btrim(l.centro_custo), '') as centro, l.valor
    from dw.lancamentos l
    where btrim(l.categoria) <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and audit_interno.mes_indice(l.data_lancamento) = any (meses))
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and not exists (select from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id)
  ) h
  join (
    select k.id, k.categoria
    from audit_interno.estatistica_categoria k
    where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
    offset 0
  ) c on c.categoria = h.categoria
  left join audit_interno.estatistica_nome n on n.escrito = h.escrito
  cross join lateral audit_interno.chaves_valor(coalesce(h.raiz, '=' || n.nome), h.centro, h.valor) f
  where h.mes is not null
  group by f.nivel, f.chave, h.mes, c.id;

  return query
  select f.nivel, f.chave, h.mes, c.id, sum(h.linhas)::int
  from (
    select audit_interno.mes_indice(l.data_lancamento) as mes, l.categoria, left(l.fornecedor, 200) as escrito,
      audit_interno.raiz_fornecedor(l.fornecedor_id) as raiz, audit_interno.palavras_texto(l.descricao) as texto, count(*) as linhas
    from dw.lancamentos l
    where btrim(l.categoria) <> ''
      and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim
        and audit_interno.mes_indice(l.data_lancamento) = any (meses))
      and (chaves is null or l.id = any (audit_interno.chaves_como(chaves, (null::dw.lancamentos).id)))
      and not exists (select from unnest(audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)) n (id) where n.id = l.id)
    group by audit_interno.mes_indice(l.data_lancamento), l.categoria, left(l.fornecedor, 200),
      audit_interno.raiz_fornecedor(l.fornecedor_id), audit_interno.palavras_texto(l.descricao)
  ) h
  join (
    select k.id, k.categoria
    from audit_interno.estatistica_categoria k
    where audit_interno.dobrar(btrim(k.categoria)) <> all (v_pendentes)
    offset 0
  ) c on c.categoria = h.categoria
  left join audit_interno.estatistica_nome n on n.escrito = h.escrito
  cross join lateral audit_interno.chaves_texto(coalesce(h.raiz, '=' || n.nome), n.nome, h.texto) f
  where h.mes is not null
  group by f.nivel, f.chave, h.mes, c.id;
end
$$;

comment on function audit_interno.contar_historia(int[], text[]) is
  'Counts of the learnable history by level, key, booking month and category: of some months, of some keys, or of all.';
revoke execute on function audit_interno.contar_historia(int[], text[]) from public;
