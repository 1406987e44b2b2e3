-- SQL that writes one value into a jsonb image, the same in every session. Otherwise a finding's identity would depend on the session's
-- zone and style, a rejected one would come back, and one session could not take back what another wrote. Times with a zone are written in
-- UTC.
create or replace function audit_interno.expressao_imagem(relacao regclass, coluna text, valor text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when t.tipo = 'timestamptz'::regtype then format(
      'case when %1$s between ''0001-01-01 00:00+00'' and ''290000-01-01 00:00+00''
         then %2$s((%2$s(%1$s at time zone ''UTC'') #>> ''{}'') || ''+00:00'') else audit_interno.imagem(%1$s) end', valor, t.em_json)
    when t.tipo = 'money'::regtype then format('%s((%s)::numeric)', t.em_json, valor) -- its text depends on lc_monetary
    when audit_interno.json_fixo(t.tipo) then format('%s(%s)', t.em_json, valor)
    else format('audit_interno.imagem(%s)', valor) end
  from (select audit_interno.tipo_base(relacao, coluna) as tipo,
    case when audit_interno.distribuida(relacao) then 'audit_interno.imagem' else 'to_jsonb' end as em_json) as t
$$;
comment on function audit_interno.expressao_imagem(regclass, text, text) is 'SQL text for a value of the column as jsonb, the same in every session.';
