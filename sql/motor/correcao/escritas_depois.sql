-- What our later alterations, for other findings on the row, made of some columns of a finding, and when the last of them was made. Each has
-- to have found what was expected there; one that found something else came after a change from outside, and neither it nor what follows
-- is a reason to expect what it wrote. Where such alterations lie in the archive, the first that is left is believed. Called by
-- conferir_corrigidas and entradas_nossas.
create or replace function audit_interno.escritas_depois(d audit.divergencias_processadas, operacao_id bigint, esperado jsonb)
returns table (depois jsonb, finalizada_em timestamptz)
language sql
stable
as $$
  select pg_catalog.jsonb_object_agg(e.key, e.value order by e.operacao_id, e.divergencia_id), max(e.finalizada_em)
  from (
    select i.*, bool_and(i.antes = i.anterior) over (partition by i.key order by i.operacao_id, i.divergencia_id) as seguida
    from (
      select k.key, k.value, a.operacao_id, a.divergencia_id, q.finalizada_em, a.antes -> k.key as antes,
        coalesce(lag(k.value) over (partition by k.key order by a.operacao_id, a.divergencia_id),
          case when v.arquivada then a.antes else escritas_depois.esperado end -> k.key) as anterior
      from audit.divergencias_processadas n
      join audit.alteracoes a on a.divergencia_id = n.id and a.operacao_id > escritas_depois.operacao_id
      join audit.operacoes q on q.id = a.operacao_id
      cross join lateral pg_catalog.jsonb_each(a.depois) as k
      cross join lateral (
        select exists (
          select from audit.divergencias_processadas m
          join audit_interno.divergencias_arquivadas x on x.divergencia_id = m.id and x.alteracao_id > escritas_depois.operacao_id
          where m.registro_id = d.registro_id and m.tabela = d.tabela) as arquivada
      ) as v
      where n.registro_id = d.registro_id and n.tabela = d.tabela and escritas_depois.esperado ? k.key
    ) as i
  ) as e
  where e.seguida and e.divergencia_id <> d.id
$$;
comment on function audit_interno.escritas_depois(audit.divergencias_processadas, bigint, jsonb) is
  'Columns as our later alterations for other findings left them, one on top of the other, and when the last was made; nulls where there was none.';
