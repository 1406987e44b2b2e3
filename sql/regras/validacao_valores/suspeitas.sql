-- Amount without sign (upper half) and end of the document's number (lower half) as one number: equal for the same document booked twice,
-- and for few others. Without the supplier, because one entry may have its code and the other only its name. A number, because one is kept
-- for each entry of the window: half the memory of the two, and no disk. Touches nothing; inlined by the planner. Called by
-- regra_validacao_valores.duplicidades for every entry it reads.
create or replace function regra_validacao_valores.chave_documento(valor numeric, documento text) returns bigint
language sql immutable parallel safe
return (pg_catalog.hash_numeric(pg_catalog.abs(valor))::bigint << 32)
  | (pg_catalog.hashtext(regra_validacao_valores.fim_documento(documento))::bigint & 4294967295);

comment on function regra_validacao_valores.chave_documento(numeric, text) is
  'Hash of an amount without sign and the end of a document''s number.';
revoke execute on function regra_validacao_valores.chave_documento(numeric, text) from public;

-- Keys (regra_validacao_valores.chave_documento) that more than one entry of the days has; with sozinhas also those of a single entry,
-- because for a few rows it is cheaper to look for their twins. Coarse and cheap, so that the expensive comparisons only see entries with a
-- companion. A separate function with return query, so that it may run in parallel. Reads dw.lancamentos; changes nothing. Called by
-- regra_validacao_valores.duplicidades.
create or replace function regra_validacao_valores.chaves_suspeitas(janela audit.janela, de date, ate date, sozinhas boolean) returns setof bigint
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_hashagg = off -- nearly as many keys as entries: sorted they take half the time, and no disk
as $$
begin
  return query
  select regra_validacao_valores.chave_documento(l.valor, l.documento)
  from dw.lancamentos l
  where l.valor <> 0 and l.documento <> ''
    and l.data_lancamento between de and ate
    and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
  group by 1
  having count(*) > 1 or sozinhas;
end
$$;

comment on function regra_validacao_valores.chaves_suspeitas(audit.janela, date, date, boolean) is
  'Hashed amounts and ends of document numbers of a window that more than one entry has, or with sozinhas any.';
revoke execute on function regra_validacao_valores.chaves_suspeitas(audit.janela, date, date, boolean) from public;
