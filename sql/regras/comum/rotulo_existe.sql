-- Whether the ledger has an entry in one of the given categories, without case and accents; the empty text means no category.
-- The first entry that spells one of them as given ends the search. Otherwise all are read; categories are few, each is folded once.
-- Reads dw.lancamentos; changes nothing. Called by what the rules require.
create or replace function regras.rotulo_existe(rotulos text[]) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_dobrados text[] := array(select coalesce(audit_interno.dobrar_categoria(r), '') from unnest(rotulos) r);
begin
  return exists (select 1 from dw.lancamentos l where l.categoria::text = any (rotulos)) or exists (
    select 1
    from (select distinct l.categoria::text as categoria from dw.lancamentos l offset 0) c
    where coalesce(audit_interno.dobrar_categoria(c.categoria), '') = any (v_dobrados));
end
$$;

comment on function regras.rotulo_existe(text[]) is 'Whether the ledger has an entry in one of these categories.';
revoke execute on function regras.rotulo_existe(text[]) from public;
