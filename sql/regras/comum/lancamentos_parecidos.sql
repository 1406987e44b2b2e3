-- The entries of the ledger most similar to one: of the same company, or with one of its longest words in their text. Most common words
-- first, decided categories before parked ones, near in time before far. Searches outwards from that entry's day, a month, a quarter, a
-- year, three years, and stops once it has enough or a second has passed: a ledger may be long, and a person is waiting. Reads
-- dw.lancamentos, so it runs as conferente_regra; changes nothing. Called by audit.lancamentos_parecidos.
create or replace function regras.lancamentos_parecidos(
  chave text, dia date, fornecedor_id text, fornecedor text, descricao text, limite int
)
returns table (
  registro_id text, data_lancamento date, fornecedor_escrito text, documento text, texto text, valor numeric, categoria text,
  mesma_empresa boolean, mesmas_palavras text[]
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_inicio timestamptz := clock_timestamp();
  v_dia date := least(greatest(coalesce(lancamentos_parecidos.dia, current_date), date '0100-01-01'), date '9900-01-01');
  v_comeco text := regras.inicio_fornecedor(lancamentos_parecidos.fornecedor_id);
  v_raiz text := regras.raiz_fornecedor(lancamentos_parecidos.fornecedor_id);
  v_nome text := lower(nullif(btrim(lancamentos_parecidos.fornecedor), ''));
  v_canonico text := regras.nome_canonico(lancamentos_parecidos.fornecedor);
  v_palavras text[] := array(select distinct p from string_to_table(regras.palavras_texto(lancamentos_parecidos.descricao), ' ') p where length(p) >= 3);
  -- as it is written: to fold every text of a ledger takes longer than a person waits
  v_longas text[] := array(select '%' || p || '%' from regexp_split_to_table(lower(left(lancamentos_parecidos.descricao, 600)), '[^[:alpha:]]+') p
    where length(p) >= 4 group by p order by length(p) desc, p limit 3);
  v_pendentes text[] := regras.rotulos_pendentes();
  v_perto int := -1;
  v_longe int;
  v_achados int;
  v_falta int := least(greatest(lancamentos_parecidos.limite, 0), 50);
begin
  foreach v_longe in array array[31, 92, 366, 1096] loop -- over stretches of time, not rows
    exit when v_falta <= 0 or clock_timestamp() > v_inicio + interval '1 second';
    return query
    with perto as materialized (
      select l.id::text as id, l.data_lancamento::date as dia, l.fornecedor_id::text as codigo, l.fornecedor::text as nome, l.documento::text as documento,
        l.descricao::text as texto, l.valor::numeric as valor, l.categoria::text as categoria
      from dw.lancamentos l
      where (l.data_lancamento between v_dia - v_longe and v_dia - v_perto - 1 or l.data_lancamento between v_dia + greatest(v_perto + 1, 1) and v_dia + v_longe)
        and (v_comeco <> '' and regras.inicio_fornecedor(l.fornecedor_id) = v_comeco or lower(l.fornecedor) = v_nome
          or lower(l.descricao) like any (v_longas))
        and l.id::text <> lancamentos_parecidos.chave
      order by regras.inicio_fornecedor(l.fornecedor_id) = v_comeco desc nulls last, abs(l.data_lancamento::date - v_dia)
      limit 2000
    ), medido as (
      select p.*, p.categoria is null or coalesce(audit_interno.dobrar_categoria(p.categoria), '') = any (v_pendentes) as pendente,
        coalesce(regras.raiz_fornecedor(p.codigo) = v_raiz, regras.nome_canonico(p.nome) = v_canonico, false) as empresa, w.comuns, w.todas
      from perto p
      cross join lateral (
        select coalesce(array_agg(distinct u order by u) filter (where u = any (v_palavras)), '{}') as comuns, count(distinct u) as todas
        from string_to_table(regras.palavras_texto(p.texto), ' ') u where length(u) >= 3) w
    )
    select m.id, m.dia, m.nome, m.documento, m.texto, m.valor, m.categoria, m.empresa, m.comuns
    from medido m
    where m.empresa or m.comuns <> '{}'
    order by m.empresa::int + cardinality(m.comuns)::numeric / nullif(m.todas + cardinality(v_palavras) - cardinality(m.comuns), 0) desc nulls last,
      m.pendente, abs(m.dia - v_dia), m.id
    limit v_falta;
    get diagnostics v_achados = row_count;
    v_falta := v_falta - v_achados;
    v_perto := v_longe;
  end loop;
end
$$;

comment on function regras.lancamentos_parecidos(text, date, text, text, text, int) is
  'Entries of the ledger most similar to a given one: same company or same words, nearest stretch of time first.';
revoke execute on function regras.lancamentos_parecidos(text, date, text, text, text, int) from public;
