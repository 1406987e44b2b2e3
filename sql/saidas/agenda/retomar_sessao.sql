-- Conducts a queued session, or one whose conductor died, and marks it as under way at once: its first step may take long, and people look.
-- If workers share the session, its remaining parts are queued again.
create or replace function audit_interno.retomar_sessao(sessao_id bigint)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if not audit_interno.conduzir_sessao(sessao_id) then
    return false;
  end if;
  update audit.sessoes_processamento s
  set status = 'em_andamento', inicio_processamento = coalesce(s.inicio_processamento, clock_timestamp()),
    ultima_atividade = clock_timestamp(), partes = coalesce(s.partes, 0), partes_concluidas = coalesce(s.partes_concluidas, 0)
  where s.id = retomar_sessao.sessao_id and s.status in ('agendada', 'em_andamento');
  if found then
    perform audit_interno.enfileirar_partes(retomar_sessao.sessao_id);
  end if;
  return true;
end
$$;
comment on function audit_interno.retomar_sessao(bigint) is
  'True when this connection now runs the session; false when another does. An ended session is left as it is.';
