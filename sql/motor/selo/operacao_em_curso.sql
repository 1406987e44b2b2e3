-- The operation of this transaction that has no digest yet: the last one that abrir_operacao opened. Anybody may write the setting, so it
-- is only a hint; but a visible operation without a digest is one's own, or of the two kinds that stay under way.
create or replace function audit_interno.operacao_em_curso()
returns bigint
language sql
volatile
set search_path = pg_catalog, pg_temp
as $$
  select o.id
  from audit.operacoes o
  where o.id = case when current_setting('conferente.operacao', true) ~ '^[0-9]{1,18}$' then current_setting('conferente.operacao', true)::bigint end
    and o.selo is null and o.tipo not in ('externa', 'exportacao')
    and not exists (select from audit_interno.fila_selos f where f.operacao_id = o.id)
$$;
comment on function audit_interno.operacao_em_curso() is 'Operation to which facts that this transaction writes now belong, or null.';
