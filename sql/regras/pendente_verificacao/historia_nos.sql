-- What regra_pendente_verificacao.contar_fornecedores and contar_historia count of whole months, counted by the nodes of Citus, so that they
-- send counts and not entries. Each statement is as simple as Citus can split: a fence around the entries, or a step before the last, would
-- bring all of them, and citus.max_intermediate_result_size would end that. On one server this takes half as long again.

-- The texts, as words, with which each company was booked in each of some months, or of all when null, and how many entries have one: what
-- contar_fornecedores takes the words from. Reads dw.lancamentos, the audit tables, estatistica_grafia and estatistica_nome; changes nothing.
-- Called by regra_pendente_verificacao.contar_fornecedores.
create or replace function regra_pendente_verificacao.textos_nos(meses int[])
returns table (raiz text, nome text, mes int, quantos bigint, textos text[])
language plpgsql stable rows 100000
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
  -- one row for a supplier's month: each word for itself would be ten times as many
  select h.raiz, coalesce(n.nome, ''), h.mes, count(h.texto), array_agg(h.texto)
  from dw.lancamentos l
  left join regra_pendente_verificacao.estatistica_nome n on n.escrito = left(l.fornecedor, 200)
  cross join lateral (
    select regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, regras.raiz_fornecedor(l.fornecedor_id) as raiz,
      nullif(regras.palavras_texto(l.descricao), '') as texto
    offset 0
  ) h
  where l.categoria in (
      select k.escrita from regra_pendente_verificacao.estatistica_grafia k
      where audit_interno.dobrar_categoria(k.escrita) <> all (v_pendentes || ''::text))
    and l.fornecedor_id <> '' and h.raiz is not null and h.mes is not null
    and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim and h.mes = any (meses))
    and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
  group by 1, 2, 3;
end
$$;

comment on function regra_pendente_verificacao.textos_nos(int[]) is
  'Texts under which each company was booked in each month, by name, of some months or of all, gathered by the nodes of Citus.';
revoke execute on function regra_pendente_verificacao.textos_nos(int[]) from public;

-- How often each key of each level went with a category, in each of some booking months, or of all when null: as contar_historia gives it
-- for the keys of entries and of texts. Reads what contar_historia reads; changes nothing. Called by
-- regra_pendente_verificacao.contar_historia.
create or replace function regra_pendente_verificacao.contar_historia_nos(meses int[])
returns table (nivel smallint, chave bigint, mes int, categoria int, linhas int)
language plpgsql stable rows 1000000
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
  select f.nivel, f.chave, h.mes, c.id, count(*)::int
  from dw.lancamentos l
  join (
    select k.categoria as id, k.escrita
    from regra_pendente_verificacao.estatistica_grafia k
    where audit_interno.dobrar_categoria(k.escrita) <> all (v_pendentes || ''::text)
    offset 0
  ) c on c.escrita = l.categoria
  left join regra_pendente_verificacao.estatistica_nome n on n.escrito = left(l.fornecedor, 200)
  cross join lateral (
    select regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, regras.raiz_fornecedor(l.fornecedor_id) as raiz,
      nullif(btrim(l.fornecedor_id), '') as codigo, nullif(btrim(l.centro_custo), '') as centro, nullif(btrim(l.conta_contabil), '') as conta
    offset 0
  ) h
  cross join lateral regra_pendente_verificacao.chaves(h.raiz, n.nome, h.codigo, h.centro, h.conta, l.valor) f
  where btrim(l.categoria) <> '' and h.mes is not null
    and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim and h.mes = any (meses))
    and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
  group by f.nivel, f.chave, h.mes, c.id;

  return query
  select f.nivel, f.chave, h.mes, c.id, count(*)::int
  from dw.lancamentos l
  join (
    select k.categoria as id, k.escrita
    from regra_pendente_verificacao.estatistica_grafia k
    where audit_interno.dobrar_categoria(k.escrita) <> all (v_pendentes || ''::text)
    offset 0
  ) c on c.escrita = l.categoria
  left join regra_pendente_verificacao.estatistica_nome n on n.escrito = left(l.fornecedor, 200)
  cross join lateral (
    select regra_pendente_verificacao.mes_indice(l.data_lancamento) as mes, regras.raiz_fornecedor(l.fornecedor_id) as raiz,
      regras.palavras_texto(l.descricao) as texto
    offset 0
  ) h
  cross join lateral regra_pendente_verificacao.chaves_texto(coalesce(h.raiz, '=' || n.nome), n.nome, h.texto) f
  where btrim(l.categoria) <> '' and h.mes is not null
    and (meses is null or l.data_lancamento >= v_inicio and l.data_lancamento < v_fim and h.mes = any (meses))
    and (v_nossas is null or l.id <> all (audit_interno.chaves_como(v_nossas, (null::dw.lancamentos).id)))
  group by f.nivel, f.chave, h.mes, c.id;
end
$$;

comment on function regra_pendente_verificacao.contar_historia_nos(int[]) is
  'Counts of the learnable history by level, key, booking month and category, of some months or of all, counted by the nodes of Citus.';
revoke execute on function regra_pendente_verificacao.contar_historia_nos(int[]) from public;
