-- Runs a rule over the booking dates on which rows came late, which its window by load time misses: whole dates, up to where the window
-- begins, and rows without a load time by their keys. Part of the detection: called once for each rule, by detectar_regra and juntar_regra.
create or replace function audit_interno.detectar_atrasadas(sessao_id bigint, regra audit.regras, operacao_id bigint, hash_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set datestyle = 'ISO, YMD' -- the format in which audit_interno.ler reads dates
as $$
declare
  v_tabela regclass := audit_interno.relacao(regra.tabela);
  v_desde timestamptz := (audit_interno.janela_execucao(sessao_id, regra.nome)).carregado_desde;
  v_sem_carga date[] := (
    select c.datas_sem_carga from audit_interno.contagens_carga c
    where c.sessao_id = detectar_atrasadas.sessao_id and c.regra = detectar_atrasadas.regra.nome);
  v_chaves text[];
  v_janela audit.janela;
begin
  if v_sem_carga is not null then
    select array_agg(x.chave) into v_chaves
    from audit_interno.ler(format('select t.%1$I::text from %2$s t where t.%3$I >= %4$L and t.%3$I::date = any (%5$L) and t.%6$I is null',
      regra.coluna_chave, audit_interno.nome_sql(v_tabela), regra.coluna_data, (select min(d) from unnest(v_sem_carga) as d), v_sem_carga,
      regra.coluna_carga)) as x (chave text);
  end if;
  for v_janela in -- one turn for each stretch of dates, not for each row
    -- where the booking date has a time of day, the last hours of a day lie before the next date
    select p.inicio, case when audit_interno.tipo_coluna(v_tabela, regra.coluna_data) = 'date' then p.fim else p.fim + 1 end, null::timestamptz, v_desde, null::text[]
    from audit_interno.periodos_atrasados(detectar_atrasadas.sessao_id, regra.nome) p
    union all
    select null, null, null, null, v_chaves where v_chaves is not null
  loop
    perform audit_interno.levantar_achados(regra, v_janela);
    perform audit_interno.registrar_achados(detectar_atrasadas.sessao_id, regra, operacao_id, hash_regra, false);
  end loop;
end
$$;
comment on function audit_interno.detectar_atrasadas(bigint, audit.regras, bigint, text) is
  'Finds, in this session, what is wrong with rows whose load time earlier sessions had already passed.';
