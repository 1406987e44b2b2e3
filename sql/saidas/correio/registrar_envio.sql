-- After each attempt, records the mail's subject, the result, and whether another attempt follows. Releases the message.
create or replace function audit_interno.registrar_envio(
  notificacao_id bigint, assunto text, entregues text[], recusados jsonb, erro text, definitivo boolean
)
returns audit.notificacoes
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_aviso audit.notificacoes;
begin
  update audit.notificacoes n
  set assunto = coalesce(registrar_envio.assunto, n.assunto), entregues = n.entregues || registrar_envio.entregues, recusados = n.recusados || registrar_envio.recusados,
    ultimo_erro = coalesce(registrar_envio.erro, case when n.recusados || registrar_envio.recusados <> '{}' then
      'recusados: ' || (select string_agg(r.key || ' (' || (r.value #>> '{}') || ')', '; ' order by r.key)
        from jsonb_each(n.recusados || registrar_envio.recusados) as r) end)
  where n.id = registrar_envio.notificacao_id and n.status = 'composta'
  returning * into v_aviso;
  if found then
    update audit.notificacoes n
    set (status, enviada_em, desistida_em, proxima_tentativa) = (
      select f.novo, case when n.entregues <> '{}' then coalesce(n.enviada_em, clock_timestamp()) end,
        case f.novo when 'falhou' then clock_timestamp() end,
        -- the intervals of graphile-worker's own attempts
        case f.novo when 'composta' then clock_timestamp() + exp(least(10, n.tentativas)) * interval '1 second' end
      from (
        select case when count(*) > 0 and not definitivo then 'composta' when n.entregues = '{}' or count(*) > 0 then 'falhou'
          else 'enviada' end as novo
        from unnest(n.destinatarios) as e where e <> all (n.entregues) and not n.recusados ? e
      ) as f)
    where n.id = v_aviso.id
    returning * into v_aviso;
  end if;
  perform audit_interno.largar_posse('envio ' || notificacao_id);
  return v_aviso;
end
$$;
comment on function audit_interno.registrar_envio(bigint, text, text[], jsonb, text, boolean) is
  'Records an attempt: the mail''s subject (null if it could not be made), addresses served, address to answer for those refused for good, the error, and whether to give up. Returns the row.';
grant execute on function audit_interno.registrar_envio(bigint, text, text[], jsonb, text, boolean) to conferente_servico;
