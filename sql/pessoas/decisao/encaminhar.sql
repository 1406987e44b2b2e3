-- A person asks somebody else to decide. A request, not a right: any reviewer may still decide it.
create or replace function audit.encaminhar(ids bigint[], para text, motivo text)
returns setof audit.resultado_decisao
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_motivo text := audit_interno.exigir_motivo(encaminhar.motivo);
  v_para text := audit_interno.nome_pessoa(encaminhar.para);
begin
  if coalesce(v_para, '') = '' or length(v_para) > 200 then
    raise exception using errcode = 'NC001', message = 'falta dizer para quem encaminhar',
      hint = 'Informe o nome de uma pessoa, como aparece nas decisões, ou um papel: revisor, administrador.';
  end if;
  return query select * from audit_interno.anotar_divergencias(encaminhar.ids, 'encaminhamento', 'encaminhar', v_motivo, para => v_para);
end
$$;
comment on function audit.encaminhar(bigint[], text, text) is
  'Forwards findings to a person, or to a role (revisor, administrador): they form groups of their own, with encaminhada_para, and come back to the queue if they were postponed. Their status stays the same, and this counts neither for nor against their rule; auto leaves them to people. audit.desfazer undoes it. Returns each: feita, or deixada with the reason. Errors: NC001 none given or nobody named, NC004 unknown id, NC005 none is still waiting, NC006 reason missing.';
grant execute on function audit.encaminhar(bigint[], text, text) to conferente_revisor;
