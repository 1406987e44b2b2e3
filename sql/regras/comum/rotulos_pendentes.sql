-- The labels that mean "category not decided yet" (setting pendente.rotulos), folded and trimmed; the empty text among them where
-- entries without a category are pending too (pendente.vazias): compare with a folded category that is never null. Reads the
-- settings only. Called by the rules and by the preparation of their statistics.
create or replace function regras.rotulos_pendentes() returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(array_agg(distinct audit_interno.dobrar_categoria(r.rotulo)), '{}')
    || case when (audit_interno.configuracao('pendente.vazias') #>> '{}')::boolean then array[''] else '{}' end
  from jsonb_array_elements_text(
    case jsonb_typeof(audit_interno.configuracao('pendente.rotulos'))
      when 'array' then audit_interno.configuracao('pendente.rotulos') else '[]' end) r (rotulo)
  where audit_interno.dobrar_categoria(r.rotulo) <> ''
$$;

comment on function regras.rotulos_pendentes() is 'Folded labels that mean pending, from the settings pendente.rotulos and pendente.vazias; the empty text means no category.';
revoke execute on function regras.rotulos_pendentes() from public;
