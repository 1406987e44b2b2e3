-- Opens a closed month again; that it was closed stays on record. A month closed by the warehouse's own list is opened there.
create or replace function audit.reabrir_periodo(mes date, motivo text, filial text default null)
returns audit.periodos
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(reabrir_periodo.motivo);
  v_periodo audit.periodos;
  v_operacao bigint;
begin
  perform audit_interno.recusar_de_dentro();
  update audit.periodos p
  set reaberto_por = audit_interno.ator(), reaberto_em = clock_timestamp(), reaberto_motivo = v_motivo
  where p.mes = date_trunc('month', reabrir_periodo.mes::timestamp)::date and coalesce(audit_interno.dobrar_filial(p.filial), '') = coalesce(audit_interno.dobrar_filial(reabrir_periodo.filial), '')
    and p.reaberto_em is null
  returning * into v_periodo;
  if not found then
    raise exception using errcode = 'NC004',
      message = format('não está fechado: %s%s', coalesce(to_char(reabrir_periodo.mes, 'MM/YYYY'), 'mês nulo'), coalesce(' da filial ' || btrim(reabrir_periodo.filial), '')),
      hint = 'O que está fechado: select * from audit.periodos_fechados(). O que vem de periodos.fonte se reabre no data warehouse.';
  end if;
  v_operacao := audit_interno.abrir_operacao('periodo', motivo => v_motivo, detalhes => jsonb_build_object('reaberto', to_jsonb(v_periodo)));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  return v_periodo;
end
$$;
comment on function audit.reabrir_periodo(date, text, text) is
  'Reopens the month of a day, for the whole company or one branch, as it was closed. Errors: NC004 it was not closed by audit.fechar_periodo, NC006 reason missing.';
grant execute on function audit.reabrir_periodo(date, text, text) to conferente_administrador;
