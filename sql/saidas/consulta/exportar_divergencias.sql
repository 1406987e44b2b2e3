-- What every export reads: command line, mail, API and BI. No `set` clause, so that the planner inlines it like a view.
create or replace function audit.exportar_divergencias(
  sessao_id bigint default null, status text[] default null, regra text default null, data_inicio date default null,
  data_fim date default null
)
returns setof audit.vw_divergencias_exportacao
language sql
stable
as $$
  select v.*
  from audit.vw_divergencias_exportacao v
  where (exportar_divergencias.sessao_id is null or (select audit.sessao_no_banco(exportar_divergencias.sessao_id)) and v.id in (
      select t.divergencia_id from audit.deteccoes t join audit.operacoes o on o.id = t.operacao_id
      where o.sessao_id = exportar_divergencias.sessao_id))
    and (exportar_divergencias.status is null or v.status = any (exportar_divergencias.status))
    and (exportar_divergencias.regra is null or v.regra = exportar_divergencias.regra)
    and (exportar_divergencias.data_inicio is null
      or v.detectada_em >= exportar_divergencias.data_inicio::timestamp at time zone (select audit.fuso()))
    and (exportar_divergencias.data_fim is null
      or v.detectada_em < (exportar_divergencias.data_fim + 1)::timestamp at time zone (select audit.fuso()))
$$;
comment on function audit.exportar_divergencias(bigint, text[], text, date, date) is
  'Findings as they are exported: found by this session, even if others found them before or since, in one of these states, of this rule, first found from data_inicio to data_fim (days in the zone agenda.fuso, both included). A null does not filter. Errors: NC043 what the session found is in the archive.';
revoke execute on function audit.exportar_divergencias(bigint, text[], text, date, date) from public;
grant execute on function audit.exportar_divergencias(bigint, text[], text, date, date) to conferente_leitor;
