-- Trigger: every change of a finding's state is a fact, whoever makes it. A finding without such a fact is as its first detection left it,
-- so a detection costs nothing here. Runs as whoever writes, like audit_interno.anotar_estados.
create or replace function audit_interno.anotar_situacoes()
returns trigger
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set enable_nestloop = off -- the planner does not know how many rows a statement changes, and keeps the plan of the first few
as $$
declare
  v_autor text := nullif(current_user, 'conferente_dono');
  v_sal bytea := uuid_send(gen_random_uuid());
begin
  insert into audit_interno.estados (operacao_id, tabela, chaves, resumos, autor, sal, autoria)
  select audit_interno.operacao_em_curso(), 'audit.divergencias_processadas', array_agg(x.chave), array_agg(sha256(v_sal || x.resumo)),
    v_autor, v_sal, sha256(v_sal || convert_to(v_autor, 'UTF8'))
  from ( -- both lists take the rows as they come, so they stay side by side
    select d.id::text as chave, audit_interno.resumo_situacao(row(d.*)::audit.divergencias_processadas) as resumo,
      (row_number() over () - 1) / 10000 as n
    from depois d
    join antes a on a.id = d.id
    where (d.status, d.valores_digitados, d.proposta_por, d.decidida_em, d.decidida_por, d.motivo, d.adiada_ate, d.encaminhada_para, d.vezes_desfeita)
      is distinct from
      (a.status, a.valores_digitados, a.proposta_por, a.decidida_em, a.decidida_por, a.motivo, a.adiada_ate, a.encaminhada_para, a.vezes_desfeita)
  ) as x
  group by x.n;
  return null;
end
$$;
comment on function audit_interno.anotar_situacoes() is 'Records the states of findings that a statement changed.';
