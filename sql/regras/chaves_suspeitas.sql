-- Keys (regras.chave_duplicidade) that more than one entry of the days has; with sozinhas also those of a single one: of a few
-- rows it is cheaper to ask who resembles them. Coarse and cheap: equal amounts and begins of the supplier's code; what is dearer
-- sees only what has a companion. A function of its own, and return query, so that it may run in parallel. Reads dw.lancamentos;
-- changes nothing. Called by regras.duplicidades.
create or replace function regras.chaves_suspeitas(janela audit.janela, de date, ate date, sozinhas boolean) returns setof bigint
language plpgsql stable rows 10000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
set enable_hashagg = off -- nearly as many keys as entries: sorted they take half the time, and no disk
as $$
begin
  return query
  select regras.chave_duplicidade(l.valor, l.fornecedor_id)
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

comment on function regras.chaves_suspeitas(audit.janela, date, date, boolean) is
  'Hashed amounts and suppliers of a window that more than one entry has, or with sozinhas any.';
revoke execute on function regras.chaves_suspeitas(audit.janela, date, date, boolean) from public;
