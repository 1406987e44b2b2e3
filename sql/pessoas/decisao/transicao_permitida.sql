-- The life of a divergência. Every change of status goes through the trigger below, however it is made.
create or replace function audit_interno.transicao_permitida(de text, para text)
returns boolean
language sql
immutable parallel safe
as $$
  select de = para or case de
    when 'aberta' then para <> 'revertida'
    when 'aguardando_segunda_aprovacao' then para in ('aberta', 'corrigida', 'rejeitada', 'obsoleta', 'resolvida', 'falha')
    when 'corrigida' then para in ('revertida', 'aberta', 'falha', 'obsoleta')
    when 'revertida' then para in ('corrigida', 'aberta', 'resolvida', 'aguardando_segunda_aprovacao')
    when 'rejeitada' then para = 'aberta'
    when 'falha' then para in ('aberta', 'aguardando_segunda_aprovacao', 'corrigida', 'rejeitada', 'obsoleta', 'resolvida')
    else para = 'aberta' -- obsoleta, resolvida: found again
  end
$$;
comment on function audit_interno.transicao_permitida(text, text) is 'Whether a finding may go from one status to another.';

create or replace function audit_interno.recusar_transicao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = 'NC005',
    message = format('a divergência %s não pode ir de %s para %s', old.id, old.status, new.status);
end
$$;
comment on function audit_interno.recusar_transicao() is 'Refuses a forbidden change of status with NC005.';

create or replace trigger proteger_transicao before update of status on audit.divergencias_processadas
  for each row when (not audit_interno.transicao_permitida(old.status, new.status))
  execute function audit_interno.recusar_transicao();

-- Two people, whatever their names: the table's own check only compares spellings.
create or replace function audit_interno.exigir_outra_pessoa()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if audit_interno.mesma_pessoa(new.proposta_por, new.decidida_por) then
    raise exception using errcode = 'NC007',
      message = format('a segunda aprovação precisa ser de outra pessoa: %s propôs, e %s é a mesma pessoa', new.proposta_por, new.decidida_por);
  end if;
  return new;
end
$$;
comment on function audit_interno.exigir_outra_pessoa() is 'Refuses with NC007 when one person proposes and approves.';

create or replace trigger exigir_outra_pessoa before update of status on audit.divergencias_processadas
  for each row when (new.status = 'corrigida' and new.proposta_por is not null)
  execute function audit_interno.exigir_outra_pessoa();

-- A person's proposal dies with the state in which it was made: a value entered for a row that has changed since, or for a finding that was
-- rejected, is not applied when the finding opens again.
create or replace function audit_interno.esquecer_proposta()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.valores_digitados := null;
  new.proposta_por := null;
  return new;
end
$$;
comment on function audit_interno.esquecer_proposta() is 'Clears what a person proposed when a finding is closed without it, or reopened.';

create or replace trigger esquecer_proposta before update of status on audit.divergencias_processadas
  for each row when (new.status in ('aberta', 'obsoleta', 'resolvida', 'rejeitada')
    and (new.valores_digitados is not null or new.proposta_por is not null))
  execute function audit_interno.esquecer_proposta();

-- A postponement or a forwarding belongs to the finding as it was then: one that is found again, or was decided, does not stay hidden.
create or replace function audit_interno.esquecer_notas()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.adiada_ate := null;
  new.encaminhada_para := null;
  return new;
end
$$;
comment on function audit_interno.esquecer_notas() is 'Clears until when a finding was postponed and whom it was forwarded to when its status changes.';

create or replace trigger esquecer_notas before update of status on audit.divergencias_processadas
  for each row when (new.status <> old.status and (new.adiada_ate is not null or new.encaminhada_para is not null))
  execute function audit_interno.esquecer_notas();
