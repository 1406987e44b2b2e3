-- Whether a text can be read as a type. Called for each key of a batch in which at least one cannot.
create or replace function audit_interno.legivel(texto text, tipo text)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('select $1::%s', tipo) using legivel.texto;
  return true;
exception when data_exception then
  return false;
end
$$;
comment on function audit_interno.legivel(text, text) is 'True when the text can be cast to the type, given as SQL.';
grant execute on function audit_interno.legivel(text, text) to conferente_regra;

-- Of some keys, those that the key's column can hold today: its type may have changed since they were recorded. Reads no row of the
-- warehouse; the cast runs as conferente_regra. Called where earlier findings are looked up.
create or replace function audit_interno.chaves_legiveis(relacao regclass, coluna text, chaves text[])
returns text[]
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_tipo text := audit_interno.tipo_coluna(relacao, coluna);
begin
  perform from audit_interno.ler(format('select $2::%s[] is null', v_tipo), null, chaves) as x (nada boolean);
  return chaves;
exception when data_exception then
  return array(
    select x.chave
    from audit_interno.ler(format('select k from unnest($2) as k where audit_interno.legivel(k, %L)', v_tipo), null, chaves) as x (chave text));
end
$$;
comment on function audit_interno.chaves_legiveis(regclass, text, text[]) is 'The keys that can be read as the type of the column.';
