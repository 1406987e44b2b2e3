-- The first step of one rule in a session that workers share: its preparation, its window's rows and control total, and the parts of its
-- detection, queued for any free worker. Rules of one table and window are cut at the same places, from one count.
create or replace function audit_interno.repartir_regra(sessao_id bigint, nome_regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_janela audit.janela := audit_interno.janela_execucao(sessao_id, nome_regra);
  v_por_parte bigint := (audit_interno.configuracao('sessao.linhas_por_parte') #>> '{}')::bigint;
  v_linhas bigint;
begin
  select * into strict v_regra from audit.regras r where r.nome = nome_regra;
  perform audit_interno.guardar_codigo(v_regra);
  if v_regra.preparacao is not null then
    -- the workers already use all cores: see regra_pendente_verificacao.em_metades
    perform set_config('conferente.lado_a_lado', 'sim', true);
    perform audit_interno.preparar_regra(v_regra, v_janela);
  end if;
  perform audit_interno.medir_janela(repartir_regra.sessao_id, v_regra, v_janela);
  select e.linhas_examinadas into v_linhas
  from audit.execucoes_regra e where e.sessao_id = repartir_regra.sessao_id and e.regra = nome_regra;

  insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
  select p.sessao_id, nome_regra, p.parte, p.janela
  from audit_interno.partes_sessao p
  where p.sessao_id = repartir_regra.sessao_id and p.regra = (
    select r.nome
    from audit.regras r
    where r.nome <> nome_regra and r.tabela = v_regra.tabela
      and r.coluna_data is not distinct from v_regra.coluna_data and r.coluna_carga is not distinct from v_regra.coluna_carga
      and audit_interno.janela_execucao(repartir_regra.sessao_id, r.nome) is not distinct from v_janela
      and exists (select from audit_interno.partes_sessao q where q.sessao_id = repartir_regra.sessao_id and q.regra = r.nome)
    limit 1);
  if not found and v_linhas >= 2 * v_por_parte then
    insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
    select repartir_regra.sessao_id, nome_regra, c.n, row(c.data_inicio, c.data_fim, c.carregado_desde, c.carregado_ate, null)::audit.janela
    from audit_interno.cortar_janela(v_regra, v_janela, v_por_parte)
      with ordinality as c (data_inicio, data_fim, carregado_desde, carregado_ate, chaves, n);
  end if;
  if not exists (select from audit_interno.partes_sessao p where p.sessao_id = repartir_regra.sessao_id and p.regra = nome_regra) then
    insert into audit_interno.partes_sessao (sessao_id, regra, parte, janela)
    values (repartir_regra.sessao_id, nome_regra, 1, v_janela);
  end if;
  perform audit_interno.enfileirar_partes(repartir_regra.sessao_id, nome_regra);
end
$$;
comment on function audit_interno.repartir_regra(bigint, text) is 'Prepares a rule for a session and divides its detection into parts.';
