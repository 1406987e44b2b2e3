-- As SQL over the parameters of audit_interno.ler: the condition that a row t of a rule's table came late, or lies beside one that did, and that its load time
-- is outside the window. Called by medir_janela.
create or replace function audit_interno.condicao_atrasadas(sessao_id bigint, regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD' -- the format in which audit_interno.ler reads dates
as $$
  select concat(
    (select string_agg(format(' or t.%1$I >= %2$L and t.%1$I < %3$L and t.%4$I < $4',
        regra.coluna_data, p.inicio, p.fim + 1, regra.coluna_carga), '' order by p.inicio)
     from audit_interno.periodos_atrasados(sessao_id, regra.nome) p),
    (select format(' or t.%I::date = any (%L) and t.%I is null', regra.coluna_data, c.datas_sem_carga, regra.coluna_carga)
     from audit_interno.contagens_carga c
     where c.sessao_id = condicao_atrasadas.sessao_id and c.regra = condicao_atrasadas.regra.nome and c.datas_sem_carga is not null))
$$;
comment on function audit_interno.condicao_atrasadas(bigint, audit.regras) is
  'SQL to append to the window''s condition: it begins with or; empty if nothing came late.';
