-- Keeps a stamp that the worker has checked, as an operation of its own and so a link of the chain. One for each link; a second is ignored.
-- Called by the worker's task.
create or replace function audit_interno.registrar_carimbo(url text, elo bigint, selo bytea, token bytea, em timestamptz, autoridade text)
returns bigint
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_operacao bigint;
begin
  perform from audit_interno.cadeia for update; -- one at a time
  if exists (select from audit_interno.carimbos c where c.elo = registrar_carimbo.elo) then
    return null;
  end if;
  v_operacao := audit_interno.abrir_operacao('carimbo', detalhes => jsonb_build_object('elo', registrar_carimbo.elo,
    'selo', encode(registrar_carimbo.selo, 'hex'), 'url', registrar_carimbo.url, 'autoridade', registrar_carimbo.autoridade,
    'carimbado_em', registrar_carimbo.em, 'sha256', encode(sha256(registrar_carimbo.token), 'hex')));
  insert into audit_interno.carimbos (operacao_id, elo, selo, token)
  values (v_operacao, registrar_carimbo.elo, registrar_carimbo.selo, registrar_carimbo.token);
  perform audit_interno.fechar_operacao(v_operacao, 1);
  delete from audit_interno.tentativas_carimbo;
  return v_operacao;
end
$$;
comment on function audit_interno.registrar_carimbo(text, bigint, bytea, bytea, timestamptz, text) is
  'Id of the operation; null if this link already has a stamp.';

-- Records why the head was not stamped, for the diagnosis, the channels and the time of the next attempt.
create or replace function audit_interno.falhar_carimbo(erro text)
returns void
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  insert into audit_interno.tentativas_carimbo as f (erro) values (left(falhar_carimbo.erro, 500))
  on conflict (unica) do update set ultima = clock_timestamp(), vezes = f.vezes + 1, erro = excluded.erro
$$;
comment on function audit_interno.falhar_carimbo(text) is 'Counts a failed attempt to have the head stamped.';

create or replace trigger proteger before update or delete on audit_interno.carimbos
  for each row execute function audit_interno.recusar_mudanca();
create or replace trigger proteger_truncate before truncate on audit_interno.carimbos
  for each statement execute function audit_interno.recusar_mudanca();
