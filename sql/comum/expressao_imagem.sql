-- SQL that writes one value into a jsonb image. Times with a zone are written in UTC, or one finding would have another
-- identity in each session's zone, and a rejected one would speak again.
create or replace function audit_interno.expressao_imagem(relacao regclass, coluna text, valor text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when audit_interno.tipo_base(relacao, coluna) = 'timestamptz'::regtype then format(
      'case when %1$s between ''0001-01-01 00:00+00'' and ''290000-01-01 00:00+00''
         then to_jsonb((to_jsonb(%1$s at time zone ''UTC'') #>> ''{}'') || ''+00:00'') else to_jsonb(%1$s) end', valor)
    else format('to_jsonb(%s)', valor) end
$$;
comment on function audit_interno.expressao_imagem(regclass, text, text) is 'SQL text for a value of the column as jsonb, the same in every session.';
