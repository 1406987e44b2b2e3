-- Whether a text is a secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64. Called by audit.salvar_canal.
create or replace function audit_interno.segredo_canal_valido(segredo text)
returns boolean
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when segredo_canal_valido.segredo ~ '^whsec_([A-Za-z0-9+/]{4})+([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' then
      length(decode(substr(segredo_canal_valido.segredo, 7), 'base64')) between 24 and 64
    else false end
$$;
comment on function audit_interno.segredo_canal_valido(text) is 'True for whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.';
