-- The texts of one field, as they are written in the window, that the business's including patterns match. Each text is
-- folded and matched once however many entries bear it, and only what passes the quick filter meets the expressions. Reads
-- dw.lancamentos and the patterns; changes nothing. Called by regras.trade_marketing.
create or replace function regras.textos_casados(campo text, janela audit.janela) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
-- texts that do not fit are sorted in one go; hashed, each round after a spill may keep hardly any of millions
set enable_hashagg = off
as $$
declare
  v_filtro text[] := regras.filtro_padroes('incluir', campo);
  v_filtravel text := regras.expressao_padroes('incluir', campo, true);
  v_sem_filtro text := regras.expressao_padroes('incluir', campo, false);
begin
  if v_filtravel is null and v_sem_filtro is null then
    return array[]::text[];
  end if;
  -- an expression, not select into: that never runs in parallel
  return coalesce((
    select array_agg(t.texto)
    from (
      select d.texto, audit_interno.dobrar(d.texto collate "default") as dobrado
      from (
        -- by bytes, the cheapest to sort by
        select distinct (case textos_casados.campo
          when 'descricao' then l.descricao when 'fornecedor' then l.fornecedor else l.conta_contabil end) collate "C" as texto
        from dw.lancamentos l
        where (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
          and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
          and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
          and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
          and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      ) d
      -- or the folding would be repeated for every test below
      offset 0
    ) t
    where regras.texto_casa(t.dobrado, v_filtro, v_filtravel, v_sem_filtro)
  ), array[]::text[]);
end
$$;

comment on function regras.textos_casados(text, audit.janela) is
  'Distinct texts of a field (descricao, fornecedor, conta_contabil) in the window that an active including pattern matches.';
revoke execute on function regras.textos_casados(text, audit.janela) from public;
