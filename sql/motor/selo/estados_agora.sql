-- The present rows of all tables of audit_interno.vigiadas, by the formula and the settings of audit_interno.anotar_estados.
create or replace function audit_interno.estados_agora()
returns table (tabela text, chave text, resumo bytea)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
begin
  return query execute (
    select string_agg(format('select %1$L, (select string_agg(l.linha ->> k.coluna, ''/'' order by k.n) from unnest(%2$L::text[]) with ordinality as k (coluna, n)),'
      ' sha256(convert_to(l.linha::text, ''UTF8'')) from %1$s x cross join lateral (select to_jsonb(x) - %3$L::text[] as linha) as l',
      v.tabela, v.chave, v.fora), ' union all ' order by v.tabela)
    from audit_interno.vigiadas() v);
end
$$;
comment on function audit_interno.estados_agora() is 'Digest of each row of the tables whose every change is a fact.';
