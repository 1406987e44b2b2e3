-- For each rule of an incremental session, records which earlier counts of loads its own will be compared with, and deletes the counts that
-- no session will ask for any more. Called by criar_sessao.
create or replace function audit_interno.abrir_contagens(sessao audit.sessoes_processamento, margem interval)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into audit_interno.contagens_carga (sessao_id, regra, base_id, corte, data_desde)
  select e.sessao_id, e.regra, u.id, e.carregado_ate - margem,
    (e.carregado_ate at time zone audit.fuso())::date - (audit_interno.configuracao('sessao.atrasadas_dias') #>> '{}')::integer
  from audit.execucoes_regra e
  join audit.regras r on r.nome = e.regra and r.coluna_data is not null and r.coluna_carga is not null
  left join lateral audit_interno.sessao_anterior(e.regra, sessao.modo) as u on true
  where e.sessao_id = sessao.id and e.status = 'pendente';
  delete from audit_interno.contagens_carga c
  where c.regra = any (sessao.regras)
    and c.sessao_id < coalesce(
      (select u.id from audit_interno.sessao_anterior(c.regra, 'auto') u), (select u.id from audit_interno.sessao_anterior(c.regra, 'manual') u))
    and not exists (
      select from audit.sessoes_processamento s left join audit_interno.contagens_carga x on x.sessao_id = s.id and x.regra = c.regra
      where s.status in ('agendada', 'em_andamento') and c.sessao_id in (s.id, x.base_id));
end
$$;
comment on function audit_interno.abrir_contagens(audit.sessoes_processamento, interval) is 'Opens the counts of a session''s rules.';
