-- A person says: not now. The finding waits outside the queue until the day, or until its row changes, and closes by itself like any other.
-- It can still be decided meanwhile.
create or replace function audit.adiar(ids bigint[], ate date, motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(adiar.motivo);
  v_hoje date := audit.hoje();
begin
  if adiar.ate < v_hoje then
    raise exception using errcode = 'NC001', message = format('não se pode adiar para um dia que já passou: %s', adiar.ate),
      hint = 'Escolha um dia a partir de amanhã. Com o dia de hoje ela volta à fila; sem dia, espera até que o registro mude.';
  end if;
  return query select * from audit_interno.anotar_divergencias(adiar.ids, 'adiamento', 'adiar', v_motivo,
    ate => nullif(coalesce(adiar.ate, 'infinity'), v_hoje));
end
$$;
comment on function audit.adiar(bigint[], date, text) is
  'Postpones findings: they leave audit.vw_grupos_abertos until the day ate (in agenda.fuso), or until their row changes if ate is null or infinity; today brings them back. Their status stays the same, and this counts neither for nor against their rule; auto leaves them to people. audit.desfazer undoes it. Returns each: feita, or deixada with the reason. Errors: NC001 none given or the day is past, NC004 unknown id, NC005 none is still waiting, NC006 reason missing.';
grant execute on function audit.adiar(bigint[], date, text) to conferente_revisor;
