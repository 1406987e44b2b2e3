-- The person says whether a rollback is a verdict against the rule; it is never guessed.
create or replace function audit_interno.exigir_porque(porque text)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
  if porque is null or porque not in ('erradas', 'outra-razao') then
    raise exception using errcode = 'NC001', message = format('porque desconhecido: %s', coalesce(porque, 'nulo')),
      hint = 'erradas: as correções estavam erradas, e isso conta contra a regra. outra-razao: não conta.';
  end if;
end
$$;
comment on function audit_interno.exigir_porque(text) is 'NC001 unless porque is erradas or outra-razao.';
